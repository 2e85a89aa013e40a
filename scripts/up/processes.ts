/** The network's processes: started as a person would start them, each with its own folder and log; ended together. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { BlyanError, type Fault } from '../../chain/lib/errors.ts'
import { LEAN_MALLOC } from '../../workers/node/runtime/memory.ts'

/** A process of the network ended before it was asked to. */
export class ProcessEndedError extends BlyanError {
  static override readonly code: string = 'UP_PROCESS_ENDED'
  static override readonly fault: Fault = 'platform'
}

export interface Running {
  readonly role: string
  readonly account: string
  readonly pid: number
  /** Largest resident set seen, MiB. */
  peakRssMiB: number
  /** Processor time used so far, seconds. */
  cpuSeconds: number
  readonly child: ChildProcess
  /** Resolves with the data of the first line of this type. */
  line(type: string): Promise<Record<string, unknown>>
  readonly exited: Promise<number | null>
}

export interface Fleet {
  start(options: {
    role: string
    account: string
    script: string
    args: readonly string[]
    env?: Record<string, string>
    onLine?: (line: Record<string, unknown>) => void
  }): Running
  readonly running: readonly Running[]
  /** Sum of the proportional set sizes now and the largest seen, MiB. */
  readonly peakMemoryMiB: () => number
  sample(): void
  stop(): Promise<void>
}

/** @param logDir one log file per process goes here */
export function createFleet(logDir: string, root: string): Fleet {
  mkdirSync(logDir, { recursive: true })
  const running: Running[] = []
  let peak = 0
  let stopping = false

  const sample = (): void => {
    const memory = [memoryOf(process.pid), ...running.map(({ pid }) => memoryOf(pid))]
    for (const [i, each] of running.entries()) {
      each.peakRssMiB = Math.max(each.peakRssMiB, memory[i + 1].peakRss)
      each.cpuSeconds = Math.max(each.cpuSeconds, cpuSecondsOf(each.pid))
    }
    peak = Math.max(
      peak,
      memory.reduce((sum, { pss }) => sum + pss, 0),
    )
  }

  return {
    running,
    sample,
    peakMemoryMiB: () => Math.round(peak),
    start: ({ role, account, script, args, env = {}, onLine }) => {
      const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(root, script), ...args], {
        cwd: root,
        // All processes load the same TypeScript: compiled once, it costs each 0.3 s of processor time and 24 MB less.
        env: {
          NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compile'),
          ...process.env,
          ...LEAN_MALLOC,
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const log = createWriteStream(join(logDir, `${account}.log`), { flags: 'a' })
      const waiting = new Map<string, ((line: Record<string, unknown>) => void)[]>()
      const known = new Map<string, Record<string, unknown>>()
      let tail = ''
      let refusal: { what: string; fix: string } | null = null
      child.stderr!.on('data', (chunk: Buffer) => {
        log.write(chunk)
        tail = (tail + chunk.toString()).slice(-2000)
      })
      createInterface({ input: child.stdout! }).on('line', (text) => {
        log.write(`${text}\n`)
        const line = parseLine(text)
        if (!line) return
        if ('error' in line) refusal = line.error as typeof refusal
        const type = String(line.type)
        if (!known.has(type)) known.set(type, line)
        for (const resolve of waiting.get(type) ?? []) resolve(line)
        waiting.delete(type)
        onLine?.(line)
      })
      const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
      const entry: Running = {
        role,
        account,
        pid: child.pid ?? -1,
        peakRssMiB: 0,
        cpuSeconds: 0,
        child,
        exited,
        line: (type) =>
          new Promise((resolve, reject) => {
            const seen = known.get(type)
            if (seen) return resolve(seen)
            waiting.set(type, [...(waiting.get(type) ?? []), resolve])
            void exited.then((code) => {
              if (stopping) return
              reject(
                new ProcessEndedError({
                  what: `${account} ended with code ${code} before it was ready: ${refusal?.what ?? lastLine(tail)}`,
                  fix: refusal?.fix ?? `Read ${join(logDir, `${account}.log`)}.`,
                }),
              )
            })
          }),
      }
      running.push(entry)
      return entry
    },
    stop: async () => {
      stopping = true
      for (const each of running) each.child.kill('SIGTERM')
      const grace = setTimeout(() => {
        for (const each of running) each.child.kill('SIGKILL')
      }, 5000)
      await Promise.all(running.map((each) => each.exited))
      clearTimeout(grace)
    },
  }
}

function parseLine(text: string): Record<string, unknown> | null {
  if (!text.startsWith('{')) return null
  try {
    const line = JSON.parse(text)
    return typeof line === 'object' && line !== null && ('type' in line || 'error' in line) ? line : null
  } catch {
    return null
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}

/**
 * Proportional set size now and the largest resident set so far, MiB; zeros where the system does not tell.
 * PERF: the kernel walks every page table for `smaps_rollup`, up to 50 ms for a process that runs WASM.
 */
function memoryOf(pid: number): { pss: number; peakRss: number } {
  const field = (file: string, name: string): number => {
    try {
      const text = readFileSync(`/proc/${pid}/${file}`, 'utf8')
      return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) / 1024
    } catch {
      return 0
    }
  }
  return { pss: field('smaps_rollup', 'Pss'), peakRss: field('status', 'VmHWM') }
}

/** User and system time of a process, seconds, in the 10 ms ticks of every Linux. Source: proc_pid_stat(5). */
function cpuSecondsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return 0
  }
}
