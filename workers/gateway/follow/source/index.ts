/** Sources of blocks for the index. */
export { embeddedSource } from './embeddedSource.ts'
export { SourceReplyError } from './errors.ts'
export type { BlockSource, SourceBlock, SourceEvent, SourcePage } from './types.ts'
