/** One build at a time in a checkout: two would write the same files. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { BuildLockedError } from './errors.ts'

export interface LockOptions {
  /** How long to wait for another build: a cold one takes about a minute and a half, an installation as much again. */
  timeoutMs?: number
  onWait?: (pid: number) => void
}

/** Runs `work` while holding the lock file, which names our process; a dead holder's lock is taken over.
 *  @throws BuildLockedError when a living one keeps it too long */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  { timeoutMs = 600_000, onWait = () => {} }: LockOptions = {},
): Promise<T> {
  mkdirSync(dirname(path), { recursive: true })
  const deadline = Date.now() + timeoutMs
  for (let told = false; !take(path); told = true) {
    const pid = holder(path)
    if (pid !== null && !isAlive(pid)) {
      rmSync(path, { force: true })
      continue
    }
    if (!told && pid !== null) onWait(pid)
    if (Date.now() > deadline) {
      throw new BuildLockedError({
        what: `Process ${pid ?? '?'} has been building contracts for ${Math.round(timeoutMs / 1000)} s.`,
        fix: `Wait for it, or end it and delete ${path}.`,
        data: { pid, path },
      })
    }
    await sleep(100)
  }
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}

function take(path: string): boolean {
  try {
    writeFileSync(path, `${process.pid}`, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function holder(path: string): number | null {
  try {
    return Number(readFileSync(path, 'utf8')) || null
  } catch {
    return null
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return true
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
