/** Errors of a server's answers, each with the HTTP status that says the same. */
import { BlyanError, type Fault } from '../../../chain/lib/errors.ts'

export class ServeError extends BlyanError {
  static readonly status: number = 500
  get status(): number {
    return (this.constructor as typeof ServeError).status
  }
}

/** A request that does not fit: `data.field` names what. */
export class ServeRequestError extends ServeError {
  static override readonly code: string = 'SERVE_REQUEST'
  static override readonly fault: Fault = 'user'
  static override readonly status = 400
}

/** Sent to a name that is not this server's, as a page does whose name was bound to this address. */
export class ServeHostError extends ServeError {
  static override readonly code: string = 'SERVE_HOST'
  static override readonly fault: Fault = 'user'
  static override readonly status = 421
}

/** No such address, or no such model, here. */
export class ServeUnknownError extends ServeError {
  static override readonly code: string = 'SERVE_UNKNOWN'
  static override readonly fault: Fault = 'user'
  static override readonly status = 404
}

/** All places are taken and the queue is full, or the wait was too long. */
export class ServeBusyError extends ServeError {
  static override readonly code: string = 'SERVE_BUSY'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
  static override readonly status = 503
}

/** No round of any task has settled yet, or its parameters could not be fetched. */
export class ServeNoModelError extends ServeError {
  static override readonly code: string = 'SERVE_NO_MODEL'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
  static override readonly status = 503
}
