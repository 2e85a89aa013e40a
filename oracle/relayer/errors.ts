/** What the relayer itself may report. */
import { BlyanError, type Fault } from '../../chain/lib/errors.ts'

/** The journal cannot be opened or written, or another relayer works on it. */
export class RelayerJournalError extends BlyanError {
  static override readonly code: string = 'RELAYER_JOURNAL'
  static override readonly fault: Fault = 'config'
}

/** Gas costs more than the operator allowed; it is tried again when it is cheaper. */
export class FeeOverCapError extends BlyanError {
  static override readonly code: string = 'RELAYER_FEE_OVER_CAP'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
}

/** The EVM contract would refuse the call now; `data.reason` is its error. */
export class EvmRefusedError extends BlyanError {
  static override readonly code: string = 'RELAYER_EVM_REFUSED'
  static override readonly fault: Fault = 'peer'
  static override readonly retryable: boolean = true
}
