/** Errors of answers, each with the HTTP status that says the same. */
import { BlyanError, type Fault } from '../../../chain/lib/errors.ts'

export class AnswersError extends BlyanError {
  static readonly status: number = 500
}

/** A request that does not fit; `data.field` names the parameter as OpenAI calls it. */
export class AnswersRequestError extends AnswersError {
  static override readonly code: string = 'ANSWERS_REQUEST'
  static override readonly fault: Fault = 'user'
  static override readonly status = 400
}

/** No server lists that model. */
export class AnswersModelError extends AnswersError {
  static override readonly code: string = 'ANSWERS_MODEL_UNKNOWN'
  static override readonly fault: Fault = 'user'
  static override readonly status = 404
}

/** One key asks for more at the same time than it may. */
export class AnswersKeyLimitError extends AnswersError {
  static override readonly code: string = 'ANSWERS_KEY_LIMIT'
  static override readonly fault: Fault = 'user'
  static override readonly retryable: boolean = true
  static override readonly status = 429
}

/** The gateway's own places and queue are full, or the wait was too long. */
export class AnswersBusyError extends AnswersError {
  static override readonly code: string = 'ANSWERS_BUSY'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
  static override readonly status = 503
}

/** No server is registered, reachable and able to answer. */
export class AnswersNoServerError extends AnswersError {
  static override readonly code: string = 'ANSWERS_NO_SERVER'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
  static override readonly status = 503
}

/** A server broke off, was too slow, or said what nobody asked for. */
export class AnswersServerError extends AnswersError {
  static override readonly code: string = 'ANSWERS_SERVER_FAILED'
  static override readonly fault: Fault = 'peer'
  static override readonly retryable: boolean = true
  static override readonly status = 502
}

/** A server's record is not of this answer, or not signed by its key. */
export class AnswersRecordError extends AnswersError {
  static override readonly code: string = 'ANSWERS_RECORD_FALSE'
  static override readonly fault: Fault = 'peer'
  static override readonly status = 502
}

/** A registered address leads into a private network, or is no http address. */
export class AnswersAddressError extends AnswersError {
  static override readonly code: string = 'ANSWERS_ADDRESS'
  static override readonly fault: Fault = 'peer'
  static override readonly status = 502
}
