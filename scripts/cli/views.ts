/** The market's views as the commands show them, parsed at the border. Amounts are decimal attoBLY, times protocol ms. */
import { z } from 'zod'
import type { TaskFacts } from '../../chain/client/why/index.ts'
import { ROUND_PHASES } from '../../chain/client/words/index.ts'

const amount = z.string().regex(/^\d{1,39}$/)
const hash = z.string().regex(/^[0-9a-f]{64}$/)
const int = z.number().int().nonnegative()

export const taskView = z.object({
  id: z.string(),
  requester: z.string(),
  state: z.enum(['Pending', 'Assigned', 'InProgress', 'Completed', 'Failed', 'Cancelled']),
  spec: z.object({
    spec: z.string(),
    workers: int,
    rounds: int,
    certainty: int,
    segments: int,
    pay: amount,
    profile: z.string(),
    small_pool: z.boolean(),
    windows: z.record(z.string(), int),
  }),
  validators: int,
  samples: int,
  created_at: int,
  round: int,
  rounds_settled: int,
  bounty: amount,
  quote: z.object({
    work: amount,
    fee: amount,
    reserve: amount,
    deposit: amount,
    bounty: amount,
    validator_fee: amount,
    jury_fee: amount,
    crank_bounty: amount,
    trainer_bond: amount,
    validator_bond: amount,
  }),
  spent: z.record(z.string(), amount),
  escrow: amount,
  pool: int,
  vest_at: int.nullable(),
  vested: z.boolean(),
  reason: z.string().nullable(),
})

export const roundView = z.object({
  task: z.string(),
  round: int,
  phase: z.enum(ROUND_PHASES),
  phase_at: int,
  deadline: int.nullable(),
  trainers: z.array(
    z.object({
      account: z.string(),
      state: z.string(),
      outcome: z.string().nullable(),
      faults: z.array(z.string()),
      gain: z.string().nullable(),
      base_pay: amount,
      bonus: amount,
      receipt: int.nullable(),
    }),
  ),
  validators: z.array(z.object({ account: z.string(), state: z.string(), faults: z.array(z.string()), fee: amount })),
  disputes: z.array(z.string()),
})

export const ledgerView = z.object({ payable: amount, locked: amount, paying: amount })

export const nodeView = z.object({
  account: z.string(),
  roles: z.array(z.string()),
  kind: z.string(),
  class: z.string(),
  peer: z.string(),
  worker_key: z.string().nullable(),
  stake: amount,
  locked: amount,
  free: amount,
  seats: int,
  parked: z.boolean(),
  unbonding: z.array(z.object({ amount, at: int })),
  may_restake: z.boolean().optional(),
  ledger: ledgerView,
})

export const configView = z.object({
  bly: z.string(),
  network: z.string(),
  seat: amount,
  max_seats: int,
  age_ms: int,
  unbonding_ms: int,
})

export const receiptView = z.object({
  version: z.literal(1),
  index: z.string(),
  task: z.string(),
  round: int,
  worker: z.string(),
  base: hash,
  delta: z.string(),
  gain: z.string().nullable(),
  validators: int,
  samples: int,
  certainty: int,
  pool: int,
  smallPool: z.boolean(),
  profile: z.enum(['canonical', 'native']),
  beacon: z.enum(['near', 'drand']),
  reward: amount,
  settledAt: int,
  previous: hash,
  hash,
})

export const listView = z.object({ size: int, root: hash })
export const proofView = z.object({ index: int, leaf: hash, size: int, root: hash, proof: z.array(hash) })

export type TaskView = z.infer<typeof taskView>
export type RoundView = z.infer<typeof roundView>
export type NodeView = z.infer<typeof nodeView>
export type LedgerView = z.infer<typeof ledgerView>
export type ReceiptView = z.infer<typeof receiptView>

/** A task as far as money goes. @throws ZodError */
export function taskFacts(view: unknown): TaskFacts {
  const { id, requester, state, reason, spec, samples, quote, bounty, escrow, spent, vest_at, vested } =
    taskView.parse(view)
  return {
    id,
    requester,
    state,
    reason,
    pay: BigInt(spec.pay),
    trainerBond: BigInt(quote.trainer_bond),
    validatorBond: BigInt(quote.validator_bond),
    validatorFee: BigInt(quote.validator_fee),
    juryFee: BigInt(quote.jury_fee),
    crankBounty: BigInt(quote.crank_bounty),
    samples: Math.min(samples, spec.segments),
    bounty: BigInt(bounty),
    escrow: BigInt(escrow),
    spent: Object.fromEntries(Object.entries(spent).map(([name, atto]) => [name, BigInt(atto)])),
    vestAt: vest_at,
    vested,
  }
}
