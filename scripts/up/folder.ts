/** The folder of a network: made empty for a new one, never taken from one that runs or from anything else. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../cli/errors.ts'

/** Marks a folder as a network of ours: nothing else is ever replaced. */
const MARK = 'network.json'

/** Says who holds the folder, and where its chain answers. */
export function markNetwork(dir: string, rpcUrl: string): void {
  writeFileSync(join(dir, MARK), `${JSON.stringify({ rpcUrl, pid: process.pid })}\n`)
}

/** Removes an earlier network. @throws UsageError when it still runs, or the folder holds something else */
export function clearNetwork(dir: string): void {
  const running = runningNetwork(dir)
  if (running !== null) {
    throw new UsageError({
      what: `A network runs in ${dir} already, started by process ${running}.`,
      fix: 'Stop it first, or choose another folder with --dir.',
      data: { field: 'dir', pid: running },
    })
  }
  if (existsSync(dir) && !existsSync(join(dir, MARK))) {
    const isForeign = !existsSync(join(dir, 'chain.log')) && !existsSync(join(dir, 'log'))
    if (isForeign) {
      throw new UsageError({
        what: `${dir} exists and is no network of blyan up.`,
        fix: 'Choose another folder with --dir.',
        data: { field: 'dir' },
      })
    }
  }
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir, { recursive: true })
}

/** Process of the `up` that holds the folder, or null. */
function runningNetwork(dir: string): number | null {
  try {
    const { pid } = JSON.parse(readFileSync(join(dir, MARK), 'utf8')) as { pid: number }
    process.kill(pid, 0)
    return pid
  } catch {
    return null
  }
}
