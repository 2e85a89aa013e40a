/** What can go wrong in storage, and whose move it is. */
import { BlyanError, type Fault } from '../../chain/lib/errors.ts'

/** The text is no content address, or one of a kind that this node does not serve. */
export class BadCidError extends BlyanError {
  static override readonly code: string = 'STORAGE_BAD_CID'
  static override readonly fault: Fault = 'user'
}

/** Neither this node nor any peer asked holds the content. */
export class NotFoundError extends BlyanError {
  static override readonly code: string = 'STORAGE_NOT_FOUND'
  static override readonly fault: Fault = 'peer'
  static override readonly retryable: boolean = true
}

/** Peers that might hold the content did not answer in time. */
export class FetchTimeoutError extends BlyanError {
  static override readonly code: string = 'STORAGE_TIMEOUT'
  static override readonly fault: Fault = 'peer'
  static override readonly retryable: boolean = true
}

/** A peer sent bytes that do not hash to their CID, or the content is no well-formed UnixFS file. */
export class CorruptBlockError extends BlyanError {
  static override readonly code: string = 'STORAGE_CORRUPT'
  static override readonly fault: Fault = 'peer'
}

/** Content or block is longer than the caller allows. */
export class TooLargeError extends BlyanError {
  static override readonly code: string = 'STORAGE_TOO_LARGE'
  static override readonly fault: Fault = 'peer'
}

/** No space, or no quota, is left on the disk. */
export class StorageFullError extends BlyanError {
  static override readonly code: string = 'STORAGE_FULL'
  static override readonly fault: Fault = 'platform'
}

/** The folder cannot be read or written. */
export class StorageIoError extends BlyanError {
  static override readonly code: string = 'STORAGE_IO'
  static override readonly fault: Fault = 'platform'
}

/** Another program listens on the wanted port. */
export class PortInUseError extends BlyanError {
  static override readonly code: string = 'STORAGE_PORT_IN_USE'
  static override readonly fault: Fault = 'config'
}

/** The configured Kubo node does not answer, or refuses. */
export class KuboError extends BlyanError {
  static override readonly code: string = 'STORAGE_KUBO'
  static override readonly fault: Fault = 'config'
  static override readonly retryable: boolean = true
}
