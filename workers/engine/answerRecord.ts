/**
 * A server's signed record of one answer: which parameters, which seed, which bytes. Whoever holds prompt and parameters
 * can write the answer again. The signature covers the canonical JSON (RFC 8785: sorted keys, no spaces) of all but itself.
 */

import { sha256 as incremental } from '@noble/hashes/sha2.js'
import { z } from 'zod'
import { bytesToHex, utf8ToBytes } from '../../chain/lib/bytes.ts'
import { sha256 } from '../../chain/lib/hash.ts'
import { signHash, verifySignature } from '../../chain/lib/key.ts'
import type { Predict } from './generate.ts'

const hex32 = z.string().regex(/^[0-9a-f]{64}$/)
const count = z.number().int().nonnegative().max(1_000_000)

export const answerRecordSchema = z.strictObject({
  schema: z.literal('blyan.answer/1'),
  /** The raw little-endian float32 parameters: CIDv1 (raw, sha2-256), and the same SHA-256 in hex. */
  model: z.string().regex(/^b[a-z2-7]{20,120}$/),
  modelSha256: hex32,
  /** The task whose rounds gave the parameters, and how many of them. */
  task: z.string().max(20),
  round: count,
  /** SHA-256 of the runtime's WASM; null outside the canonical profile. */
  runtime: hex32.nullable(),
  seed: z.string().regex(/^([0-9a-f]{2}){0,32}$/),
  temperature: z.number().min(0).max(2),
  maxTokens: count,
  stop: z.array(z.string().max(64)).max(4),
  promptHash: hex32,
  promptTokens: count,
  /** SHA-256 of the bytes written; a token is a byte. */
  tokensHash: hex32,
  tokens: count,
  /** SHA-256 of the distributions from which the bytes were drawn: other parameters show at the first of them. */
  predictionsHash: hex32,
  /** `time`: the server's time for one answer was over before the text was. */
  finish: z.enum(['stop', 'length', 'time']),
  account: z.string().min(2).max(64),
  publicKey: z.string().max(120),
  /** Server's clock, ms since 1970. */
  at: z.number().int().nonnegative(),
  signature: z.string().max(160),
})
export type AnswerRecord = z.infer<typeof answerRecordSchema>
export type UnsignedRecord = Omit<AnswerRecord, 'publicKey' | 'signature'>

/** Keeps a record apart from everything else that a NEAR key signs. */
const TAG = 'blyan/answer/1\n'

/** Signs with the operator's worker key (`ed25519:…`). @throws InvalidKeyError */
export function signRecord(record: UnsignedRecord, key: { publicKey: string; secretKey: string }): AnswerRecord {
  const unsigned = { ...record, publicKey: key.publicKey }
  return { ...unsigned, signature: signHash(key.secretKey, recordHash(unsigned)) }
}

/** Whether the record's own key signed it. That the key is the account's, the chain says: compare `publicKey` with it. */
export function isSigned({ signature, ...unsigned }: AnswerRecord): boolean {
  return verifySignature(unsigned.publicKey, recordHash(unsigned), signature)
}

/** Hashes what is predicted on its way: float32 little-endian, one distribution after another. */
export function watchPredictions(predict: Predict): { predict: Predict; digest: () => string } {
  const hash = incremental.create()
  return {
    predict: async (text, temperature) => {
      const weights = await predict(text, temperature)
      hash.update(new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength))
      return weights
    },
    digest: () => bytesToHex(hash.digest()),
  }
}

export const hashBytes = (bytes: Uint8Array): string => bytesToHex(sha256(bytes))

function recordHash(unsigned: Omit<AnswerRecord, 'signature'>): Uint8Array {
  return sha256(utf8ToBytes(TAG + canonical(unsigned)))
}

/** Records hold texts, finite numbers, null and lists of texts; of those, JSON with sorted keys is canonical. */
function canonical(record: object): string {
  const sorted = Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify(Object.fromEntries(sorted))
}
