/** What a feeder and its sources may report. */
import { BlyanError, type Fault } from '../../chain/lib/errors.ts'

/** The configuration file is missing or does not fit; `data.field` names the place. */
export class FeederConfigError extends BlyanError {
  static override readonly code: string = 'FEEDER_CONFIG_INVALID'
  static override readonly fault: Fault = 'config'
}

/** A source did not answer in time, or not at all. */
export class SourceUnreachableError extends BlyanError {
  static override readonly code: string = 'FEEDER_SOURCE_UNREACHABLE'
  static override readonly fault: Fault = 'peer'
  static override readonly retryable: boolean = true
}

/** A source's address leads, or sends us, where no source may be: into a private network, to plain http, elsewhere. */
export class SourceAddressError extends BlyanError {
  static override readonly code: string = 'FEEDER_SOURCE_ADDRESS'
  static override readonly fault: Fault = 'peer'
  static override readonly retryable: boolean = true
}

/** A source answered with something else than a price. */
export class SourceReplyError extends BlyanError {
  static override readonly code: string = 'FEEDER_SOURCE_REPLY'
  static override readonly fault: Fault = 'peer'
  static override readonly retryable: boolean = true
}

/** A source's price is older than its configuration allows. */
export class SourceStaleError extends BlyanError {
  static override readonly code: string = 'FEEDER_SOURCE_STALE'
  static override readonly fault: Fault = 'peer'
  static override readonly retryable: boolean = true
}
