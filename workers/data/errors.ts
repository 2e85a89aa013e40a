/** What can be wrong with training and test text. */
import { BlyanError, type Fault } from '../../chain/lib/errors.ts'

/** A file of the default data is missing or differs from the manifest. */
export class DataFileError extends BlyanError {
  static override readonly code: string = 'DATA_FILE'
  static override readonly fault: Fault = 'config'
}
