/** Every code that BLY's token contract can refuse with, and what to do about it. */
import { type ErrorTable, SHARED_ERRORS } from '../lib/errors.ts'

export const BLY_ERRORS = {
  ...SHARED_ERRORS,
  BLY_INITIALISED: { fix: 'The token was minted once and for all; there is nothing to initialise.' },
  BLY_NOT_INITIALISED: { fix: 'Call init with the account that receives the supply.' },
  BLY_METADATA_INVALID: { fix: 'Pass NEP-148 metadata of spec ft-1.0.0 with 18 decimals, or leave it out.' },
  BLY_AMOUNT_ZERO: { fix: 'Pass an amount of at least "1".' },
  BLY_SELF_TRANSFER: { fix: 'Choose a receiver other than the sender.' },
  BLY_BALANCE_TOO_LOW: { fix: 'Send at most what ft_balance_of shows.' },
} as const satisfies ErrorTable

export type BlyErrorCode = keyof typeof BLY_ERRORS
