/** What can go wrong between the index and the node that it reads. */
import { BlyanError, type Fault } from '../../../lib/errors.ts'

/** The node answered, and not as NEAR nodes do; `data.method` is what was asked. */
export class SourceReplyError extends BlyanError {
  static override readonly code: string = 'GATEWAY_SOURCE_REPLY'
  static override readonly fault: Fault = 'platform'
}

/** The node no longer has blocks that must be read. */
export class SourceGapError extends BlyanError {
  static override readonly code: string = 'GATEWAY_SOURCE_GAP'
  static override readonly fault: Fault = 'config'
}

/** A wanted contract was called, and the node's plain methods do not lead to what it logged. */
export class SourceMissedError extends BlyanError {
  static override readonly code: string = 'GATEWAY_SOURCE_MISSED'
  static override readonly fault: Fault = 'platform'
}
