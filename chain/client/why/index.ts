/** Why an account has what it has. */
export { type ChainEvent, type MarketEvent, marketEvents } from './events.ts'
export { type ExplainInput, explain } from './explain.ts'
export { EARNINGS, FAULTS, MOVES } from './rules.ts'
export { clock, shortBly, span } from './text.ts'
export type * from './types.ts'
