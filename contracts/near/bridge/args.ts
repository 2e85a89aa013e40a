/** Arguments of every call: what the contract parses by. schema.ts adds the rest. */
import { t } from '../lib/schema.ts'
import { MAX_SIGNERS } from './epochs.ts'

const address = t.hex(20)
const seconds = t.integer(0, 2 ** 32)
const signatures = t.list(t.hex(65), MAX_SIGNERS)
const direction = t.oneOf('near-evm', 'evm-near')
const page = { from_index: t.optional(t.integer(0, 2 ** 48)), limit: t.optional(t.integer(1, 100)) } as const

/** How many heads of the queue one call pays at most: 8 transfers and callbacks fit well into 300 TGas. */
export const MAX_RELEASE = 8

/** The message that comes with BLY. */
export const lockMessage = t.object({ lock: t.object({ receiver: t.string(42) }) })

export const ARGS = {
  init: {
    bly: t.account,
    market: t.account,
    guardian: t.account,
    evm_chain_id: t.u64,
    evm_bridge: address,
    genesis_hash: t.hex32,
    chain_id: t.string(64),
    signers: t.list(address, MAX_SIGNERS, 1),
    k: t.integer(1, MAX_SIGNERS),
    min_amount: t.u128,
    hourly_limit: t.u128,
    large_amount: t.u128,
    veto_delay_s: seconds,
    rotation_delay_s: seconds,
  },
  ft_on_transfer: { sender_id: t.account, amount: t.u128, msg: t.string(256) },
  unlock: { nonce: t.u64, epoch: t.u64, source: t.hex32, receiver: t.account, amount: t.u128, signatures },
  on_unlocked: { direction, nonce: t.u64 },
  release: { max: t.integer(1, MAX_RELEASE) },
  release_delayed: { nonce: t.u64 },
  collect_credit: { to: t.optional(t.account) },
  on_collected: { account: t.account, to: t.account, amount: t.u128 },
  refund: { nonce: t.u64, epoch: t.u64, signatures },
  veto: { nonce: t.u64 },
  link_evm: { evm: t.string(42) },
  rotate: {
    epoch: t.u64,
    signers: t.list(address, MAX_SIGNERS, 1),
    k: t.integer(1, MAX_SIGNERS),
    valid_from: t.u64,
    old_signatures: signatures,
    new_signatures: signatures,
  },
  veto_rotation: {},
  pause: {},
  pause_with: { nonce: t.u64, epoch: t.u64, signatures },
  unpause: {},
  storage_deposit: { account_id: t.optional(t.account), registration_only: t.optional(t.boolean) },
  storage_withdraw: { amount: t.optional(t.u128) },
  storage_unregister: { force: t.optional(t.boolean) },
  storage_balance_of: { account_id: t.account },
  storage_balance_bounds: {},
  transfer: { direction, nonce: t.u64 },
  status: {},
  limits: {},
  signers: { epoch: t.optional(t.u64) },
  credit: { account_id: t.account },
  link: { account_id: t.account },
  locks: page,
  links: page,
} as const

export type Method = keyof typeof ARGS
