/**
 * k of n. Every signature given is checked: 65 bytes, recovered with NEAR's own check against high s, its signer in the set
 * and above the one before, so none is zero, doubled, or left unread. Source: EIP-712, EIP-2.
 */
import type { Host } from '../lib/host.ts'
import { evmAddressOf, typedDigest } from '../lib/pure/bridgePayload.ts'
import { fromHex, type HashHex } from '../lib/pure/bytes.ts'
import type { Bridge } from './context.ts'
import { activeEpoch } from './epochs.ts'
import { ensure, fail } from './errors.ts'

/**
 * At least k of the active signers signed this struct, and it names their epoch.
 * @throws BRIDGE_EPOCH_WRONG BRIDGE_SIGNATURES_TOO_FEW and all of `requireSigners`
 */
export function requireSignatures(b: Bridge, structHash: HashHex, epoch: bigint, signatures: readonly string[]): void {
  const active = activeEpoch(b)
  ensure(
    epoch === BigInt(active.number),
    'BRIDGE_EPOCH_WRONG',
    () => `the payload is of epoch ${epoch}, active is ${active.number}`,
  )
  ensure(
    signatures.length >= active.k,
    'BRIDGE_SIGNATURES_TOO_FEW',
    () => `${signatures.length} signatures, ${active.k} needed`,
  )
  requireSigners(b.host, digestOf(b, structHash), active.signers, signatures)
}

/** What is signed, as hex. */
export function digestOf(b: Bridge, structHash: HashHex): HashHex {
  return typedDigest(b.host.keccak256, b.config.separator, structHash)
}

/**
 * Each signature is one of `signers`', in their order, each at most once.
 * @param signers  ascending   @throws BRIDGE_SIGNATURE_INVALID BRIDGE_SIGNATURES_UNSORTED BRIDGE_SIGNER_UNKNOWN
 */
export function requireSigners(
  host: Host,
  digest: HashHex,
  signers: readonly string[],
  signatures: readonly string[],
): void {
  const hash = fromHex(digest)
  let last = ''
  for (let i = 0; i < signatures.length; i++) {
    const signer = recover(host, hash, signatures[i], i)
    ensure(signer > last, 'BRIDGE_SIGNATURES_UNSORTED', () => `signature ${i} is by ${signer}, not above ${last}`)
    ensure(signers.includes(signer), 'BRIDGE_SIGNER_UNKNOWN', () => `signature ${i} is by ${signer}, who is no signer`)
    last = signer
  }
}

/** The address that signed. */
function recover(host: Host, hash: Uint8Array, signature: string, i: number): string {
  const bytes = fromHex(signature)
  const v = bytes[64]
  ensure(
    bytes.length === 65 && (v === 27 || v === 28),
    'BRIDGE_SIGNATURE_INVALID',
    () => `signature ${i} has ${bytes.length} bytes and v ${v}`,
  )
  const key = host.ecrecover(hash, bytes.slice(0, 64), v - 27)
  if (key === null) fail('BRIDGE_SIGNATURE_INVALID', `signature ${i} is by no key, or has a high s`)
  return evmAddressOf(host.keccak256, key)
}
