/**
 * Schema `chain`: what final blocks say, and nothing else. It can be dropped and followed again; another index of the same
 * chain has the same rows. Amounts are attoBLY, times ms, rounds and submissions count from 0.
 */
import { sql } from 'drizzle-orm'
import { bigint, boolean, index, integer, jsonb, numeric, pgSchema, primaryKey, text } from 'drizzle-orm/pg-core'

export const chainSchema = pgSchema('chain')

const atto = (name: string) => numeric(name, { precision: 39, scale: 0, mode: 'bigint' })
const ms = (name: string) => bigint(name, { mode: 'number' })
const height = (name = 'height') => bigint(name, { mode: 'number' })
const none = 0n

/** One row: which chain this is and how far it was followed. Not part of the index's hash. */
export const cursor = chainSchema.table('cursor', {
  id: integer('id').primaryKey(),
  chainId: text('chain_id').notNull(),
  genesisHash: text('genesis_hash').notNull(),
  bly: text('bly').notNull(),
  market: text('market').notNull(),
  bridge: text('bridge'),
  height: height().notNull(),
  hash: text('hash').notNull(),
  at: ms('at').notNull(),
})

/** Blocks that hold events of the two contracts. */
export const blocks = chainSchema.table('blocks', {
  height: height().primaryKey(),
  hash: text('hash').notNull(),
  at: ms('at').notNull(),
  events: integer('events').notNull(),
})

/** One row for each item of each event's data. */
export const events = chainSchema.table(
  'events',
  {
    height: height().notNull(),
    /** Place within the block. */
    index: integer('index').notNull(),
    tx: text('tx').notNull(),
    receipt: text('receipt').notNull(),
    contract: text('contract').notNull(),
    name: text('name').notNull(),
    data: jsonb('data').notNull(),
    at: ms('at').notNull(),
    task: bigint('task', { mode: 'number' }),
    round: integer('round'),
    /** Every account that the event names. */
    accounts: text('accounts').array().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.height, t.index] }),
    index('events_task').on(t.task, t.height, t.index),
    index('events_name').on(t.name, t.height, t.index),
    index('events_accounts').using('gin', t.accounts),
    index('events_tx').on(t.tx),
  ],
)

export const tasks = chainSchema.table(
  'tasks',
  {
    id: bigint('id', { mode: 'number' }).primaryKey(),
    requester: text('requester').notNull(),
    state: text('state').notNull(),
    reason: text('reason'),
    createdHeight: height('created_height').notNull(),
    createdAt: ms('created_at').notNull(),
    tx: text('tx').notNull(),
    nonce: numeric('nonce', { precision: 39, scale: 0, mode: 'bigint' }).notNull(),
    /** The task message as the contract keeps it. */
    spec: jsonb('spec').notNull(),
    /** Its price, part by part, as decimal text. */
    quote: jsonb('quote').notNull(),
    validators: integer('validators').notNull(),
    samples: integer('samples').notNull(),
    round: integer('round').notNull(),
    rounds: integer('rounds').notNull(),
    roundsSettled: integer('rounds_settled').notNull(),
    workers: integer('workers').notNull(),
    certainty: integer('certainty').notNull(),
    smallPool: boolean('small_pool').notNull(),
    bounty: atto('bounty').notNull(),
    escrow: atto('escrow').notNull(),
    basePay: atto('base_pay').notNull().default(none),
    bonus: atto('bonus').notNull().default(none),
    validatorsPay: atto('validators_pay').notNull().default(none),
    jury: atto('jury').notNull().default(none),
    cranks: atto('cranks').notNull().default(none),
    burned: atto('burned').notNull().default(none),
    treasury: atto('treasury').notNull().default(none),
    /** To the requester at the end, and to trainers to whom the data was not served. */
    returned: atto('returned').notNull().default(none),
    declined: atto('declined').notNull().default(none),
    vestAt: ms('vest_at'),
    vested: boolean('vested').notNull(),
    updatedHeight: height('updated_height').notNull(),
  },
  (t) => [
    index('tasks_requester').on(t.requester, t.id),
    index('tasks_state').on(t.state, t.id),
    index('tasks_updated').on(t.updatedHeight, t.id),
  ],
)

