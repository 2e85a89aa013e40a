/** What stops a signer, and what it waits out. */
import { BlyanError, type Fault, InvalidArgumentError } from '../../chain/lib/errors.ts'

/** The two RPCs of a chain answer one question differently: nothing that hangs on it is signed. */
export class RpcsDisagreeError extends BlyanError {
  static override readonly code: string = 'SIGNER_RPCS_DISAGREE'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
}

/** Two RPCs of one chain were asked for, and one, or one twice, was given. */
export class OneRpcError extends InvalidArgumentError {
  static override readonly code: string = 'SIGNER_ONE_RPC'
}

/** An RPC serves another chain than the deployment names. */
export class OtherChainError extends BlyanError {
  static override readonly code: string = 'SIGNER_OTHER_CHAIN'
  static override readonly fault: Fault = 'config'
}

/** No answer from an EVM RPC. */
export class EvmUnreachableError extends BlyanError {
  static override readonly code: string = 'SIGNER_EVM_UNREACHABLE'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
}

/** An EVM RPC answered with an error, or not as EVM nodes do. */
export class EvmReplyError extends BlyanError {
  static override readonly code: string = 'SIGNER_EVM_REPLY'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
}

/** Both RPCs agree on an event that does not hold: it is passed over for ever. */
export class EventRefusedError extends BlyanError {
  static override readonly code: string = 'SIGNER_EVENT_REFUSED'
  static override readonly fault: Fault = 'peer'
}

/** A payload of this kind and number was signed before with other content. */
export class ContentConflictError extends BlyanError {
  static override readonly code: string = 'SIGNER_CONTENT_CONFLICT'
  static override readonly fault: Fault = 'platform'
}

/** The receipts read from events do not give the root that the market states. */
export class ReceiptsDifferError extends BlyanError {
  static override readonly code: string = 'SIGNER_RECEIPTS_DIFFER'
  static override readonly fault: Fault = 'platform'
}

/** What a signature was given for is no longer on its chain. */
export class SourceVanishedError extends BlyanError {
  static override readonly code: string = 'SIGNER_SOURCE_VANISHED'
  static override readonly fault: Fault = 'platform'
}

/** A chain took back a block that it had called final. */
export class FinalityBrokenError extends BlyanError {
  static override readonly code: string = 'SIGNER_FINALITY_BROKEN'
  static override readonly fault: Fault = 'platform'
}

/** A chain ends before a block that it had called final: an RPC lags, or the chain began anew. Nothing is signed for it meanwhile. */
export class ChainBehindError extends BlyanError {
  static override readonly code: string = 'SIGNER_CHAIN_BEHIND'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
}

/** The signer halted, and nobody has said since that it may go on. */
export class HaltedError extends BlyanError {
  static override readonly code: string = 'SIGNER_HALTED'
  static override readonly fault: Fault = 'config'
}

/** Another process holds the journal. */
export class JournalInUseError extends BlyanError {
  static override readonly code: string = 'SIGNER_JOURNAL_IN_USE'
  static override readonly fault: Fault = 'config'
}

/** The journal is of another bridge or key, or the disk refuses. */
export class SignerJournalError extends BlyanError {
  static override readonly code: string = 'SIGNER_JOURNAL'
  static override readonly fault: Fault = 'config'
}

/** The journal holds something that this signer neither saw nor signed. */
export class JournalForgedError extends BlyanError {
  static override readonly code: string = 'SIGNER_JOURNAL_FORGED'
  static override readonly fault: Fault = 'platform'
}

/** The key file is missing, readable by others, malformed, or the passphrase does not open it. */
export class SignerKeyError extends BlyanError {
  static override readonly code: string = 'SIGNER_KEY'
  static override readonly fault: Fault = 'config'
}

/** The external signer does not answer, or its signature is not of the expected address. */
export class ExternalSignerError extends BlyanError {
  static override readonly code: string = 'SIGNER_EXTERNAL'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
}

/** An approval is not what the signer could sign. */
export class ApprovalInvalidError extends InvalidArgumentError {
  static override readonly code: string = 'SIGNER_APPROVAL_INVALID'
}
