/** The merge of a round's deltas into the next base. */
export { MergeError } from './errors.ts'
export { type Merged, type MergeInput, mergeDeltas } from './merge.ts'
export { aggregatorOf } from './rules.ts'
export type { Aggregator, MergeOptions, OuterStep, RuleName } from './types.ts'
