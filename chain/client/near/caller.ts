/** What a typed contract client needs of NEAR: one way to look and one to act. */
import type { ContractError } from '../../lib/contractError.ts'
import type { Nep297Event } from '../../lib/nep297.ts'

export type { Nep297Event }

export type WaitUntil = 'INCLUDED' | 'EXECUTED_OPTIMISTIC' | 'INCLUDED_FINAL' | 'EXECUTED' | 'FINAL'

export interface CallOptions {
  /** Gas units. */
  gas: bigint
  /** yoctoNEAR. */
  deposit: bigint
  /** Default FINAL: every receipt has run, refunds too. */
  waitUntil?: WaitUntil
  /** True throws when any receipt failed, such as a receiver behind ft_transfer_call, though the call's own result is good. */
  failOnAnyReceipt?: boolean
  signal?: AbortSignal
}

export interface CallResult<T> {
  value: T
  txHash: string
  /** Of the transaction and all its receipts. */
  gasBurntTGas: number
  /** Of all receipts, in order of execution. */
  logs: string[]
  /** Of receipts that succeeded: what a failed one logged was undone. */
  events: Nep297Event[]
  /** Receipts that failed although the result is good, e.g. a promise whose callback coped. */
  failures: ContractError[]
}

export interface NearCaller {
  /** @throws ContractError when the view panics */
  view<T>(contractId: string, method: string, args: object, options?: { signal?: AbortSignal }): Promise<T>
  /** @throws ContractError, NearRefusedError, RpcUnreachableError */
  call<T>(contractId: string, method: string, args: object, options: CallOptions): Promise<CallResult<T>>
}
