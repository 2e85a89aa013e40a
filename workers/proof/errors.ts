/** Errors of opening a task; a document that is not what its schema says is in documents.ts. */
import { BlyanError, type Fault } from '../../chain/lib/errors.ts'

/** A task asks for what this machine does not run: another profile, runtime or model. */
export class TaskUnsupportedError extends BlyanError {
  static override readonly code: string = 'NODE_TASK_UNSUPPORTED'
  static override readonly fault: Fault = 'config'
}
