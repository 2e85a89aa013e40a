/** Orders, operators' money, keys of people who are away, checkpoints. */

export type { CheckpointInfo } from './checkpointFiles.ts'
export { type Checkpoints, createCheckpoints, type Loss } from './checkpoints.ts'
export { MAX_TRAINING_BYTES } from './draftParts.ts'
export { createDrafts, type Drafts } from './drafts.ts'
export * from './errors.ts'
export { type Keeper, type KeeperCalls, startKeeper } from './keeper.ts'
export { modelFileRoutes } from './modelRoutes.ts'
export { createMoves, type Moves } from './moves.ts'
export { ordersRoutes } from './routes.ts'
export { canonicalRuntimeId, type RuntimeId } from './runtimeId.ts'
export { type Orders, type OrdersOptions, startOrders } from './start.ts'
export { openVault, type Vault } from './vault.ts'
