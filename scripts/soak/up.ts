/**
 * `npm run soak:up -- --runs 10 --json FILE`: the whole demonstration with other seeds, one run after another, each in
 * its own folder. Every run must show what the demonstration claims, and no honest account may lose anything, ever.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brokenClaims, parseUpReport } from '../../test/fixtures/upReport.ts'
import type { UpReport } from '../up/report.ts'
import { finishSoak, median, soakFlags } from './report.ts'

const SPEC = {
  command: 'soak up',
  sentence: 'Runs the demonstration with several seeds and checks each run.',
  flags: {
    runs: { type: 'integer', help: 'how many', default: '10', min: 1, max: 1000 },
    seed: { type: 'integer', help: 'seed of the first run; the next ones follow', default: '1', min: 0, max: 2 ** 30 },
    json: { type: 'string', value: 'FILE', help: 'write the figures there' },
    rounds: { type: 'integer', help: 'rounds of each run; with fewer than 3 no baseline is asked for', default: '3' },
  },
} as const

interface RunLine {
  seed: number
  exit: number | null
  broken: string[]
  totalMs: number | null
  taskMs: number | null
  peakMemoryMiB: number | null
  heldOut: UpReport['heldOut'] | null
  slashed: string[]
}

const CLI = join(import.meta.dirname, '../cli/main.ts')
/** A run takes two minutes; one that hangs must not stop the rest. */
const RUN_MS = 15 * 60_000
const SIGNALS = ['SIGINT', 'SIGTERM'] as const
const flags = soakFlags(SPEC)
const startedAt = Date.now()
const runs: RunLine[] = []
for (let i = 0; i < flags.runs; i++) {
  const line = await runOnce(flags.seed + i)
  runs.push(line)
  process.stderr.write(`seed ${line.seed}: ${line.broken.join('; ') || 'all claims hold'}, ${line.totalMs} ms\n`)
}
const good = runs.filter(({ broken }) => broken.length === 0).length
const of = (pick: (line: RunLine) => number | null | undefined): number =>
  median(runs.map(pick).filter((value): value is number => value !== null && value !== undefined))
process.exitCode = finishSoak(
  { name: 'soak.up', seed: flags.seed, startedAt },
  {
    ok: good === runs.length,
    summary: `${good} of ${runs.length} runs hold every claim · median ${Math.round(of(({ totalMs }) => totalMs) / 1000)} s`,
    median: {
      totalMs: of(({ totalMs }) => totalMs),
      taskMs: of(({ taskMs }) => taskMs),
      peakMemoryMiB: of(({ peakMemoryMiB }) => peakMemoryMiB),
      before: of(({ heldOut }) => heldOut?.before),
      after: of(({ heldOut }) => heldOut?.after),
      bigram: of(({ heldOut }) => heldOut?.bigram),
      trigram: of(({ heldOut }) => heldOut?.trigram),
    },
    runs,
  },
  flags.json,
)

async function runOnce(seed: number): Promise<RunLine> {
  const home = mkdtempSync(join(tmpdir(), 'blyan-soak-up-'))
  const file = join(home, 'report.json')
  const args = ['up', '--once', '--json', file, '--seed', `${seed}`, '--rounds', `${flags.rounds}`]
  const exit = await command([...args, '--dir', join(home, 'network')])
  const broken: string[] = exit === 0 ? [] : [`it ended with code ${exit}`]
  let report: UpReport | null = null
  try {
    if (existsSync(file)) report = parseUpReport(readFileSync(file, 'utf8'))
    else broken.push('it wrote no report')
  } catch (error) {
    broken.push(`its report has another shape: ${(error as Error).message}`)
  }
  if (report !== null) broken.push(...brokenClaims(report, { learns: flags.rounds >= 3 }))
  if (broken.length === 0) rmSync(home, { recursive: true, force: true })
  else process.stderr.write(`kept for a look: ${home}\n`)
  return {
    seed,
    exit,
    broken,
    totalMs: report?.timings.totalMs ?? null,
    taskMs: report?.timings.taskMs ?? null,
    peakMemoryMiB: report?.peakMemoryMiB ?? null,
    heldOut: report?.heldOut ?? null,
    slashed: (report?.slashed ?? []).map(({ account, reason, round }) => `${round} ${account} ${reason}`),
  }
}

function command(args: string[]): Promise<number | null> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CLI, ...args], { stdio: 'ignore' })
  // SIGTERM lets it end its own processes.
  const end = (): void => void child.kill('SIGTERM')
  const limit = setTimeout(end, RUN_MS)
  const interrupted = (): void => {
    end()
    child.once('exit', () => process.exit(130))
  }
  for (const signal of SIGNALS) process.once(signal, interrupted)
  return new Promise((resolve) =>
    child.once('exit', (code) => {
      clearTimeout(limit)
      for (const signal of SIGNALS) process.off(signal, interrupted)
      resolve(code)
    }),
  )
}
