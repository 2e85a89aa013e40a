/** The market's views as the daemon reads them, parsed at the border. Times in ms of protocol time, amounts in atto. */
import { z } from 'zod'
import { ROUND_PHASES } from '../../chain/client/words/index.ts'
import { ViewShapeError } from './errors.ts'

const hex = z.string().regex(/^[0-9a-f]{64}$/)
const amount = z.string().regex(/^\d{1,39}$/)
const int = z.number().int().nonnegative()
const components = z.object({ parameters: hex, m: hex, v: hex, counters: hex, residual: hex })
const zero = components.omit({ parameters: true })

const activeSchema = z.array(z.object({ task: z.string(), round: int, phase: z.string(), version: int }))

const specSchema = z.object({
  spec: z.string(),
  base: hex,
  workers: int,
  rounds: int,
  certainty: int,
  segments: int,
  pay: amount,
  profile: z.enum(['canonical', 'native']),
  small_pool: z.boolean(),
  peer: z.string().nullish(),
  zero,
  heldout: z.object({ head: hex, sets: z.string(), root: hex }),
})

const taskSchema = z.object({
  id: z.string(),
  requester: z.string(),
  state: z.enum(['Pending', 'Assigned', 'InProgress', 'Completed', 'Failed', 'Cancelled']),
  spec: specSchema,
  created_at: int,
  round: int,
  rounds_settled: int,
  version: int,
  bounty: amount,
  key_head: hex,
  keys: z.array(hex.nullable()),
  vest_at: int.nullable(),
  vested: z.boolean(),
  reason: z.string().nullable(),
})

const trainerSchema = z.object({
  index: int,
  account: z.string(),
  state: z.enum(['drawn', 'accepted', 'committed', 'revealed', 'published', 'answered', 'out']),
  batch_seed: hex.nullable(),
  last_final: z.object({ components, round: int }).nullable(),
  commitment: hex.nullable(),
  base: hex.nullable(),
  delta: z.string().nullable(),
  chunk_root: hex.nullable(),
  boundary_root: hex.nullable(),
  middle_root: hex.nullable(),
  final: components.nullable(),
  manifest: z.string().nullable(),
  /** Leaves that this trainer must still answer; null in every other state. */
  answer: z.array(int).nullable(),
  middles: z.array(z.object({ leaf: int, hash: hex })).nullable(),
  outcome: z.enum(['accepted', 'rejected', 'missing', 'undecided']).nullable(),
  faults: z.array(z.string()),
  gain: z.string().nullable(),
})

const validatorSchema = z.object({
  index: int,
  account: z.string(),
  state: z.enum(['drawn', 'committed', 'revealed', 'silent']),
  leaves: z.array(z.array(int)),
  commitment: hex.nullable(),
  faults: z.array(z.string()),
})

const roundSchema = z.object({
  task: z.string(),
  round: int,
  version: int,
  phase: z.enum(ROUND_PHASES),
  phase_at: int,
  /** A draw waits for a beacon after this time. */
  draw_at: int,
  deadline: int.nullable(),
  trainers: z.array(trainerSchema),
  validators: z.array(validatorSchema),
  disputes: z.array(z.string()),
  key: hex.nullable(),
  merge_set: z.array(int).nullable(),
})

const disputeSchema = z.object({
  id: z.string(),
  task: z.string(),
  round: int,
  submission: int,
  trainer: z.string(),
  disputer: z.string(),
  kind: z.enum(['leaf', 'middle']),
  leaf: int,
  phase: z.enum(['queued', 'draw', 'commit', 'reveal', 'decided']),
  deadline: int.nullable(),
  jurors: z.array(
    z.object({
      account: z.string(),
      state: z.string(),
      commitment: hex.nullable(),
      middle: hex.nullable(),
      end: hex.nullable(),
    }),
  ),
  result: z.enum(['upheld', 'rejected', 'undecided', 'lapsed']).nullable(),
})

const nodeSchema = z
  .object({
    account: z.string(),
    roles: z.array(z.string()),
    peer: z.string(),
    stake: amount,
    locked: amount,
    free: amount,
    parked: z.boolean(),
    ledger: z.object({ payable: amount, locked: amount, paying: amount }),
  })
  .nullable()

export type Phase = (typeof ROUND_PHASES)[number]
export type ActiveView = z.infer<typeof activeSchema>
export type TaskView = z.infer<typeof taskSchema>
export type RoundView = z.infer<typeof roundSchema>
export type TrainerView = z.infer<typeof trainerSchema>
export type ValidatorView = z.infer<typeof validatorSchema>
export type DisputeView = z.infer<typeof disputeSchema>
export type NodeView = NonNullable<z.infer<typeof nodeSchema>>

/** Reads a contract's views. `view` is the chain client's. */
export interface MarketViews {
  /** Height of the newest block: nothing of the market changes without one. */
  head(): Promise<number>
  active(): Promise<ActiveView>
  task(id: string): Promise<TaskView>
  /** In order of creation. @param limit 1 to 100 */
  tasks(fromIndex: number, limit: number): Promise<TaskView[]>
  round(task: string, round: number): Promise<RoundView>
  dispute(id: string): Promise<DisputeView>
  node(account: string): Promise<NodeView | null>
}

type View = (method: string, args: Record<string, unknown>) => Promise<unknown>

/** @throws ViewShapeError when the contract at this address is not a market of this version */
export function marketViews(view: View, head: MarketViews['head'] = async () => Number.NaN): MarketViews {
  const read = async <S extends z.ZodType>(
    schema: S,
    method: string,
    args: Record<string, unknown>,
  ): Promise<z.infer<S>> => {
    const parsed = schema.safeParse(await view(method, args))
    if (parsed.success) return parsed.data
    const issue = parsed.error.issues[0]
    throw new ViewShapeError({
      what: `The market's view ${method} does not fit at "${issue?.path.join('.')}": ${issue?.message}.`,
      fix: 'Point this daemon at a market contract of its own version.',
      data: { method, field: issue?.path.join('.') },
    })
  }
  return {
    head,
    active: () => read(activeSchema, 'active', {}),
    task: (task_id) => read(taskSchema, 'get_task', { task_id }),
    tasks: (from_index, limit) => read(taskSchema.array(), 'get_tasks', { from_index, limit }),
    round: (task_id, round) => read(roundSchema, 'get_round', { task_id, round }),
    dispute: (dispute_id) => read(disputeSchema, 'get_dispute', { dispute_id }),
    node: (account_id) => read(nodeSchema, 'get_node', { account_id }),
  }
}
