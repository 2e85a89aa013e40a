/** What the HTTP server itself refuses, with the status of each. */
import { BlyanError, type BlyanErrorOptions, type Fault } from '../../../chain/lib/errors.ts'

/** No such address, or nothing there. */
export class NotFoundError extends BlyanError {
  static override readonly code: string = 'HTTP_NOT_FOUND'
  static override readonly fault: Fault = 'user'
  static readonly status = 404
}

/** The address exists, for another method. */
export class MethodNotAllowedError extends BlyanError {
  static override readonly code: string = 'HTTP_METHOD_NOT_ALLOWED'
  static override readonly fault: Fault = 'user'
  static readonly status = 405
}

/** The body is longer than the operation takes. */
export class BodyTooLargeError extends BlyanError {
  static override readonly code: string = 'HTTP_BODY_TOO_LARGE'
  static override readonly fault: Fault = 'user'
  static readonly status = 413
}

/** A body of another type than JSON in UTF-8, or a compressed one. */
export class BodyTypeError extends BlyanError {
  static override readonly code: string = 'HTTP_BODY_TYPE'
  static override readonly fault: Fault = 'user'
  static readonly status = 415
}

/** The body is no JSON, is nested too deeply, or names a key that would reach a prototype. */
export class BodyInvalidError extends BlyanError {
  static override readonly code: string = 'HTTP_BODY_INVALID'
  static override readonly fault: Fault = 'user'
}

/** Path, query or body do not fit the operation's schema. `data.field` names the place. */
export class RequestInvalidError extends BlyanError {
  static override readonly code: string = 'HTTP_REQUEST_INVALID'
  static override readonly fault: Fault = 'user'
}

/** The operation is for people who have signed in. */
export class SignInNeededError extends BlyanError {
  static override readonly code: string = 'HTTP_SIGN_IN_NEEDED'
  static override readonly fault: Fault = 'user'
  static readonly status = 401
}

/** Signed in, but not entitled to this. */
export class NotEntitledError extends BlyanError {
  static override readonly code: string = 'HTTP_NOT_ENTITLED'
  static override readonly fault: Fault = 'user'
  static readonly status = 403
}

/** A page of another site asked for a change. */
export class CrossSiteError extends BlyanError {
  static override readonly code: string = 'HTTP_CROSS_SITE'
  static override readonly fault: Fault = 'user'
  static readonly status = 403
}

/** More than this visitor's share. `data.retryAfterMs` tells when to come back. */
export class TooManyRequestsError extends BlyanError {
  static override readonly code: string = 'HTTP_TOO_MANY_REQUESTS'
  static override readonly fault: Fault = 'user'
  static override readonly retryable: boolean = true
  static readonly status = 429
}

/** A handler's answer does not fit its own schema: a mistake here, not the visitor's. */
export class ReplyInvalidError extends BlyanError {
  static override readonly code: string = 'HTTP_REPLY_INVALID'
}

/** Something broke that nobody foresaw. Its cause is in the log under the same id. */
export class UnforeseenError extends BlyanError {
  static override readonly code: string = 'HTTP_UNFORESEEN'
  constructor({ cause }: Pick<BlyanErrorOptions, 'cause'>) {
    super({
      what: 'Something broke in the gateway.',
      fix: 'Try again; if it stays, give its operator the id of this answer: the log has the cause.',
      cause,
    })
  }
}

/** Chain, database or index are not there to be asked. */
export class HttpNotReadyError extends BlyanError {
  static override readonly code: string = 'HTTP_NOT_READY'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
}

/** The work was broken off: who asked has left, or the gateway stops. */
export class RequestCutError extends BlyanError {
  static override readonly code: string = 'HTTP_REQUEST_CUT'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
}

/** The page asked the chain for a method that this door does not pass on. */
export class RpcMethodRefusedError extends BlyanError {
  static override readonly code: string = 'HTTP_RPC_METHOD_REFUSED'
  static override readonly fault: Fault = 'user'
  static readonly status = 403
}

/** The chain's RPC did not answer the proxy. */
export class RpcAwayError extends BlyanError {
  static override readonly code: string = 'HTTP_RPC_AWAY'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
}
