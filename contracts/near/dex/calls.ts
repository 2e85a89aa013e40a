/** Every entry point as a function of (host, arguments), by name: the class and the tests go through the same door. */
import type { Host } from '../lib/host.ts'
import { type MethodSchema, parseArgs, type ValuesOf } from '../lib/schema.ts'
import { type StorageOutcome, storageBalanceBounds, storageBalanceOf } from '../lib/storageManagement.ts'
import { viewBalances } from './deposits.ts'
import type { Outcome } from './outcome.ts'
import { addLiquidity, addSimplePool, removeLiquidity } from './pools.ts'
import { onTransfer } from './receive.ts'
import * as registration from './registration.ts'
import { DEX_SCHEMA } from './schema.ts'
import { countPools, getPool, listedTokens, openExchange } from './storage.ts'
import { swap } from './swap.ts'
import * as views from './views.ts'
import { claimLost, findLost, postWithdraw, registerTokens, unregisterTokens, withdraw } from './withdraw.ts'

const M = DEX_SCHEMA.methods
type Methods = typeof M
type Args<N extends keyof Methods> = ValuesOf<Methods[N]['args']>

/** What only NEAR itself can tell; asked for where it is needed, because each answer costs gas. */
export interface Chain {
  /** NEAR of the contract that no storage locks, in yoctoNEAR. */
  freeYocto(): bigint
  /** Whether the call before a callback succeeded. */
  succeeded(): boolean
}

type ViewName = { [N in keyof Methods]: Methods[N]['kind'] extends 'view' ? N : never }[keyof Methods]
export type CallName = Exclude<keyof Methods, ViewName>

const CALLS: { [N in CallName]: (host: Host, args: Args<N>, chain: Chain) => Outcome } = {
  init: (host, { whitelisted_tokens }) => done(openExchange(host, whitelisted_tokens)),
  add_simple_pool: addSimplePool,
  add_liquidity: addLiquidity,
  remove_liquidity: removeLiquidity,
  swap: (host, { actions }) => swap(host, actions),
  ft_on_transfer: (host, args, chain) => onTransfer(host, args, chain.freeYocto),
  withdraw,
  exchange_callback_post_withdraw: (host, args, chain) => postWithdraw(host, args, chain.succeeded),
  register_tokens: (host, { token_ids }) => done(registerTokens(host, token_ids)),
  unregister_tokens: (host, { token_ids }) => done(unregisterTokens(host, token_ids)),
  claim_lostfound: (host, { token_id }) => claimLost(host, token_id),
  storage_deposit: (host, args) => paid(registration.deposit(host, args)),
  storage_withdraw: (host, { amount }) => paid(registration.withdraw(host, amount ?? 0n)),
  storage_unregister: (host) => paid(registration.unregister(host)),
}

const VIEWS: { [N in ViewName]: (host: Host, args: Args<N>) => unknown } = {
  storage_balance_bounds: (host) => storageBalanceBounds(registration.dexBook(host)),
  storage_balance_of: (host, { account_id }) => storageBalanceOf(registration.dexBook(host), account_id),
  get_number_of_pools: countPools,
  get_pools: (host, { from_index, limit }) => views.getPools(host, from_index, limit),
  get_pool: (host, { pool_id }) => views.poolInfo(getPool(host, pool_id)),
  get_pool_by_ids: (host, { pool_ids }) => pool_ids.map((id) => views.poolInfo(getPool(host, id))),
  get_pool_shares: (host, { pool_id, account_id }) => views.getPoolShares(host, pool_id, account_id),
  get_pool_total_shares: (host, { pool_id }) => `${getPool(host, pool_id).shares}`,
  get_return: views.getReturn,
  get_deposits: (host, { account_id }) => views.getDeposits(host, account_id),
  get_deposit: (host, { account_id, token_id }) => `${viewBalances(host, account_id).get(token_id) ?? 0n}`,
  get_lostfound_token: (host, { account_id, token_id }) => `${findLost(host, account_id, token_id)}`,
  get_whitelisted_tokens: listedTokens,
  get_user_whitelisted_tokens: (host, { account_id }) => [...viewBalances(host, account_id).keys()],
  contract_source_metadata: () => views.SOURCE_METADATA,
}

/** Parses the arguments and runs the rule; what throws has changed nothing. */
export function callDex(host: Host, method: CallName, raw: unknown, chain: Chain): Outcome {
  return (CALLS[method] as (host: Host, args: unknown, chain: Chain) => Outcome)(
    host,
    parseArgs(M[method] as MethodSchema, raw),
    chain,
  )
}

export function viewDex(host: Host, method: ViewName, raw: unknown): unknown {
  return (VIEWS[method] as (host: Host, args: unknown) => unknown)(host, parseArgs(M[method] as MethodSchema, raw))
}

const done = (_: unknown): Outcome => ({})
const paid = ({ result, transfers }: StorageOutcome<unknown>): Outcome => ({ value: result, transfers })
