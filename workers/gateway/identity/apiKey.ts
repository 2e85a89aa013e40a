/**
 * API keys as text: `bly_<id>_<secret>`. The secret has 256 random bits, so a plain sha256 of it is kept: a slow hash makes
 * guessing dear where guesses can succeed, as with passwords; here a guess succeeds once in 2²⁵⁶, and each request would pay.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { bytesToHex, hexToBytes } from '../../../chain/lib/bytes.ts'

export interface ApiKeyText {
  readonly id: string
  readonly secret: Uint8Array
}

export function makeApiKey(random: (bytes: number) => Uint8Array): { id: string; key: string; hash: string } {
  const id = bytesToHex(random(8))
  const secret = random(32)
  return { id, key: `bly_${id}_${bytesToHex(secret)}`, hash: hashApiKey(secret) }
}

/** Null for everything that is no key in form. */
export function parseApiKey(text: string): ApiKeyText | null {
  const match = /^bly_([0-9a-f]{16})_([0-9a-f]{64})$/.exec(text)
  return match === null ? null : { id: match[1]!, secret: hexToBytes(match[2]!) }
}

/** What is stored, hex. */
export const hashApiKey = (secret: Uint8Array): string => createHash('sha256').update(secret).digest('hex')

const NO_KEY = '00'.repeat(32)

/** In constant time, also for an id that nobody has: @param hash null then */
export function isApiKey({ secret }: ApiKeyText, hash: string | null): boolean {
  const same = timingSafeEqual(hexToBytes(hashApiKey(secret)), hexToBytes(hash ?? NO_KEY))
  return same && hash !== null
}
