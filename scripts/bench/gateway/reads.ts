/** Reads at 100, 500 and 1,000 a second over 10⁴ tasks and 10⁵ receipts: gateway and asker each in a process of its own. */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rng } from '../../../workers/engine/index.ts'
import type { BenchOptions, BenchResult } from '../../lib/bench.ts'
import { type Dataset, makeDataset } from './dataset.ts'
import { percentile, single } from './percentile.ts'

const RATES = [100, 500, 1_000]
const TASKS = 10_000
const SECONDS = 20

/** @throws Error when any answer is none: figures with errors say nothing */
export async function benchReads({ quick, seed, progress }: BenchOptions): Promise<BenchResult[]> {
  const [tasks, seconds] = quick ? [80, 2] : [TASKS, SECONDS]
  const dir = mkdtempSync(join(tmpdir(), 'blyan-bench-reads-'))
  let server: ChildProcess | undefined
  try {
    const data = await makeDataset({ dir, url: process.env.DATABASE_URL }, tasks, progress)
    progress(`${data.tasks} tasks, ${data.receipts} receipts`)
    const file = join(dir, 'paths.json')
    writeFileSync(file, JSON.stringify(readPaths(data, seed, 20_000)))
    server = start('serve.ts', [dir])
    const { url } = await told<{ url: string }>(server)
    await load(url, 50, quick ? 1 : 5, file) // compiled, and the tree of receipts built
    server.send('reset')
    const results: BenchResult[] = []
    for (const rate of RATES) {
      const { latencies, errors, achieved } = await load(url, rate, seconds, file)
      if (errors > 0) throw new Error(`${errors} of ${latencies.length + errors} reads at ${rate}/s failed`)
      progress(`${rate}/s: ${achieved.toFixed(1)}/s achieved, p95 ${percentile(latencies, 95).toFixed(1)} ms`)
      for (const share of [50, 95, 99]) {
        results.push(
          figure(`gateway.read.${rate}rps.p${share}`, 'ms', 'lower', percentile(latencies, share), latencies.length),
        )
      }
      results.push(figure(`gateway.read.${rate}rps.achieved`, '1/s', 'higher', achieved, latencies.length))
    }
    server.send('queries')
    const { queries } = await told<{ queries: number[] }>(server)
    results.push(figure('gateway.db.p95', 'ms', 'lower', percentile(queries, 95), queries.length))
    return results
  } finally {
    server?.disconnect()
    rmSync(dir, { recursive: true, force: true })
  }
}

const figure = (id: string, unit: string, better: BenchResult['better'], value: number, n: number): BenchResult => ({
  id,
  unit,
  better,
  ...single(value, n),
})

const start = (script: string, args: string[]): ChildProcess =>
  fork(join(import.meta.dirname, script), args, { execArgv: ['--disable-warning=ExperimentalWarning'] })

function told<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as T))
    child.once('exit', (code) => reject(new Error(`a process of the benchmark ended with ${code}`)))
  })
}

const load = (url: string, rate: number, seconds: number, file: string) =>
  told<{ latencies: number[]; errors: number; achieved: number }>(
    start('load.ts', [url, String(rate), String(seconds), file]),
  )

/** What pages ask for: mostly what is new and what many look at (Zipf), and some of everything. */
export function readPaths({ tasks, receipts, requesters, operators }: Dataset, seed: number, count: number): string[] {
  const random = rng(seed.toString(16).padStart(8, '0'), 'reads')
  const unit = (): number => random.below(2 ** 30) / 2 ** 30
  /** Rank from 0 with density about 1/rank. */
  const zipf = (n: number): number => Math.min(n - 1, Math.floor(n ** unit()) - 1)
  const of = (list: readonly string[]): string => list[random.below(list.length)]!
  const kinds: [weight: number, path: () => string][] = [
    [20, () => `/api/v1/tasks/${tasks - zipf(tasks)}`],
    [15, () => '/api/v1/tasks'],
    [5, () => `/api/v1/tasks?requester=${of(requesters)}`],
    [20, () => `/api/v1/receipts/${receipts - 1 - zipf(receipts)}`],
    [10, () => `/api/v1/receipts/${receipts - 1 - zipf(receipts)}/proof`],
    [5, () => '/api/v1/receipts'],
    [5, () => `/api/v1/receipts?worker=${of(operators)}`],
    [10, () => '/api/v1/nodes'],
    [5, () => '/api/v1/network/stats'],
    [5, () => '/api/v1/models'],
  ]
  const sum = kinds.reduce((total, [weight]) => total + weight, 0)
  return Array.from({ length: count }, () => {
    let at = random.below(sum)
    return kinds.find(([weight]) => (at -= weight) < 0)![1]()
  })
}
