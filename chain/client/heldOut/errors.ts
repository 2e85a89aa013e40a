/** What can be wrong with a requester's text and with sealed test sets. */
import { BlyanError, type Fault } from '../../lib/errors.ts'

/** The requester's own text cannot be used: empty, too small, or no UTF-8. `data.field` names the argument. */
export class DataTextError extends BlyanError {
  static override readonly code: string = 'DATA_TEXT'
  static override readonly fault: Fault = 'user'
}

/** A sealed set does not open under this key, or holds something else than was promised. */
export class HeldOutError extends BlyanError {
  static override readonly code: string = 'HELD_OUT_INVALID'
  static override readonly fault: Fault = 'peer'
}
