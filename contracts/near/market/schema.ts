/** The market's interface as one table: the contract parses by it, ABI and typed client are generated from it. */
import { type ContractSchema, type Fields, t } from '../lib/schema.ts'
import { MARKET_ERRORS } from './errors.ts'

const id = t.string(20)
const round = t.integer(0, 999)
const index = t.integer(0, 2 ** 48)
const limit = t.optional(t.integer(1, 100))
const window = t.integer(0, 2 ** 48)
const text = t.string(256)
const gain = t.nullable(t.string(20))
const proof = t.list(t.hex32, 31)
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
const balance = t.object({ total: t.u128, available: t.u128 })
const salt = t.string(128)

function call<const F extends Fields>(args: F, gasTGas: number, doc: string) {
  return { kind: 'call', args, returns: t.unit, gasTGas, doc } as const
}

function money<const F extends Fields>(args: F, gasTGas: number, doc: string) {
  return { kind: 'call', payable: '1yocto', args, returns: t.u128, gasTGas, doc } as const
}

function view<const F extends Fields>(args: F, doc: string) {
  return { kind: 'view', args, returns: t.json, doc } as const
}

const event = (doc: string) => ({
  standard: 'blyan_market',
  version: '1.0.0',
  data: { account: t.optional(t.account) },
  doc,
})

