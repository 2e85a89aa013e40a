/** What can go wrong between the gateway and its database. */
import { BlyanError, type Fault } from '../../../chain/lib/errors.ts'

/** Another process has the folder's database open; `data.pid` says which. */
export class DatabaseLockedError extends BlyanError {
  static override readonly code: string = 'GATEWAY_DATABASE_LOCKED'
  static override readonly fault: Fault = 'config'
}

/** The database does not answer, or refused to be opened. */
export class DatabaseAwayError extends BlyanError {
  static override readonly code: string = 'GATEWAY_DATABASE_AWAY'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
}

/** The folder's database cannot be opened: a power cut or a full disk may have cost a part of it. */
export class DatabaseDamagedError extends BlyanError {
  static override readonly code: string = 'GATEWAY_DATABASE_DAMAGED'
  static override readonly fault: Fault = 'platform'
}

/** A migration that this database has run is not the one of this version. */
export class MigrationChangedError extends BlyanError {
  static override readonly code: string = 'GATEWAY_MIGRATION_CHANGED'
  static override readonly fault: Fault = 'config'
}
