/** What can go wrong around the bridge, apart from what its two contracts say themselves. */
import { BlyanError, type Fault, InvalidArgumentError } from '../../lib/errors.ts'

/** bridge.json is not what it should be; `data.field` names the place. */
export class DeploymentInvalidError extends InvalidArgumentError {
  static override readonly code: string = 'BRIDGE_DEPLOYMENT_INVALID'
}

/** An identifier of a transfer is neither near-evm:NONCE nor evm-near:NONCE. */
export class TransferIdInvalidError extends InvalidArgumentError {
  static override readonly code: string = 'BRIDGE_TRANSFER_ID_INVALID'
}

/** There is no transfer of this number in this direction yet. */
export class TransferMissingError extends InvalidArgumentError {
  static override readonly code: string = 'BRIDGE_TRANSFER_MISSING'
}

/** Fewer signers than needed have signed so far. */
export class SignaturesMissingError extends BlyanError {
  static override readonly code: string = 'BRIDGE_SIGNATURES_MISSING'
  static override readonly fault: Fault = 'peer'
  static override readonly retryable: boolean = true
}

/** A signer's answer does not fit its own words; nothing of it is used. */
export class SignerAnswerError extends BlyanError {
  static override readonly code: string = 'BRIDGE_SIGNER_ANSWER'
  static override readonly fault: Fault = 'peer'
}

/** A contract of the bridge answered with something else than its interface says. */
export class BridgeAnswerError extends BlyanError {
  static override readonly code: string = 'BRIDGE_ANSWER'
  static override readonly fault: Fault = 'config'
}

/** The amount is below the least or above the most that one transfer may carry. */
export class TransferAmountError extends InvalidArgumentError {
  static override readonly code: string = 'BRIDGE_AMOUNT'
}
