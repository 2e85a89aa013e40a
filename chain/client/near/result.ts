/** Reads a transaction's outcome: its value, or the error that a person can act on. */
import { base64ToBytes } from '../../lib/bytes.ts'
import { type ContractError, contractErrorOf, type Fixes } from '../../lib/contractError.ts'
import { eventsIn } from '../../lib/nep297.ts'
import { gasToTGas } from '../../lib/units.ts'
import type { CallResult } from './caller.ts'
import { NearActionError, NearRefusedError } from './errors.ts'

type Status = { SuccessValue?: string; SuccessReceiptId?: string; Failure?: FailureJson } | string
interface FailureJson {
  ActionError?: { index: number | null; kind: unknown }
  InvalidTxError?: unknown
}
interface OutcomeJson {
  id: string
  outcome: { logs: string[]; gas_burnt: number; executor_id: string; status: Status }
}
export interface TransactionJson {
  final_execution_status?: string
  status?: Status
  transaction?: { hash: string; receiver_id: string }
  transaction_outcome?: OutcomeJson
  receipts_outcome?: OutcomeJson[]
}

/** @throws ContractError, NearActionError, NearRefusedError when the result, or with `failOnAny` any receipt, failed */
export function readResult<T>(json: TransactionJson, txHash: string, failOnAny: boolean, fixes?: Fixes): CallResult<T> {
  const outcomes = [json.transaction_outcome, ...(json.receipts_outcome ?? [])].filter((each) => each !== undefined)
  const failed = outcomes.filter(({ outcome: { status } }) => failureOf(status) !== undefined)
  const errors = failed.map(({ id, outcome }) =>
    failureToError(failureOf(outcome.status)!, { contractId: outcome.executor_id, txHash, receiptId: id }, fixes),
  )
  const final = failureOf(json.status)
  if (final !== undefined) {
    const at = failed.findIndex(({ outcome }) => JSON.stringify(failureOf(outcome.status)) === JSON.stringify(final))
    throw at >= 0
      ? errors[at]!
      : failureToError(final, { contractId: json.transaction?.receiver_id ?? '', txHash }, fixes)
  }
  if (failOnAny && errors.length > 0) throw errors[0]!
  const logs = outcomes.flatMap(({ outcome }) => outcome.logs)
  return {
    value: successValue(json.status) as T,
    txHash,
    gasBurntTGas: gasToTGas(outcomes.reduce((sum, { outcome }) => sum + BigInt(outcome.gas_burnt), 0n)),
    logs,
    events: outcomes.flatMap(({ outcome }) => (failureOf(outcome.status) ? [] : eventsIn(outcome.logs))),
    failures: errors as ContractError[],
  }
}

export function failureToError(
  failure: FailureJson,
  place: { contractId: string; txHash?: string; receiptId?: string },
  fixes?: Fixes,
): ContractError | NearActionError | NearRefusedError {
  if (failure.InvalidTxError !== undefined) return refusedError(failure.InvalidTxError)
  const kind = failure.ActionError?.kind
  const call = (kind as { FunctionCallError?: { ExecutionError?: string } } | undefined)?.FunctionCallError
  if (call?.ExecutionError !== undefined) return contractErrorOf(call.ExecutionError, place, fixes)
  return new NearActionError({
    what: `An action on ${place.contractId} failed: ${JSON.stringify(kind)}.`,
    fix: 'Correct what the failure names, then send again.',
    data: { kind, index: failure.ActionError?.index ?? null, ...place },
  })
}

export const refusedError = (error: unknown): NearRefusedError =>
  new NearRefusedError({
    what: `The chain refused the transaction: ${typeof error === 'string' ? error : JSON.stringify(error)}.`,
    fix: 'Check balance, key and nonce of the signer; nothing was charged.',
    data: { error },
  })

/** JSON where the value is JSON, text where it is text, null where there is none. */
export function decodeValue(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return null
  const text = new TextDecoder().decode(bytes)
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const failureOf = (status: Status | undefined): FailureJson | undefined =>
  typeof status === 'object' ? status.Failure : undefined

const successValue = (status: Status | undefined): unknown =>
  typeof status === 'object' && status.SuccessValue !== undefined
    ? decodeValue(base64ToBytes(status.SuccessValue))
    : null
