/** Limits of answers through the gateway, with reasons. Each is a value, so that a test can take it away. */

export interface GatewayAnswerLimits {
  /** Answers under way and waiting, of one key. */
  readonly perKey: number
  /** Answers under way, of all keys. */
  readonly running: number
  /** Requests that wait for one of those. */
  readonly queued: number
  /** Longest wait in the queue, ms. */
  readonly waitMs: number
  /** Tokens of one answer; a token is a byte. */
  readonly maxTokens: number
  readonly promptBytes: number
  readonly bodyBytes: number
  /** Longest time for one answer, all servers that were tried included, ms. */
  readonly answerMs: number
  /** Longest silence of a server in the middle of an answer, ms. */
  readonly silenceMs: number
  /** Longest time for which the asker may leave its socket full, ms. */
  readonly stallMs: number
  /** Longest reply of a server, bytes. */
  readonly replyBytes: number
  /** Time for a server to say what it writes with, ms. */
  readonly listMs: number
  /** How long that is believed, ms. */
  readonly listedMs: number
  /** How long a server that failed is left alone, ms. */
  readonly restMs: number
  /** Servers looked at. */
  readonly servers: number
  /** Servers tried for one answer. */
  readonly tries: number
}

export const GATEWAY_ANSWER_LIMITS: GatewayAnswerLimits = {
  perKey: 4,
  running: 16,
  queued: 64,
  waitMs: 20_000,
  maxTokens: 1024,
  promptBytes: 32 * 1024,
  bodyBytes: 256 * 1024,
  answerMs: 90_000, // a server's own queue and time, and one that failed before
  silenceMs: 25_000, // a server's queue
  stallMs: 10_000,
  replyBytes: 256 * 1024, // 1024 tokens take some 20 kB and the record 1 kB
  listMs: 3_000,
  listedMs: 2_000,
  restMs: 10_000,
  servers: 64,
  tries: 3,
}
