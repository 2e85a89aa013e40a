/** Whether a server's record is of the answer that it gave: all that can be said without writing it again. */
import { utf8ToBytes } from '../../../chain/lib/bytes.ts'
import { type AnswerRecord, hashBytes, isSigned } from '../../engine/index.ts'

/** What the gateway asked for. */
export interface AskedFor {
  readonly model: string
  readonly modelSha256: string
  readonly prompt: string
  /** Hex. */
  readonly seed: string
  readonly temperature: number
  readonly maxTokens: number
  readonly stop: readonly string[]
  /** SHA-256 of the runtime on which answers can be written again; null accepts any. */
  readonly runtime: string | null
}

/**
 * @param tokens the bytes that came before the record
 * @returns names of what does not fit; empty when all does
 */
export function recordMisfits(
  record: AnswerRecord,
  asked: AskedFor,
  tokens: Uint8Array,
  server: { account: string; publicKey: string },
): string[] {
  const prompt = utf8ToBytes(asked.prompt)
  const fits: Record<string, boolean> = {
    signature: isSigned(record),
    account: record.account === server.account,
    publicKey: record.publicKey === server.publicKey,
    model: record.model === asked.model,
    modelSha256: record.modelSha256 === asked.modelSha256,
    promptHash: record.promptHash === hashBytes(prompt) && record.promptTokens === prompt.length,
    tokensHash: record.tokensHash === hashBytes(tokens) && record.tokens === tokens.length,
    seed: record.seed === asked.seed,
    temperature: record.temperature === asked.temperature,
    maxTokens: record.maxTokens === asked.maxTokens,
    // A record of another runtime could never be refuted.
    runtime: asked.runtime === null || record.runtime === asked.runtime,
    stop: JSON.stringify(record.stop) === JSON.stringify(asked.stop),
  }
  return Object.keys(fits).filter((name) => !fits[name])
}
