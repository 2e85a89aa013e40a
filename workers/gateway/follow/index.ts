/** The index: follows final blocks into the database. */

export { checkIndex, type Difference, type IndexCheck } from './checkIndex.ts'
export { EventInvalidError, IndexedReceiptError, IndexMovedError, OtherChainError, ViewBehindError } from './errors.ts'
export { createFollower, type Follower, type FollowerOptions } from './follower.ts'
export { hashIndex, type IndexHash } from './hashIndex.ts'
export { bridgeOf, cursorOf } from './readTables.ts'
export { marketViews, type Views } from './views.ts'
