/** What can go wrong in the node itself, apart from what a transaction did. */
import { BlyanError, type Fault } from '../lib/errors.ts'

/** Another process holds the chain's folder. */
export class ChainLockedError extends BlyanError {
  static override readonly code: string = 'CHAIN_LOCKED'
  static override readonly fault: Fault = 'config'
}

/** The stored chain is damaged before its last record: acknowledged blocks would be lost. */
export class ChainStoreCorruptError extends BlyanError {
  static override readonly code: string = 'CHAIN_STORE_CORRUPT'
  static override readonly fault: Fault = 'platform'
}

/** The stored chain could not be written: nothing is acknowledged any more. */
export class ChainStoreWriteError extends BlyanError {
  static override readonly code: string = 'CHAIN_STORE_WRITE'
  static override readonly fault: Fault = 'platform'
}

/** The folder holds a chain of another genesis. */
export class ChainGenesisMismatchError extends BlyanError {
  static override readonly code: string = 'CHAIN_GENESIS_MISMATCH'
  static override readonly fault: Fault = 'config'
}

/** The RPC port is taken. */
export class ChainPortInUseError extends BlyanError {
  static override readonly code: string = 'CHAIN_PORT_IN_USE'
  static override readonly fault: Fault = 'config'
}

/** The chain refused a transaction before inclusion; `data.error` is nearcore's InvalidTxError. */
export class TransactionRefusedError extends BlyanError {
  static override readonly code: string = 'CHAIN_TRANSACTION_REFUSED'
  static override readonly fault: Fault = 'user'
}

/** A block could not be executed for a fault of ours; its transactions were dropped. */
export class ChainInternalError extends BlyanError {
  static override readonly code: string = 'CHAIN_INTERNAL'
  static override readonly fault: Fault = 'internal'
}

/** The root account's key file is unreadable, or belongs to another chain than the folder's. */
export class ValidatorKeyError extends BlyanError {
  static override readonly code: string = 'CHAIN_VALIDATOR_KEY'
  static override readonly fault: Fault = 'config'
}
