/** What can be wrong with a merge. */
import { BlyanError } from '../../chain/lib/errors.ts'

/** Deltas, base or momentum differ in length, or an option makes no sense: a fault of the caller, not of a peer. */
export class MergeError extends BlyanError {
  static override readonly code: string = 'MERGE_INVALID'
}
