/** What the bridge's routes refuse, with the status of each. */
import { BlyanError, type Fault } from '../../../chain/lib/errors.ts'

/** This gateway was started without a bridge. */
export class NoBridgeError extends BlyanError {
  static override readonly code: string = 'GATEWAY_NO_BRIDGE'
  static override readonly fault: Fault = 'user'
  static readonly status = 404
}

/** A signer does not answer, or answers something else than a signature. */
export class SignerAwayError extends BlyanError {
  static override readonly code: string = 'GATEWAY_SIGNER_AWAY'
  static override readonly fault: Fault = 'peer'
  static readonly status = 502
}

/** The signer says that it has not seen this, which passes, or that it has stopped. */
export class SignerSilentError extends BlyanError {
  static override readonly code: string = 'GATEWAY_SIGNER_SILENT'
  static override readonly fault: Fault = 'user'
  static readonly status = 404
}

export class SignerHaltedError extends BlyanError {
  static override readonly code: string = 'GATEWAY_SIGNER_HALTED'
  static override readonly fault: Fault = 'peer'
  static readonly status = 503
}
