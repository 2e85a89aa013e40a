/** What can be wrong with a live connection; the close codes stand in the interface of the gateway. */
import { BlyanError, type Fault } from '../../../chain/lib/errors.ts'

/** No sign-in in time, a bad token, or one that has ended. */
export const CLOSE_AUTH = 4401
/** The client did not read for too long. */
export const CLOSE_SLOW = 4408
/** Too many connections, subscriptions or messages. */
export const CLOSE_LIMIT = 4429
/** RFC 6455 §7.4.1: the message is none that we understand. */
export const CLOSE_UNREADABLE = 1007
/** RFC 6455 §7.4.1: the gateway stops. */
export const CLOSE_GOING_AWAY = 1001

/** The first message was no sign-in, or its token does not hold. */
export class LiveAuthError extends BlyanError {
  static override readonly code: string = 'LIVE_AUTH_NEEDED'
  static override readonly fault: Fault = 'user'
}
/** A message that is none of the protocol's. */
export class LiveMessageError extends BlyanError {
  static override readonly code: string = 'LIVE_MESSAGE_INVALID'
  static override readonly fault: Fault = 'user'
}
/** Not a cursor of this stream, or one so old that the state is read more quickly. */
export class LiveCursorError extends BlyanError {
  static override readonly code: string = 'LIVE_CURSOR_INVALID'
  static override readonly fault: Fault = 'user'
}
/** More connections, subscriptions or messages than one visitor may have. */
export class LiveLimitError extends BlyanError {
  static override readonly code: string = 'LIVE_LIMIT'
  static override readonly fault: Fault = 'user'
}
