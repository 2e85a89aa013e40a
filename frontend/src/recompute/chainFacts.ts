/** What the market itself says of a round, as far as redoing a sample of it needs; the gateway is not asked. */
import { z } from 'zod'
import type { Rpc } from '../../../chain/client/near/rpc.ts'
import { readView } from '../api/chainView.ts'
import type { HandedValue } from './messages.ts'

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const int = z.number().int().nonnegative()
const components = z.object({ parameters: hash, m: hash, v: hash, counters: hash, residual: hash })

export const taskView = z.object({
  id: z.string(),
  requester: z.string(),
  spec: z.object({
    spec: z.string(),
    base: hash,
    segments: int,
    zero: components.omit({ parameters: true }),
  }),
})
export type TaskFacts = z.infer<typeof taskView>

const seat = z.object({
  account: z.string(),
  batch_seed: hash.nullable(),
  last_final: z.object({ components }).nullable(),
  delta: z.string().nullable(),
  chunk_root: hash.nullable(),
  boundary_root: hash.nullable(),
  final: components.nullable(),
  manifest: z.string().nullable(),
  middles: z.array(z.object({ leaf: int, hash })).nullable(),
})

export const roundView = z.object({
  task: z.string(),
  round: int,
  trainers: z.array(seat),
  validators: z.array(
    z.object({
      account: z.string(),
      leaves: z.array(z.array(int)),
      verdicts: z.array(z.object({ submission: int, middles: z.array(hash) })).nullable(),
    }),
  ),
  merge_set: z.array(int).nullable(),
})
export type RoundFacts = z.infer<typeof roundView>

export interface MarketReader {
  task(id: string): Promise<TaskFacts>
  round(task: string, round: number): Promise<RoundFacts>
  /** Block at which the first question was answered; all later ones are about the same. */
  height(): number | null
}

/** @param read a contract's view at a height, the newest final block where none is told */
export function marketReader(rpc: Rpc, contract: string, signal?: AbortSignal): MarketReader {
  let height: number | undefined
  const ask = async <S extends z.ZodType>(method: string, args: Record<string, unknown>, schema: S) => {
    const read = await readView(rpc, { contract, method, args, schema, height, signal })
    height ??= read.height
    return read.value
  }
  return {
    task: (id) => ask('get_task', { task_id: id }, taskView),
    round: (task, round) => ask('get_round', { task_id: task, round }, roundView),
    height: () => height ?? null,
  }
}

/** Samples of a submission that some validator drew, ascending. */
export function drawnSamples({ validators }: Pick<RoundFacts, 'validators'>, submission: number): number[] {
  const drawn = new Set(validators.flatMap(({ leaves }) => leaves[submission] ?? []))
  return [...drawn].sort((a, b) => a - b)
}

const NONE = '0'.repeat(64)

/** Check values of one sample that its trainer and its validators handed in. */
export function handedValues(round: RoundFacts, submission: number, sample: number): HandedValue[] {
  const trainer = round.trainers[submission]
  const answered = trainer?.middles?.find(({ leaf }) => leaf === sample)
  const own = trainer === undefined || answered === undefined ? [] : [{ who: trainer.account, value: answered.hash }]
  const others = round.validators.flatMap(({ account, leaves, verdicts }) => {
    const verdict = verdicts?.find((each) => each.submission === submission)
    const value = verdict?.middles[(leaves[submission] ?? []).indexOf(sample)]
    return value === undefined || value === NONE ? [] : [{ who: account, value }]
  })
  return [...own, ...others]
}
