/** What can be wrong with a delta. */
import { BlyanError, type Fault } from '../../chain/lib/errors.ts'

/** Bytes that are no canonical delta of the expected shape. The only error that decoding throws. */
export class DeltaError extends BlyanError {
  static override readonly code: string = 'DELTA_INVALID'
  static override readonly fault: Fault = 'peer'
}

/** An update that cannot be encoded: not finite, or lengths that differ. */
export class UpdateError extends BlyanError {
  static override readonly code: string = 'DELTA_UPDATE'
  static override readonly fault: Fault = 'internal'
}

/** Refuses a peer's bytes. */
export function invalidDelta(what: string, data: Record<string, unknown> = {}): never {
  throw new DeltaError({
    what: `The delta is invalid: ${what}.`,
    fix: 'Leave this submission out; its sender must encode the update again.',
    data,
  })
}
