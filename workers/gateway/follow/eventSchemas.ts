/** Data of every event of market, token and bridge, as far as the index uses it. Source: contracts/near, NEP-141. */
import { z } from 'zod'

/** attoBLY. */
const atto = z
  .string()
  .regex(/^\d{1,39}$/)
  .transform(BigInt)
const signed = z
  .string()
  .regex(/^-?\d{1,39}$/)
  .transform(BigInt)
/** The contract counts tasks in text; 2^53 of them do not come. */
const task = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform(Number)
const int = z.number().int().nonnegative()
const account = z.string()
const accounts = z.array(account)
const ms = int
const place = { task, round: int }
const seat = { ...place, account, submission: int }
const dispute = { ...place, dispute: z.string() }
const decided = z.object({
  ...dispute,
  middle: z.string().nullable(),
  end: z.string().nullable(),
  answers: int,
})
const ended = z.object({ task, rounds: int, reason: z.string().nullable(), vest_at: ms.nullable() })

export const MARKET_EVENTS = {
  beacon: z.object({ tick: int, at: ms, value: z.string() }),
  node_registered: z.object({
    account,
    roles: z.array(z.string()),
    kind: z.string(),
    class: z.string(),
    peer: z.string(),
  }),
  stake_changed: z.object({ account, delta: signed, reason: z.string(), stake: atto }),
  worker_key_set: z.object({ account, public_key: z.string() }),
  node_resumed: z.object({ account }),
  task_created: z.object({ task, requester: account, bounty: atto, nonce: atto }),
  round_assigned: z.object({
    ...place,
    attempt: int,
    trainers: accounts,
    spares: accounts,
    beacon: z.string(),
    pool: int,
    deadline: ms.nullable(),
  }),
  round_retried: z.object({ ...place, attempt: int, reason: z.string() }),
  seat_accepted: z.object(seat),
  seat_declined: z.object({ ...seat, reason: z.string() }),
  seat_parked: z.object({ account, ...place }),
  seat_replaced: z.object(seat),
  committed: z.object({ ...seat, commitment: z.string() }),
  revealed: z.object({ ...seat, base: z.string(), delta: z.string() }),
  judges_drawn: z.object({ ...place, validators: accounts, beacon: z.string(), deadline: ms.nullable() }),
  published: z.object({ ...seat, manifest: z.string() }),
  key_opened: z.object({ ...place, key: z.string() }),
  verdict_committed: z.object({ ...place, account }),
  verdict_revealed: z.object({
    ...place,
    account,
    verdicts: z.array(z.tuple([int, z.string(), int.nullable(), signed.nullable()])),
  }),
  answered: z.object(seat),
  dispute_opened: z.object({
    ...dispute,
    submission: int,
    trainer: account,
    disputer: account,
    kind: z.string(),
    leaf: int,
  }),
  jury_drawn: z.object({ ...dispute, jurors: accounts }),
  jury_committed: z.object({ ...dispute, account }),
  jury_revealed: z.object({ ...dispute, account }),
  dispute_upheld: decided,
  dispute_rejected: decided,
  dispute_undecided: decided,
  /** Of a dispute that waited for its turn and was never opened. */
  dispute_lapsed: z.object({ ...place, submission: int }),
  slashed: z.object({ ...place, account, role: z.string(), reason: z.string(), amount: atto }),
  settled: z.object({
    ...seat,
    outcome: z.string(),
    gain: signed.nullable(),
    base_pay: atto,
    bonus: atto,
    fault: z.string().nullable(),
  }),
  receipt: z.object({
    ...place,
    index: int,
    hash: z.string(),
    worker: account,
    reward: atto,
    gain: signed.nullable(),
  }),
  ledger_changed: z.object({
    account,
    delta: signed,
    reason: z.string(),
    task: task.nullable(),
    round: int.nullable(),
    bucket: z.enum(['payable', 'locked', 'paying']),
  }),
  burned_pending: z.object({ amount: atto, reason: z.string(), task: task.nullable() }),
  burn_sent: z.object({ amount: atto }),
  burned: z.object({ amount: atto }),
  burn_restored: z.object({ amount: atto }),
  treasury_changed: z.object({ delta: signed, task }),
  round_settled: z.object({ ...place, merge_set: z.array(int) }),
  task_completed: ended,
  task_failed: ended,
  task_cancelled: ended,
  vested: z.object({ task, refund: atto }),
  claim_paid: z.object({ account, amount: atto }),
  claim_restored: z.object({ account, amount: atto }),
} as const

export const TOKEN_EVENTS = {
  ft_mint: z.object({ owner_id: account, amount: atto }),
  ft_transfer: z.object({ old_owner_id: account, new_owner_id: account, amount: atto }),
  ft_burn: z.object({ owner_id: account, amount: atto }),
} as const

const direction = z.enum(['near-evm', 'evm-near'])
/** Counted by the chains from 0. */
const nonce = atto
const transfer = { nonce, amount: atto }

export const BRIDGE_EVENTS = {
  locked: z.object({ ...transfer, sender: account, receiver: z.string() }),
  unlocked: z.object({ ...transfer, receiver: account, source: z.string() }),
  credited: z.object({ ...transfer, direction, account }),
  queued: z.object({ ...transfer, direction, account }),
  delayed: z.object({ ...transfer, receiver: account, ready_at_ms: ms }),
  vetoed: z.object({ ...transfer, receiver: account }),
  refunded: z.object({ ...transfer, account }),
} as const

type Schemas = typeof MARKET_EVENTS & typeof TOKEN_EVENTS & typeof BRIDGE_EVENTS
export type EventName = keyof Schemas
export type EventData = { [N in EventName]: z.infer<Schemas[N]> }