export const rounds = chainSchema.table(
  'rounds',
  {
    task: bigint('task', { mode: 'number' }).notNull(),
    round: integer('round').notNull(),
    attempt: integer('attempt').notNull(),
    /** The contract's phase as the last event left it; the passing of time alone changes none here. */
    phase: text('phase').notNull(),
    openedAt: ms('opened_at').notNull(),
    phaseAt: ms('phase_at').notNull(),
    deadline: ms('deadline'),
    beacon: jsonb('beacon'),
    judgesBeacon: jsonb('judges_beacon'),
    pool: integer('pool').notNull(),
    trainers: text('trainers').array().notNull(),
    spares: text('spares').array().notNull(),
    validators: text('validators').array().notNull(),
    key: text('key'),
    mergeSet: integer('merge_set').array(),
    settledAt: ms('settled_at'),
    updatedHeight: height('updated_height').notNull(),
  },
  (t) => [primaryKey({ columns: [t.task, t.round] })],
)

/** What each drawn trainer did. */
export const submissions = chainSchema.table(
  'submissions',
  {
    task: bigint('task', { mode: 'number' }).notNull(),
    round: integer('round').notNull(),
    submission: integer('submission').notNull(),
    account: text('account').notNull(),
    /** drawn accepted declined committed revealed published answered out */
    state: text('state').notNull(),
    commitment: text('commitment'),
    base: text('base'),
    delta: text('delta'),
    manifest: text('manifest'),
    outcome: text('outcome'),
    fault: text('fault'),
    gain: numeric('gain', { precision: 39, scale: 0, mode: 'bigint' }),
    basePay: atto('base_pay').notNull().default(none),
    bonus: atto('bonus').notNull().default(none),
    lost: atto('lost').notNull().default(none),
    receipt: bigint('receipt', { mode: 'number' }),
    tx: text('tx'),
    updatedHeight: height('updated_height').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.task, t.round, t.submission] }),
    index('submissions_account').on(t.account, t.task, t.round),
  ],
)

/** One validator on one submission; sealed ones have no verdict yet. */
export const verdicts = chainSchema.table(
  'verdicts',
  {
    task: bigint('task', { mode: 'number' }).notNull(),
    round: integer('round').notNull(),
    submission: integer('submission').notNull(),
    validator: text('validator').notNull(),
    verdict: text('verdict').notNull(),
    leaf: integer('leaf'),
    gain: numeric('gain', { precision: 39, scale: 0, mode: 'bigint' }),
    height: height().notNull(),
    tx: text('tx').notNull(),
  },
  (t) => [primaryKey({ columns: [t.task, t.round, t.submission, t.validator] })],
)

export const disputes = chainSchema.table(
  'disputes',
  {
    id: text('id').primaryKey(),
    task: bigint('task', { mode: 'number' }).notNull(),
    round: integer('round').notNull(),
    submission: integer('submission').notNull(),
    trainer: text('trainer').notNull(),
    disputer: text('disputer').notNull(),
    kind: text('kind').notNull(),
    leaf: integer('leaf').notNull(),
    jurors: text('jurors').array().notNull(),
    result: text('result'),
    middle: text('middle'),
    end: text('end'),
    answers: integer('answers'),
    openedAt: ms('opened_at').notNull(),
    decidedAt: ms('decided_at'),
    tx: text('tx').notNull(),
    updatedHeight: height('updated_height').notNull(),
  },
  (t) => [index('disputes_task').on(t.task, t.round)],
)

export const receipts = chainSchema.table(
  'receipts',
  {
    index: bigint('index', { mode: 'number' }).primaryKey(),
    hash: text('hash').notNull(),
    task: bigint('task', { mode: 'number' }).notNull(),
    round: integer('round').notNull(),
    worker: text('worker').notNull(),
    base: text('base').notNull(),
    delta: text('delta').notNull(),
    gain: numeric('gain', { precision: 39, scale: 0, mode: 'bigint' }),
    validators: integer('validators').notNull(),
    samples: integer('samples').notNull(),
    certainty: integer('certainty').notNull(),
    pool: integer('pool').notNull(),
    smallPool: boolean('small_pool').notNull(),
    profile: text('profile').notNull(),
    beacon: text('beacon').notNull(),
    reward: atto('reward').notNull(),
    settledAt: ms('settled_at').notNull(),
    previous: text('previous').notNull(),
    height: height().notNull(),
    tx: text('tx').notNull(),
  },
  (t) => [
    index('receipts_hash').on(t.hash),
    index('receipts_worker').on(t.worker, t.index),
    index('receipts_task').on(t.task, t.index),
  ],
)

