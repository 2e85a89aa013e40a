/** What one server gives to all who ask, with reasons. Each limit is a value, so that a test can take it away. */

export interface AnswerLimits {
  /** Bytes of one answer. */
  readonly maxTokens: number
  /** Bytes of a prompt: the model looks back a context only, the rest is hashed. */
  readonly promptBytes: number
  /** Bytes of a request's body. */
  readonly bodyBytes: number
  /** Answers written at the same time, a byte in turn. */
  readonly running: number
  /** Requests that wait for one of those. */
  readonly queued: number
  /** Longest wait in the queue, ms. */
  readonly waitMs: number
  /** Longest time for one answer from its first byte, ms. */
  readonly answerMs: number
}

export const ANSWER_LIMITS: AnswerLimits = {
  maxTokens: 1024, // a page of text
  promptBytes: 32 * 1024,
  bodyBytes: 256 * 1024, // a prompt of control characters is six times as long in JSON
  running: 4, // a short answer need not wait for a long one
  queued: 32,
  waitMs: 20_000,
  answerMs: 60_000,
}
