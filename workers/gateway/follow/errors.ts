/** What stops the index, and what it waits out. */
import { BlyanError, type Fault } from '../../../chain/lib/errors.ts'

/** The node serves another chain, or other contracts, than this index followed so far. */
export class OtherChainError extends BlyanError {
  static override readonly code: string = 'GATEWAY_OTHER_CHAIN'
  static override readonly fault: Fault = 'config'
}

/** An event that this version knows has data that it does not understand: amounts would no longer be exact. */
export class EventInvalidError extends BlyanError {
  static override readonly code: string = 'GATEWAY_EVENT_INVALID'
  static override readonly fault: Fault = 'platform'
}

/** A receipt's hash on the chain is not the hash of what the index knows about it. */
export class IndexedReceiptError extends BlyanError {
  static override readonly code: string = 'GATEWAY_RECEIPT_DIFFERS'
  static override readonly fault: Fault = 'platform'
}

/** Another process moved the index meanwhile: what this one had in hand is read again. */
export class IndexMovedError extends BlyanError {
  static override readonly code: string = 'GATEWAY_INDEX_MOVED'
  static override readonly fault: Fault = 'internal'
  static override readonly retryable: boolean = true
}

/** A view does not show yet what an event told: the node answers from an older block. */
export class ViewBehindError extends BlyanError {
  static override readonly code: string = 'GATEWAY_VIEW_BEHIND'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
}
