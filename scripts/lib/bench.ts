/** Measuring for `blyan bench`: rounds of ours and the peer's in turn, and the report's shape (blyan.bench/1). */
import { commit, isDirty, type Machine, machine } from './machine.ts'

export interface Stats {
  median: number
  min: number
  max: number
  n: number
}

export interface BenchResult extends Stats {
  /** Stable name, such as `chain.ft_transfer.inprocess`. */
  id: string
  unit: string
  better: 'higher' | 'lower'
  peer?: Stats & { name: string; version: string }
  /** Ours to the peer's median; above 1 is better for us, whichever way is better. */
  ratio?: number
}

export interface BenchReport {
  schema: 'blyan.bench/1'
  name: string
  commit: string | null
  /** Tracked files differed from the commit. */
  dirty: boolean
  seed: number
  machine: Machine
  results: BenchResult[]
}

/** What a module of scripts/bench/ is given. */
export interface BenchOptions {
  /** Fewer and smaller rounds: shows that it runs, not what it is worth. */
  quick: boolean
  seed: number
  /** Tells the person what is being measured, on stderr. */
  progress: (text: string) => void
}

/** What a module of scripts/bench/ exports. */
export interface BenchModule {
  bench(options: BenchOptions): Promise<BenchResult[]>
}

export interface MeasureOptions {
  id: string
  unit: string
  better: 'higher' | 'lower'
  /** Rounds that count. */
  n: number
  /** Rounds before them that do not. */
  warmup?: number
  /** One round: its figure in `unit`. */
  ours: () => number | Promise<number>
  peer?: { name: string; version: string; run: () => number | Promise<number> }
}

/** Runs A B A B …, so that whatever the machine does meanwhile meets both alike. */
export async function measure({ id, unit, better, n, warmup = 1, ours, peer }: MeasureOptions): Promise<BenchResult> {
  const mine: number[] = []
  const theirs: number[] = []
  for (let round = -warmup; round < n; round++) {
    const a = await ours()
    const b = await peer?.run()
    if (round < 0) continue
    mine.push(a)
    if (b !== undefined) theirs.push(b)
  }
  const result: BenchResult = { id, unit, better, ...stats(mine) }
  if (peer === undefined) return result
  const other = stats(theirs)
  const ratio = better === 'higher' ? result.median / other.median : other.median / result.median
  return { ...result, peer: { name: peer.name, version: peer.version, ...other }, ratio }
}

/** Milliseconds that one call takes, for `ours` of a latency. */
export async function timedMs(call: () => unknown): Promise<number> {
  const start = performance.now()
  await call()
  return performance.now() - start
}

/** @throws RangeError without samples */
export function stats(samples: readonly number[]): Stats {
  if (samples.length === 0) throw new RangeError('no samples: a benchmark needs at least one round')
  const sorted = [...samples].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  return { median, min: sorted[0]!, max: sorted.at(-1)!, n: sorted.length }
}

export function benchReport(name: string, seed: number, results: BenchResult[]): BenchReport {
  return { schema: 'blyan.bench/1', name, commit: commit(), dirty: isDirty(), seed, machine: machine(), results }
}
