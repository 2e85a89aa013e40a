/** What one action sees and may change while its receipt is applied. Source: nearcore ActionResult. */
import type { PromiseResult } from '../../vm/types.ts'
import type { Account } from '../account.ts'
import type { BlockContext, RuntimeDeps } from '../context.ts'
import type { ActionErrorKind, GasProfile } from '../outcome.ts'
import type { RuntimeParams } from '../params.ts'
import type { ActionReceipt } from '../receipt.ts'
import type { Overlay } from '../state.ts'

/** A call's last word: its value, or the index among the receipt's new receipts whose result counts. */
export type ReturnData = { kind: 'none' } | { kind: 'value'; value: Uint8Array } | { kind: 'receipt'; index: number }

export interface ReceiptRun {
  readonly receipt: ActionReceipt
  readonly state: Overlay
  readonly block: BlockContext
  readonly params: RuntimeParams
  readonly deps: RuntimeDeps
  readonly promiseResults: readonly PromiseResult[]
  /** The receiver's account, null while it does not exist; written back once the receipt succeeded. */
  account: Account | null
  /** Who acts: the predecessor, or the receiver once created. */
  actorId: string
  /** Gas units. */
  gasBurnt: bigint
  gasUsed: bigint
  gasBurntForCalls: bigint
  /** yoctoNEAR that the protocol gave (one-yocto calls of an account without balance). */
  subsidized: bigint
  logs: string[]
  newReceipts: ActionReceipt[]
  returned: ReturnData
  profile: GasProfile | null
}

/** Stops the receipt; `kind` is nearcore's ActionErrorKind as JSON. Never leaves the runtime. */
export class ActionFailure extends Error {
  readonly kind: ActionErrorKind
  constructor(kind: ActionErrorKind) {
    super(JSON.stringify(kind))
    this.kind = kind
  }
}

/** The account that the action's existence check has found. */
export function existing(run: ReceiptRun): Account {
  if (run.account === null) throw new ActionFailure({ AccountDoesNotExist: { account_id: run.receipt.receiverId } })
  return run.account
}

/** Actions on an account's own keys and code are for itself. */
export function requireActor(run: ReceiptRun): void {
  const { receiverId } = run.receipt
  if (run.actorId !== receiverId) {
    throw new ActionFailure({ ActorNoPermission: { account_id: receiverId, actor_id: run.actorId } })
  }
}
