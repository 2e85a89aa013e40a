/** Pays the gas of visitors, within budgets. */
export type { Budget } from './budget.ts'
export * from './errors.ts'
export { checkDelegate, MAX_GAS, MAX_LIFE_BLOCKS } from './policy.ts'
export { createRelay, parseDelegate, type Relay } from './relay.ts'
export { relayRoutes } from './route.ts'
