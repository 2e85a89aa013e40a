/** Every code that the price oracle can refuse with, and what to do about it. */
import { type ErrorTable, SHARED_ERRORS } from '../lib/errors.ts'

export const ORACLE_ERRORS = {
  ...SHARED_ERRORS,
  ORACLE_INITIALISED: { fix: 'The oracle was set up once and for all; there is nothing to initialise.' },
  ORACLE_NOT_INITIALISED: { fix: 'Call init with owner, guardian and the dex.' },
  ORACLE_NOT_A_FEEDER: { fix: 'Ask the owner for admission, then call join_feeder with the deposit.' },
  ORACLE_NOT_ADMITTED: { fix: 'Ask the owner of the oracle to call admit_feeder for this account.' },
  ORACLE_FEEDER_EXISTS: { fix: 'Nothing is left to do: the account is admitted or joined already.' },
  ORACLE_DEPOSIT_TOO_LOW: { fix: 'Attach the deposit that get_config shows; it returns when the feeder leaves.' },
  ORACLE_TOO_MANY: { fix: 'Remove one first; lists are bounded so that every call has a known price.' },
  ORACLE_ASSET_EXISTS: { fix: 'The asset is listed already.' },
  ORACLE_PRICE_INVALID: { fix: 'Report a price above zero with at most 77 decimals.' },
  ORACLE_POOL_UNKNOWN: {
    fix: 'Ask the owner to call watch_pool for this pool; get_pools lists those that are watched.',
  },
  ORACLE_POOL_EXISTS: { fix: 'The pool is watched already.' },
  ORACLE_TOO_SOON: { fix: 'Call observe again a minute after the last snapshot.' },
} as const satisfies ErrorTable

export type OracleErrorCode = keyof typeof ORACLE_ERRORS
