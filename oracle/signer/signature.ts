/** Signatures as the bridge takes them: r‖s‖v, 65 bytes, v 27 or 28, low s. Source: EIP-2, EIP-191 §1, RFC 6979. */
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { evmAddressOf } from '../../chain/client/protocol.ts'
import { bytesToHex, hexToBytes } from '../../chain/lib/bytes.ts'
import { keccak256 } from '../../chain/lib/hash.ts'

/** @param digest 64 hex digits  @returns 130 hex digits; the same key and digest give the same signature */
export function signDigest(secretKey: Uint8Array, digest: string): string {
  const [recovery, ...rs] = secp256k1.sign(hexToBytes(digest), secretKey, { prehash: false, format: 'recovered' })
  return bytesToHex(Uint8Array.from([...rs, 27 + recovery!]))
}

/** Whether the signature is one that the bridge's contracts take as this address's. */
export function isSignatureOf(address: string, digest: string, signature: string): boolean {
  if (!/^[0-9a-f]{128}(1b|1c)$/.test(signature)) return false
  try {
    const bytes = hexToBytes(signature)
    const parsed = secp256k1.Signature.fromBytes(bytes.slice(0, 64)).addRecoveryBit(bytes[64]! - 27)
    return (
      !parsed.hasHighS() &&
      evmAddressOf(keccak256, parsed.recoverPublicKey(hexToBytes(digest)).toBytes(false).slice(1)) === address
    )
  } catch {
    return false // r or s out of range, or no point on the curve
  }
}

/** 40 lower-case hex digits. */
export const addressOf = (secretKey: Uint8Array): string =>
  evmAddressOf(keccak256, secp256k1.getPublicKey(secretKey, false).slice(1))
