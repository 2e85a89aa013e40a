/** What can be wrong with training and test text. */
import { BlyanError, type Fault } from '../../chain/lib/errors.ts'

/** A file of the default data is missing or differs from the manifest. */
export class DataFileError extends BlyanError {
  static override readonly code: string = 'DATA_FILE'
  static override readonly fault: Fault = 'config'
}

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