/** Checkpoints that the chain names: the base of each round that somebody handed in for. */
export const models = chainSchema.table(
  'models',
  {
    task: bigint('task', { mode: 'number' }).notNull(),
    round: integer('round').notNull(),
    /** sha256 of the parameters' bytes. */
    hash: text('hash').notNull(),
    cid: text('cid').notNull(),
    height: height().notNull(),
    at: ms('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.task, t.round] }), index('models_cid').on(t.cid)],
)

/** What each account has: BLY by the token's events, the rest by the market's. */
export const accounts = chainSchema.table('accounts', {
  account: text('account').primaryKey(),
  balance: atto('balance').notNull().default(none),
  payable: atto('payable').notNull().default(none),
  locked: atto('locked').notNull().default(none),
  paying: atto('paying').notNull().default(none),
  firstHeight: height('first_height').notNull(),
  updatedHeight: height('updated_height').notNull(),
})

/** The ledger's history: each row one change of one bucket. */
export const ledger = chainSchema.table(
  'ledger',
  {
    height: height().notNull(),
    index: integer('index').notNull(),
    account: text('account').notNull(),
    delta: atto('delta').notNull(),
    reason: text('reason').notNull(),
    bucket: text('bucket').notNull(),
    task: bigint('task', { mode: 'number' }),
    round: integer('round'),
    tx: text('tx').notNull(),
    at: ms('at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.height, t.index] }),
    index('ledger_account').on(t.account, t.height, t.index),
    index('ledger_task').on(t.task),
  ],
)

export const nodes = chainSchema.table(
  'nodes',
  {
    account: text('account').primaryKey(),
    /** Place in the order of registration. */
    number: integer('number').notNull(),
    roles: text('roles').array().notNull(),
    kind: text('kind').notNull(),
    class: text('class').notNull(),
    peer: text('peer').notNull(),
    workerKey: text('worker_key'),
    stake: atto('stake').notNull().default(none),
    unbonding: atto('unbonding').notNull().default(none),
    parked: boolean('parked').notNull(),
    since: ms('since').notNull(),
    earned: atto('earned').notNull().default(none),
    lost: atto('lost').notNull().default(none),
    accepted: integer('accepted').notNull().default(0),
    faults: integer('faults').notNull().default(0),
    updatedHeight: height('updated_height').notNull(),
  },
  (t) => [index('nodes_updated').on(t.updatedHeight)],
)

/** Everybody who was given a place in a round: trainers, validators, jurors. */
export const seats = chainSchema.table(
  'seats',
  {
    task: bigint('task', { mode: 'number' }).notNull(),
    round: integer('round').notNull(),
    attempt: integer('attempt').notNull(),
    role: text('role').notNull(),
    account: text('account').notNull(),
    /** Of a juror; '' for others. */
    dispute: text('dispute').notNull(),
    bond: atto('bond').notNull().default(none),
    /** Still locked. */
    open: boolean('open').notNull(),
    at: ms('at').notNull(),
    height: height().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.task, t.round, t.attempt, t.role, t.account, t.dispute] }),
    index('seats_account').on(t.account, t.height),
    index('seats_open').on(t.account).where(sql`open`),
  ],
)

/** Totals that no single row holds: one row a name. */
export const supply = chainSchema.table('supply', { name: text('name').primaryKey(), amount: atto('amount').notNull() })

/** What crosses the bridge, as NEAR knows it: what happens on EVM is read there. */
export const transfers = chainSchema.table(
  'transfers',
  {
    /** `near-evm:NONCE` or `evm-near:NONCE`. */
    id: text('id').primaryKey(),
    direction: text('direction').notNull(),
    nonce: numeric('nonce', { precision: 39, scale: 0, mode: 'bigint' }).notNull(),
    /** Who locked; null for what came from EVM. */
    sender: text('sender'),
    receiver: text('receiver').notNull(),
    amount: atto('amount').notNull(),
    /** locked unlocked credited queued delayed vetoed refunded */
    state: text('state').notNull(),
    /** When a delay ends. */
    readyAt: ms('ready_at'),
    createdAt: ms('created_at').notNull(),
    createdHeight: height('created_height').notNull(),
    updatedAt: ms('updated_at').notNull(),
    updatedHeight: height('updated_height').notNull(),
    /** Of the last change. */
    tx: text('tx').notNull(),
  },
  (t) => [
    index('transfers_sender').on(t.sender, t.createdHeight),
    index('transfers_receiver').on(t.receiver, t.createdHeight),
  ],
)
