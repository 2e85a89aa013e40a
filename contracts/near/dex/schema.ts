/**
 * The exchange's interface as one table: Ref Finance's names and shapes, parsed with in the contract, and the source of its
 * ABI and its typed client. Unknown arguments pass unread, as in Ref, whose clients send some.
 */
import { type ContractSchema, t } from '../lib/schema.ts'
import { DEX_ERRORS } from './errors.ts'

/** Ref counts pools in u64; a JSON number is exact up to here. */
const poolId = t.integer(0, Number.MAX_SAFE_INTEGER)
const index = t.integer(0, Number.MAX_SAFE_INTEGER)
const storageBalance = t.object({ total: t.u128, available: t.u128 })
const amounts = t.list(t.u128, 8)
const tokens = t.list(t.account, 64)

const pool = t.object({
  pool_kind: t.string(32),
  token_account_ids: tokens,
  amounts,
  total_fee: t.integer(0, 9_999),
  shares_total_supply: t.u128,
  amp: t.integer(0, 0),
})

const action = t.openObject({
  pool_id: poolId,
  token_in: t.account,
  amount_in: t.optional(t.u128),
  token_out: t.account,
  min_amount_out: t.u128,
})
/** Sixteen swaps with the longest names still log less than NEAR's 16 KiB. */
const actions = t.list(action, 16)

/** `msg` of a transfer that swaps at once. */
export const SWAP_MESSAGE = t.openObject({ actions, referral_id: t.optional(t.account) })

const dex = { standard: 'blyan_dex', version: '1.0.0' } as const
const movement = { account: t.account, token: t.account, amount: t.u128 }
const liquidity = { pool_id: poolId, account: t.account, amounts, shares: t.u128 }

