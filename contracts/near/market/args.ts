/** Arguments of every call, and the messages that come with BLY: what the contract parses by. schema.ts adds the rest. */
import { t } from '../lib/schema.ts'

const id = t.string(20)
const round = t.integer(0, 999)
const index = t.integer(0, 2 ** 48)
const limit = t.optional(t.integer(1, 100))
const window = t.integer(0, 2 ** 48)
const text = t.string(256)
const gain = t.nullable(t.string(20))
/** Hashes of a Merkle proof: proofs.ts looks at their length, the hashing at their digits. */
const proof = t.list(t.string(64), 31)
const components = t.object({ parameters: t.hex32, m: t.hex32, v: t.hex32, counters: t.hex32, residual: t.hex32 })
const place = { task_id: id, round } as const

export const taskSpec = t.object({
  nonce: t.u64,
  spec: t.cid,
  kind: t.oneOf('train'),
  base: t.hex32,
  workers: t.integer(1, 32),
  rounds: t.integer(1, 1000),
  certainty: t.oneOf(50, 80, 90, 95, 99),
  validators: t.optional(t.integer(1, 64)),
  samples: t.optional(t.integer(1, 64)),
  segments: t.integer(2, 256),
  pay: t.u128,
  profile: t.oneOf('canonical', 'native'),
  class: t.oneOf('any', 'edge', 'cloud', 'browser'),
  small_pool: t.boolean,
  heldout_bps: t.integer(0, 100_000),
  heldout: t.object({ head: t.hex32, sets: t.cid, root: t.hex32 }),
  windows: t.object({
    accept: window,
    commit: window,
    reveal: window,
    publish: window,
    verdict: window,
    answer: window,
    jury: window,
    challenge: window,
  }),
  /** Where the requester's node serves the task's documents and data. */
  peer: t.optional(text),
  zero: t.object({ m: t.hex32, v: t.hex32, counters: t.hex32, residual: t.hex32 }),
  tick_ms: t.optional(t.integer(0, 3_600_000)),
})

export const stakeMessage = t.object({
  roles: t.optional(t.list(t.oneOf('trainer', 'validator', 'server'), 3, 1)),
  kind: t.optional(t.string(64)),
  class: t.optional(t.oneOf('edge', 'cloud', 'browser')),
  peer: t.optional(text),
  worker_key: t.optional(t.string(128)),
})

const verdict = t.object({
  submission: t.integer(0, 63),
  verdict: t.oneOf('ok', 'dispute', 'unserved'),
  leaf: t.nullable(t.integer(0, 256)),
  end: t.nullable(t.hex32),
  end_proof: proof,
  gain,
  middles: t.list(t.hex32, 64),
})

const middle = t.object({ leaf: t.integer(0, 255), hash: t.hex32, proof })
const salt = t.string(128)

export const ARGS = {
  init: {
    bly: t.account,
    network: t.oneOf('embedded', 'production'),
    tick_ms: t.optional(t.integer(0, 3_600_000)),
    age_ms: t.optional(t.integer(0, 2 ** 48)),
    unbonding_ms: t.optional(t.integer(0, 2 ** 48)),
    crank_bounty: t.optional(t.u128),
  },
  storage_deposit: { account_id: t.optional(t.account), registration_only: t.optional(t.boolean) },
  storage_withdraw: { amount: t.optional(t.u128) },
  storage_unregister: { force: t.optional(t.boolean) },
  storage_balance_of: { account_id: t.account },
  storage_balance_bounds: {},
  ft_on_transfer: { sender_id: t.account, amount: t.u128, msg: t.string(8_192) },
  unstake: { amount: t.u128 },
  restake: { amount: t.u128 },
  withdraw: {},
  set_worker_key: { public_key: t.string(128) },
  heartbeat: {},
  cancel: { task_id: id },
  tick: {},
  crank: { task_id: id },
  accept: place,
  decline: { ...place, reason: t.string(64) },
  commit: { ...place, commitment: t.hex32 },
  reveal: {
    ...place,
    base: t.hex32,
    delta: t.cid,
    chunk_root: t.hex32,
    boundary_root: t.hex32,
    middle_root: t.hex32,
    final: components,
    start: components,
    start_proof: proof,
    salt,
  },
  publish: { ...place, manifest: t.cid },
  open_key: { ...place, key: t.hex32 },
  verdict_commit: { ...place, commitment: t.hex32 },
  verdict_reveal: { ...place, verdicts: t.list(verdict, 64), salt },
  answer: { ...place, middles: t.list(middle, 256) },
  jury_commit: { dispute_id: t.string(40), commitment: t.hex32 },
  jury_reveal: { dispute_id: t.string(40), middle: t.hex32, end: t.hex32, salt },
  claim: { amount: t.optional(t.u128) },
  on_paid: { account: t.account, amount: t.u128 },
  flush_burn: {},
  on_burned: { amount: t.u128 },
  get_config: {},
  quote: { spec: taskSpec },
  active: {},
  get_task: { task_id: id },
  get_tasks: { from_index: t.optional(index), limit },
  get_round: { task_id: id, round },
  get_dispute: { dispute_id: t.string(40) },
  get_node: { account_id: t.account },
  get_nodes: { from_index: t.optional(index), limit },
  ledger: { account_id: t.account },
  supply: {},
  get_receipt: { index },
  get_receipts: { from_index: t.optional(index), limit },
  receipt_root: {},
  receipt_proof: { index },
  draw: { task_id: id, round },
  get_beacon: { tick: index },
} as const

export type Method = keyof typeof ARGS
