/** Sources of blocks for the index. */
export { embeddedSource } from './embeddedSource.ts'
export { SourceGapError, SourceMissedError, SourceReplyError } from './errors.ts'
export { type NearRpcSourceOptions, nearRpcSource } from './nearRpcSource.ts'
export { openSource } from './openSource.ts'
export type { MissedReceipt } from './transactionTrees.ts'
export type { BlockSource, SourceBlock, SourceEvent, SourcePage } from './types.ts'
