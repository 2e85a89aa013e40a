/** What a NEAR key signs to prove itself off the chain. Source: NEP-413. */
import { BorshWriter } from '../../lib/borsh.ts'
import { bytesToBase64 } from '../../lib/bytes.ts'
import { sha256 } from '../../lib/hash.ts'
import { parseKeyText, signHash } from '../../lib/key.ts'

/** 2³¹ + 413: no NEAR transaction starts with it, so a proof can never be one. */
const TAG = 2 ** 31 + 413

export interface Nep413Payload {
  readonly message: string
  /** 32 bytes. */
  readonly nonce: Uint8Array
  readonly recipient: string
  readonly callbackUrl: string | null
}

/** SHA-256 of tag and payload: what is signed. */
export function nep413Hash({ message, nonce, recipient, callbackUrl }: Nep413Payload): Uint8Array {
  const writer = new BorshWriter().u32(TAG).string(message).fixed(nonce).string(recipient)
  return sha256(writer.option(callbackUrl, (url) => writer.string(url)).finish())
}

/** @returns base64 of the signature, as wallets give it */
export const signNep413 = (secretKey: string, payload: Nep413Payload): string =>
  bytesToBase64(parseKeyText(signHash(secretKey, nep413Hash(payload))).data)
