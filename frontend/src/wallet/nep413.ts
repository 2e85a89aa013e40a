/** What a NEAR key signs to sign in: sha256 of a tag that no transaction begins with, and the payload. Source: NEP-413. */
import { BorshWriter } from '../../../chain/lib/borsh.ts'
import { base64ToBytes, bytesToBase64 } from '../../../chain/lib/bytes.ts'
import { sha256 } from '../../../chain/lib/hash.ts'
import { parseKeyText, signHash } from '../../../chain/lib/key.ts'

/** 2³¹ + 413. */
const TAG = 2 ** 31 + 413

/** @param nonce base64 of 32 bytes  @returns base64 of the signature */
export function signNep413(
  secretKey: string,
  { message, nonce, recipient }: { message: string; nonce: string; recipient: string },
): string {
  const writer = new BorshWriter().u32(TAG).string(message).fixed(base64ToBytes(nonce)).string(recipient)
  const hash = sha256(writer.option<string>(null, (url) => writer.string(url)).finish())
  return bytesToBase64(parseKeyText(signHash(secretKey, hash)).data)
}
