/** What the figures of a report were measured on. */
import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { resolve } from 'node:path'

/** As in docs/schemas: the same record in every report. */
export interface Machine {
  cpu: string
  /** Cores that this process may use. */
  cores: number
  memoryMiB: number
  node: string
  platform: string
}

const REPOSITORY = resolve(import.meta.dirname, '../..')

export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() || 'unknown',
    cores: availableParallelism(),
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  }
}

/** Commit of the checkout in hex; null outside git, as in a release archive. */
export function commit(): string | null {
  return git('rev-parse', 'HEAD')
}

/** True when tracked files differ from the commit, so a figure belongs to neither. */
export function isDirty(): boolean {
  return Boolean(git('status', '--porcelain', '--untracked-files=no'))
}

function git(...args: string[]): string | null {
  try {
    return execFileSync('git', args, { cwd: REPOSITORY, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return null
  }
}
