/** Opening a task on this machine: what any machine does, with Node's SHA-256. */
import { createHash } from 'node:crypto'
import type { Hash } from '../../chain/client/protocol.ts'
import { openTask as openTaskWith } from '../proof/index.ts'

export { type Fetch, roundAccounts, type TaskContext } from '../proof/index.ts'

export const sha256: Hash = (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest())

type Arguments = Parameters<typeof openTaskWith>

/** @throws DocumentError, TaskUnsupportedError, storage errors */
export const openTask = (task: Arguments[0], options: Omit<Arguments[1], 'hash'>): ReturnType<typeof openTaskWith> =>
  openTaskWith(task, { ...options, hash: sha256 })