export const DEX_SCHEMA = {
  name: 'dex',
  doc: 'An exchange of constant-product pools with the methods, messages and error codes of Ref Finance.',
  methods: {
    init: {
      kind: 'init',
      args: { whitelisted_tokens: t.list(t.account, 64) },
      returns: t.unit,
      gasTGas: 10,
      doc: 'Opens the exchange with its fixed list of tokens that a deposit registers by itself; nobody owns it.',
    },
    add_simple_pool: {
      kind: 'call',
      payable: 'any',
      open: true,
      args: { tokens, fee: t.integer(0, 4_294_967_295) },
      returns: poolId,
      gasTGas: 20,
      doc: 'Adds an empty pool of two tokens with a fee in basis points; the attached NEAR pays for its record.',
    },
    add_liquidity: {
      kind: 'call',
      payable: 'any',
      open: true,
      args: { pool_id: poolId, amounts, min_amounts: t.optional(amounts) },
      returns: t.u128,
      gasTGas: 30,
      doc: 'Moves deposits of the caller into a pool in its ratio. Result: shares.',
    },
    remove_liquidity: {
      kind: 'call',
      payable: '1yocto',
      open: true,
      args: { pool_id: poolId, shares: t.u128, min_amounts: amounts },
      returns: amounts,
      gasTGas: 30,
      doc: 'Moves the part of a pool that belongs to the shares into the caller\u2019s deposits. Result: amounts.',
    },
    swap: {
      kind: 'call',
      payable: 'any',
      open: true,
      args: { actions, referral_id: t.optional(t.account) },
      returns: t.u128,
      gasTGas: 50,
      doc: 'Swaps deposits of the caller, action after action. Result: what the last one gave.',
    },
    ft_on_transfer: {
      kind: 'call',
      open: true,
      args: { sender_id: t.account, amount: t.u128, msg: t.string(65_536) },
      returns: t.u128,
      doc: 'Called by a token: "" deposits for the sender, {"actions": […]} swaps at once and sends the result to the sender.',
    },
    withdraw: {
      kind: 'call',
      payable: '1yocto',
      open: true,
      args: {
        token_id: t.account,
        amount: t.u128,
        unregister: t.optional(t.boolean),
        skip_unwrap_near: t.optional(t.boolean),
      },
      returns: t.u128,
      gasTGas: 60,
      doc: 'Sends a deposit of the caller to it, all of it for "0". Result: what arrived.',
    },
    exchange_callback_post_withdraw: {
      kind: 'call',
      private: true,
      args: { token_id: t.account, sender_id: t.account, amount: t.u128 },
      returns: t.u128,
      doc: 'Callback of every payment: one in vain becomes a deposit again.',
    },
    register_tokens: {
      kind: 'call',
      payable: '1yocto',
      open: true,
      args: { token_ids: tokens },
      returns: t.unit,
      gasTGas: 15,
      doc: 'Makes room for tokens in the caller\u2019s deposits, at the cost of its storage balance.',
    },
    unregister_tokens: {
      kind: 'call',
      payable: '1yocto',
      open: true,
      args: { token_ids: tokens },
      returns: t.unit,
      gasTGas: 15,
      doc: 'Frees the room of tokens of which nothing is left.',
    },
    claim_lostfound: {
      kind: 'call',
      payable: '1yocto',
      open: true,
      args: { token_id: t.account },
      returns: t.u128,
      gasTGas: 60,
      doc: 'Sends again what could not be sent while the caller had no account here. Result: what arrived.',
    },
    storage_deposit: {
      kind: 'call',
      payable: 'any',
      open: true,
      args: { account_id: t.optional(t.account), registration_only: t.optional(t.boolean) },
      returns: storageBalance,
      gasTGas: 10,
      doc: 'Registers an account or adds to what it may store.',
    },
    storage_withdraw: {
      kind: 'call',
      payable: '1yocto',
      open: true,
      args: { amount: t.optional(t.u128) },
      returns: storageBalance,
      gasTGas: 10,
      doc: 'Pays out the free part of the storage balance.',
    },
    storage_unregister: {
      kind: 'call',
      payable: '1yocto',
      open: true,
      args: { force: t.optional(t.boolean) },
      returns: t.boolean,
      gasTGas: 10,
      doc: 'Removes a caller without tokens and shares, and refunds its storage balance.',
    },
    storage_balance_bounds: {
      kind: 'view',
      open: true,
      args: {},
      returns: t.object({ min: t.u128, max: t.nullable(t.u128) }),
      doc: 'What an account deposits at least.',
    },
    storage_balance_of: {
      kind: 'view',
      open: true,
      args: { account_id: t.account },
      returns: t.nullable(storageBalance),
      doc: 'What an account has deposited; null when it is not registered.',
    },
    get_number_of_pools: { kind: 'view', open: true, args: {}, returns: index, doc: 'How many pools there are.' },
    get_pools: {
      kind: 'view',
      open: true,
      args: { from_index: index, limit: index },
      returns: t.list(pool, 1_000),
      doc: 'Pools in order of their numbers.',
    },
    get_pool: { kind: 'view', open: true, args: { pool_id: poolId }, returns: pool, doc: 'One pool.' },
    get_pool_by_ids: {
      kind: 'view',
      open: true,
      args: { pool_ids: t.list(poolId, 1_000) },
      returns: t.list(pool, 1_000),
      doc: 'Pools in the order asked.',
    },
    get_pool_shares: {
      kind: 'view',
      open: true,
      args: { pool_id: poolId, account_id: t.account },
      returns: t.u128,
      doc: 'Shares that an account has of a pool.',
    },
    get_pool_total_shares: {
      kind: 'view',
      open: true,
      args: { pool_id: poolId },
      returns: t.u128,
      doc: 'All shares of a pool.',
    },
    get_return: {
      kind: 'view',
      open: true,
      args: { pool_id: poolId, token_in: t.account, amount_in: t.u128, token_out: t.account },
      returns: t.u128,
      doc: 'What a swap would give now.',
    },
    get_deposits: {
      kind: 'view',
      open: true,
      args: { account_id: t.account },
      returns: t.json,
      doc: 'Deposits of an account: token to decimal amount.',
    },
    get_deposit: {
      kind: 'view',
      open: true,
      args: { account_id: t.account, token_id: t.account },
      returns: t.u128,
      doc: 'Deposit of an account in one token.',
    },
    get_lostfound_token: {
      kind: 'view',
      open: true,
      args: { account_id: t.account, token_id: t.account },
      returns: t.u128,
      doc: 'What an account can claim with claim_lostfound.',
    },
    get_whitelisted_tokens: {
      kind: 'view',
      open: true,
      args: {},
      returns: tokens,
      doc: 'Tokens that a deposit registers by itself.',
    },
    get_user_whitelisted_tokens: {
      kind: 'view',
      open: true,
      args: { account_id: t.account },
      returns: tokens,
      doc: 'Tokens that an account has registered.',
    },
    contract_source_metadata: {
      kind: 'view',
      open: true,
      args: {},
      returns: t.openObject({
        version: t.nullable(t.string()),
        link: t.nullable(t.string()),
        standards: t.list(t.object({ standard: t.string(32), version: t.string(32) }), 16),
      }),
      doc: 'NEP-330: version and standards of this contract.',
    },
  },
  errors: DEX_ERRORS,
  events: {
    pool_added: {
      ...dex,
      data: { pool_id: poolId, creator: t.account, tokens, fee: t.integer(0, 9_999) },
      doc: 'A new, empty pool.',
    },
    swapped: {
      ...dex,
      data: {
        pool_id: poolId,
        account: t.account,
        token_in: t.account,
        amount_in: t.u128,
        token_out: t.account,
        amount_out: t.u128,
      },
      doc: 'One swap in one pool.',
    },
    liquidity_added: { ...dex, data: liquidity, doc: 'Deposits became reserves and shares.' },
    liquidity_removed: { ...dex, data: liquidity, doc: 'Shares became deposits.' },
    deposited: { ...dex, data: movement, doc: 'Tokens arrived for an account.' },
    withdrawn: { ...dex, data: movement, doc: 'A deposit was taken out and sent.' },
    returned: { ...dex, data: movement, doc: 'A payment in vain became a deposit.' },
    lost: { ...dex, data: movement, doc: 'A payment in vain waits for claim_lostfound.' },
    claimed: { ...dex, data: movement, doc: 'A lost payment is sent again.' },
  },
} as const satisfies ContractSchema
