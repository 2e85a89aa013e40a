/** Starts one process per group of tests and adds up what they report. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { type Group, REPOSITORY } from './groups.ts'
import type { GroupOutcome } from './mochaChild.ts'

export interface RunOptions {
  grep: string | null
  /** Groups at a time, for those that allow it. */
  jobs: number
  colour: boolean
  /** Where the tests' own output goes. */
  write: (text: string) => void
}

/** Outcomes in the order of `groups`. A process that dies without a report counts as one failure. */
export async function runGroups(groups: readonly Group[], options: RunOptions): Promise<GroupOutcome[]> {
  const outcomes: GroupOutcome[] = new Array(groups.length)
  const queue = [...groups.entries()]
  const light = queue.filter(([, { parallel }]) => parallel)
  const heavy = queue.filter(([, { parallel }]) => !parallel)
  const drain = async (entries: [number, Group][], alone: boolean) => {
    for (let entry = entries.shift(); entry !== undefined; entry = entries.shift()) {
      outcomes[entry[0]] = await runGroup(entry[1], options, alone)
    }
  }
  const lanes = Math.min(options.jobs, light.length)
  await Promise.all(Array.from({ length: lanes }, () => drain(light, lanes === 1)))
  await drain(heavy, true)
  return outcomes
}

/** Runs `command` with the repository as its folder. Alone it streams; beside others its text comes when it ends. */
function runGroup(group: Group, { grep, colour, write }: RunOptions, alone: boolean): Promise<GroupOutcome> {
  const files = group.files.map((file) => join(REPOSITORY, file))
  const script = join(import.meta.dirname, 'mochaChild.ts')
  const args = ['--disable-warning=ExperimentalWarning', script, JSON.stringify({ files, grep, colour })]
  const child = spawn(process.execPath, args, { cwd: REPOSITORY, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  const held: string[] = []
  const take = (data: Buffer) => (alone ? write(data.toString()) : held.push(data.toString()))
  child.stdout!.on('data', take)
  child.stderr!.on('data', take)
  let outcome: GroupOutcome | null = null
  child.on('message', (message) => (outcome = message as GroupOutcome))
  return new Promise((settle) =>
    child.on('close', (code, signal) => {
      write(held.join(''))
      const died = `${group.name}: the test process ended without a report (${signal ?? `exit ${code}`})`
      settle(outcome ?? { passed: 0, failures: [died], skips: [] })
    }),
  )
}
