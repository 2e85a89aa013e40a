/** Rule names, as a task spells them, to aggregators. */
import { mean } from './mean.ts'
import { median, trimmedMean } from './sorted.ts'
import type { Aggregator, MergeOptions } from './types.ts'

const DEFAULT_TRIM_BPS = 1_000

export function aggregatorOf({ rule, trimBps = DEFAULT_TRIM_BPS }: Pick<MergeOptions, 'rule' | 'trimBps'>): Aggregator {
  switch (rule) {
    case 'mean':
      return mean
    case 'median':
      return median
    case 'trimmed-mean':
      return trimmedMean(trimBps)
    default:
      throw new TypeError(`unknown rule ${rule satisfies never}`)
  }
}
