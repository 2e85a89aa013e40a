/**
 * How the exchange refuses: Ref Finance's codes with Ref's words, so that its clients recognise them, and a few of our own.
 * Source: github.com/ref-finance/ref-contracts, ref-exchange/src/errors.rs.
 */
import { type ErrorTable, SHARED_ERRORS } from '../lib/errors.ts'

export const DEX_ERRORS = {
  ...SHARED_ERRORS,
  DEX_INITIALISED: { fix: 'The exchange is set up once; nothing is left to do.' },
  DEX_TOO_MANY_TOKENS: { fix: 'Withdraw a token to zero and unregister it with unregister_tokens first.' },
  ERR_STORAGE_DEPOSIT: { fix: 'Attach at least the yoctoNEAR that the text names; what is not needed returns.' },
  E10: { fix: 'Call storage_deposit for the account first.' },
  E11: { fix: 'Add NEAR with storage_deposit: each registered token and each share costs storage.' },
  E12: { fix: 'Call register_tokens for the token first; only listed tokens are registered by a deposit.' },
  E13: { fix: 'The account has no shares of this pool.' },
  E15: { fix: 'All NEAR of the account is locked by its records; unregister tokens or remove liquidity first.' },
  E16: { fix: 'Withdraw at most the available part of storage_balance_of.' },
  E17: { fix: 'Attach at least the minimum of storage_balance_bounds.' },
  E18: { fix: 'Withdraw all tokens, remove all liquidity and call unregister_tokens first.' },
  E21: { fix: 'Deposit the token, or register it with register_tokens.' },
  E22: { fix: 'Deposit more of the token; get_deposits shows what is there.' },
  E24: { fix: 'Withdraw the token to zero before unregistering it.' },
  E27: { fix: 'Attach 1 yoctoNEAR, or register the token first.' },
  E28: { fix: 'Send "" for a deposit, or {"actions": [{pool_id, token_in, token_out, min_amount_out}]}.' },
  E29: { fix: 'There is nothing to withdraw.' },
  E31: { fix: 'Add a positive amount of both tokens.' },
  E32: { fix: 'Add more: the amounts are too small for one share.' },
  E35: { fix: 'Attach at least 1 yoctoNEAR.' },
  E36: { fix: 'Add less: the pool has no room for so many shares.' },
  E41: { fix: 'Give amount_in to the first action.' },
  E68: { fix: 'The price moved: quote again and choose the minimum anew.' },
  E72: { fix: 'Pass at least one action.' },
  E73: { fix: 'Choose two different tokens.' },
  E75: { fix: 'This is a fault of the exchange; nothing was changed.' },
  E76: { fix: 'Swap a positive amount in a pool that has liquidity.' },
  E85: { fix: 'Check the pool id with get_number_of_pools.' },
  E86: { fix: 'The ratio of the pool moved: read get_pool and choose amounts anew.' },
  E89: { fix: 'Pools here have exactly two tokens; pass two of each.' },
  E90: { fix: 'Choose a fee below 10000 basis points.' },
  E91: { fix: 'Remove at most what get_pool_shares shows.' },
  E92: { fix: 'Choose two different tokens.' },
  E102: { fix: 'Choose tokens of this pool; see get_pool.' },
  E103: { fix: 'Call init first.' },
} as const satisfies ErrorTable

export type DexErrorCode = keyof typeof DEX_ERRORS
