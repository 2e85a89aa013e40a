/** Orders: what a person chooses, what a task is, what it costs. */
export * from './choice.ts'
export * from './documents.ts'
export * from './odds.ts'
export * from './sizes.ts'
export * from './windows.ts'