export const MARKET_SCHEMA = {
  name: 'market',
  doc: 'Machines of strangers train models here: stake, tasks, draws, verdicts, disputes and pay.',
  methods: {
    init: {
      kind: 'init',
      args: {
        bly: t.account,
        network: t.oneOf('embedded', 'production'),
        tick_ms: t.optional(t.integer(0, 3_600_000)),
        age_ms: t.optional(t.integer(0, 2 ** 48)),
        unbonding_ms: t.optional(t.integer(0, 2 ** 48)),
        crank_bounty: t.optional(t.u128),
      },
      returns: t.unit,
      gasTGas: 10,
      doc: 'Sets the market up, once, signed by its own account.',
    },
    storage_deposit: {
      kind: 'call',
      payable: 'any',
      args: { account_id: t.optional(t.account), registration_only: t.optional(t.boolean) },
      returns: balance,
      gasTGas: 10,
      doc: 'Registers an account or adds to its storage balance.',
    },
    storage_withdraw: {
      kind: 'call',
      payable: '1yocto',
      args: { amount: t.optional(t.u128) },
      returns: balance,
      gasTGas: 10,
      doc: 'Pays out free storage balance of the caller.',
    },
    storage_unregister: {
      kind: 'call',
      payable: '1yocto',
      args: { force: t.optional(t.boolean) },
      returns: t.boolean,
      gasTGas: 10,
      doc: 'Removes a caller who has no money here.',
    },
    storage_balance_of: {
      kind: 'view',
      args: { account_id: t.account },
      returns: t.nullable(balance),
      doc: 'Storage balance of an account; null when it is not registered.',
    },
    storage_balance_bounds: {
      kind: 'view',
      args: {},
      returns: t.object({ min: t.u128, max: t.nullable(t.u128) }),
      doc: 'What every account must and may deposit.',
    },
    ft_on_transfer: {
      kind: 'call',
      args: { sender_id: t.account, amount: t.u128, msg: t.string(8_192) },
      returns: t.u128,
      gasTGas: 30,
      doc: 'Receives BLY with {"stake": {...}} or {"task": {...}}; returns what is not used.',
    },
    unstake: money({ amount: t.u128 }, 15, 'Begins to unbond free stake.'),
    withdraw: money({}, 10, 'Moves matured unbonding stake into the ledger.'),
    set_worker_key: {
      kind: 'call',
      payable: '1yocto',
      args: { public_key: t.string(128) },
      returns: t.unit,
      gasTGas: 10,
      doc: 'Records the key that the daemon signs with.',
    },
    heartbeat: call({}, 10, 'Takes the caller out of the park.'),
    cancel: {
      kind: 'call',
      payable: '1yocto',
      args: { task_id: id },
      returns: t.unit,
      gasTGas: 15,
      doc: 'Ends a task that no trainer has been drawn for.',
    },
    tick: { kind: 'call', args: {}, returns: t.boolean, gasTGas: 10, doc: "Records this tick's beacon, once." },
    crank: {
      kind: 'call',
      args: { task_id: id },
      returns: t.boolean,
      gasTGas: 150,
      doc: 'Moves a task: one draw, eight seats settled or eight vested; paid when state moved.',
    },
    accept: call(place, 15, 'A drawn trainer takes part.'),
    decline: call(
      { ...place, reason: t.string(64) },
      15,
      "A drawn trainer gives its seat back; 'unavailable': data not served.",
    ),
    commit: call({ ...place, commitment: t.hex32 }, 15, 'A trainer seals its result.'),
    reveal: call(
      {
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
      20,
      'A trainer opens its sealed result.',
    ),
    publish: call({ ...place, manifest: t.cid }, 15, "A trainer says where the drawn leaves' start states lie."),
    open_key: call({ ...place, key: t.hex32 }, 20, "Opens the round's held-out set."),
    verdict_commit: call({ ...place, commitment: t.hex32 }, 15, 'A validator seals its verdicts.'),
    verdict_reveal: call({ ...place, verdicts: t.list(verdict, 64), salt }, 60, 'A validator opens its verdicts.'),
    answer: call({ ...place, middles: t.list(middle, 256) }, 100, 'A trainer opens the middles of its drawn leaves.'),
    jury_commit: call({ dispute_id: t.string(40), commitment: t.hex32 }, 15, 'A juror seals its answer.'),
    jury_reveal: call(
      { dispute_id: t.string(40), middle: t.hex32, end: t.hex32, salt },
      30,
      'A juror opens its answer; the last one decides the dispute.',
    ),
    claim: money({ amount: t.optional(t.u128) }, 40, 'Pays what is payable to the caller, or a part of it.'),
    on_paid: {
      kind: 'call',
      private: true,
      args: { account: t.account, amount: t.u128 },
      returns: t.unit,
      doc: "The token's answer to a payment.",
    },
    flush_burn: { kind: 'call', args: {}, returns: t.u128, gasTGas: 40, doc: 'Burns what fees and slashes set aside.' },
    on_burned: {
      kind: 'call',
      private: true,
      args: { amount: t.u128 },
      returns: t.unit,
      doc: "The token's answer to a burn.",
    },
    get_config: view({}, 'What the network fixes for all tasks.'),
    quote: view({ spec: taskSpec }, 'Price of a task and the storage that it takes.'),
    active: view({}, 'Tasks that have not vested, with round, phase and version.'),
    get_task: view({ task_id: id }, 'One task; null when there is none.'),
    get_tasks: view({ from_index: t.optional(index), limit }, 'Tasks in order of creation.'),
    get_round: view({ task_id: id, round }, 'One round with its seats; null when there is none.'),
    get_dispute: view({ dispute_id: t.string(40) }, 'One dispute; null when there is none.'),
    get_node: view({ account_id: t.account }, 'One operator; null when there is none.'),
    get_nodes: view({ from_index: t.optional(index), limit }, 'Operators in order of registration.'),
    ledger: view({ account_id: t.account }, 'What an account is owed: payable, locked, paying.'),
    supply: view({}, 'All BLY that the market holds, by purpose.'),
    get_receipt: view({ index }, 'One work receipt; null when there is none.'),
    get_receipts: view({ from_index: t.optional(index), limit }, 'Work receipts in order.'),
    receipt_root: view({}, 'Size and root of the receipt chain.'),
    receipt_proof: view({ index }, 'Proof of one receipt under the present root.'),
    draw: view({ task_id: id, round }, 'What the draws of a round were made from, to recompute them.'),
    get_beacon: view({ tick: index }, "A tick's beacon; null when nobody recorded it."),
  },
  errors: MARKET_ERRORS,
  events: {
    beacon: event('A tick has its random value.'),
    ledger_changed: event('What an account is owed changed.'),
    stake_changed: event('An operator’s stake changed.'),
    slashed: event('A seat lost a part of its bond.'),
    settled: event('A submission was settled.'),
    receipt: event('A work receipt was appended.'),
  },
} as const satisfies ContractSchema
