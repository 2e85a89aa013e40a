/** Errors of the daemon. */
import { BlyanError, type Fault } from '../../chain/lib/errors.ts'

export { TaskUnsupportedError } from '../proof/errors.ts'

/** Another daemon already works with this key: two would sign against each other. */
export class KeyInUseError extends BlyanError {
  static override readonly code: string = 'NODE_KEY_IN_USE'
  static override readonly fault: Fault = 'user'
}

/** The key file is missing, unreadable, open to others, or not a key. */
export class KeyFileError extends BlyanError {
  static override readonly code: string = 'NODE_KEY_FILE'
  static override readonly fault: Fault = 'config'
}

/** The journal on disk cannot be opened or written. */
export class JournalError extends BlyanError {
  static override readonly code: string = 'NODE_JOURNAL'
  static override readonly fault: Fault = 'platform'
}

/** The chain answered a view with something that is not the contract's shape. */
export class ViewShapeError extends BlyanError {
  static override readonly code: string = 'NODE_VIEW_SHAPE'
  static override readonly fault: Fault = 'config'
}

/** The compute thread failed or was lost. */
export class ComputeError extends BlyanError {
  static override readonly code: string = 'NODE_COMPUTE'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
}
