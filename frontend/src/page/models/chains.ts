/** Checkpoints as chains: for each task the model it began from, then one after each round, as far as the chain names them. */
import type { ModelLine } from '../../../../chain/client/gateway/index.ts'

export interface ModelChain {
  task: string
  /** From the base upwards. */
  models: ModelLine[]
  /** A checkpoint whose parent is not in the list: older ones are still to be fetched. */
  open: boolean
}

/** Newest task first, as the list has them. */
export function toChains(lines: readonly ModelLine[]): ModelChain[] {
  return [...Map.groupBy(lines, ({ task }) => task)].map(([task, of]) => {
    const models = of.toSorted((a, b) => a.round - b.round)
    return { task, models, open: models[0]!.round > 0 }
  })
}

/** What a checkpoint is, in words. */
export function modelWords({ round, final }: Pick<ModelLine, 'round' | 'final'>): string {
  if (round === 0) return 'Base: the model that the task began from'
  return final ? `After round ${round}, the last: what the task made` : `After round ${round}`
}

/** What was merged into it. */
export function mergedWords({ round, receipts }: Pick<ModelLine, 'round' | 'receipts'>): string {
  if (round === 0) return 'made from the task’s seed, or chosen by its requester'
  if (receipts.length === 0) return 'no update was accepted: the same as before'
  return receipts.length === 1 ? '1 update merged into it' : `${receipts.length} updates merged into it`
}
