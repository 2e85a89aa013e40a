/** What can go wrong with orders, stakes and checkpoints at the gateway. */
import { BlyanError, type Fault } from '../../../chain/lib/errors.ts'

/** The visitor has signed in with something that cannot sign for the market. */
export class AccountMissingError extends BlyanError {
  static override readonly code: string = 'ORDER_ACCOUNT_MISSING'
  static override readonly fault: Fault = 'user'
  static readonly status: number = 403
}

/** A part of the order does not fit the rest; `data.field` names it. */
export class OrderInvalidError extends BlyanError {
  static override readonly code: string = 'ORDER_INVALID'
  static override readonly fault: Fault = 'user'
}

/** The training text is longer than this gateway stores for one task. */
export class TextTooLongError extends BlyanError {
  static override readonly code: string = 'ORDER_TEXT_TOO_LONG'
  static override readonly fault: Fault = 'user'
  static readonly status: number = 413
}

/** A text that an order names by its address is not to be had. */
export class TextMissingError extends BlyanError {
  static override readonly code: string = 'ORDER_TEXT_MISSING'
  static override readonly fault: Fault = 'user'
  static override readonly retryable: boolean = true
  static readonly status: number = 404
}

/** Another order was prepared or placed under the same sealed test text. */
export class OrderConflictError extends BlyanError {
  static override readonly code: string = 'ORDER_CONFLICT'
  static override readonly fault: Fault = 'user'
  static readonly status: number = 409
}

/** Too few operators for the order, and it does not accept a small pool. */
export class PoolTooSmallError extends BlyanError {
  static override readonly code: string = 'ORDER_POOL_TOO_SMALL'
  static override readonly fault: Fault = 'user'
  static readonly status: number = 409
}

/** The account has as many unsigned orders here as it may. */
export class TooManyDraftsError extends BlyanError {
  static override readonly code: string = 'ORDER_TOO_MANY_DRAFTS'
  static override readonly fault: Fault = 'user'
  static readonly status: number = 429
}

/** Unsigned orders of all accounts fill what this gateway sets aside for them. */
export class DraftsFullError extends BlyanError {
  static override readonly code: string = 'ORDER_DRAFTS_FULL'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
}

/** There is no such task. */
export class TaskUnknownError extends BlyanError {
  static override readonly code: string = 'ORDER_TASK_UNKNOWN'
  static override readonly fault: Fault = 'user'
  static readonly status: number = 404
}

/** The task is another account's. */
export class TaskForeignError extends BlyanError {
  static override readonly code: string = 'ORDER_TASK_FOREIGN'
  static override readonly fault: Fault = 'user'
  static readonly status: number = 403
}

/** The account has not enough of what it wants to move, or the move is closed. */
export class MoveRefusedError extends BlyanError {
  static override readonly code: string = 'ORDER_MOVE_REFUSED'
  static override readonly fault: Fault = 'user'
  static readonly status: number = 409
}

/** The file with the key of the key store is unreadable, or others may read it. */
export class VaultError extends BlyanError {
  static override readonly code: string = 'KEY_VAULT'
  static override readonly fault: Fault = 'config'
}

/** No checkpoint of this address or round is known here. */
export class CheckpointUnknownError extends BlyanError {
  static override readonly code: string = 'CHECKPOINT_UNKNOWN'
  static override readonly fault: Fault = 'user'
  static readonly status: number = 404
}

/** The task, or that submission of it, names no content of this address. */
export class ContentUnnamedError extends BlyanError {
  static override readonly code: string = 'CONTENT_UNNAMED'
  static override readonly fault: Fault = 'user'
  static readonly status: number = 404
}

/** What was merged here is not what workers named on the chain. */
export class CheckpointMismatchError extends BlyanError {
  static override readonly code: string = 'CHECKPOINT_MISMATCH'
  static override readonly fault: Fault = 'peer'
}

/** The thread that measures a model ended. */
export class MeasureError extends BlyanError {
  static override readonly code: string = 'CHECKPOINT_MEASURE'
}
