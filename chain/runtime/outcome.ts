/** What executing a transaction or receipt left behind. Error shapes are nearcore's JSON. Source: nearcore ExecutionOutcome. */

/** nearcore's ActionErrorKind as JSON, e.g. `{ AccountDoesNotExist: { account_id } }`. */
export type ActionErrorKind = string | Record<string, unknown>

export interface ActionError {
  /** Which action failed; null when the receipt as a whole did. */
  index: number | null
  kind: ActionErrorKind
}

/** nearcore's InvalidTxError as JSON. */
export type InvalidTxError = string | Record<string, unknown>

export type OutcomeStatus =
  | { kind: 'value'; value: Uint8Array }
  | { kind: 'receipt'; receiptId: string }
  | { kind: 'failure'; error: { ActionError: ActionError } | { InvalidTxError: InvalidTxError } }

export interface GasProfile {
  wasm: bigint
  host: Record<string, bigint>
}

export interface Outcome {
  /** Transaction hash or receipt id, base58. */
  id: string
  kind: 'transaction' | 'receipt'
  executorId: string
  logs: string[]
  /** Action receipts created, in order. */
  receiptIds: string[]
  /** Gas units. */
  gasBurnt: bigint
  /** yoctoNEAR, the contract's reward included. */
  tokensBurnt: bigint
  status: OutcomeStatus
  profile: GasProfile | null
}
