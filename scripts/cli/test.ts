/** blyan test: builds what the tests need, checks form and types, runs mocha folder by folder, and counts. */
import { availableParallelism } from 'node:os'
import { BUILD, CHECKS, type Check } from '../suite/checks.ts'
import { select, testFiles } from '../suite/groups.ts'
import { runGroups } from '../suite/runGroups.ts'
import { parseArgs } from './args.ts'
import { EXIT, UsageError } from './errors.ts'
import { palette, wantsColour } from './print.ts'

const SPEC = {
  command: 'test',
  sentence: 'Runs the checks and tests; ends with how many passed, failed and were skipped.',
  positionals: [
    { name: 'PATTERN', help: 'part of a path (attacks, unit/vm) or of a title; then form and types are not checked' },
  ],
  flags: {
    json: { type: 'boolean', help: 'print one JSON document; the tests’ own output goes to standard error' },
    jobs: {
      type: 'integer',
      help: 'unit-test folders at a time',
      default: String(Math.min(2, availableParallelism())),
      min: 1,
      max: 64,
    },
  },
} as const

interface Tally {
  passed: number
  failures: string[]
  skips: string[]
}

export async function run(argv: string[]): Promise<number> {
  const { flags, positionals } = parseArgs(SPEC, argv)
  const [pattern] = positionals
  const stream = flags.json ? process.stderr : process.stdout
  const write = (text: string) => void stream.write(text)
  const started = Date.now()
  const tally: Tally = { passed: 0, failures: [], skips: [] }

  for (const check of pattern === undefined ? [BUILD, ...CHECKS] : [BUILD]) await runCheck(check, tally, write)
  const { groups, grep } = select(testFiles(), pattern)
  const options = { grep, jobs: flags.jobs, colour: wantsColour(stream), write }
  const outcomes = await runGroups(groups, options)
  for (const outcome of outcomes) {
    tally.passed += outcome.passed
    tally.failures.push(...outcome.failures)
    tally.skips.push(...outcome.skips)
  }
  if (
    pattern !== undefined &&
    outcomes.every(({ passed, failures, skips }) => passed + failures.length + skips.length === 0)
  ) {
    throw new UsageError({
      what: `No test has ${JSON.stringify(pattern)} in its path or title.`,
      fix: 'Name a folder or file below test/, or words of a title. Without a pattern all tests run.',
      data: { field: 'PATTERN' },
    })
  }

  report(tally, Date.now() - started, write)
  if (flags.json)
    process.stdout.write(
      `${JSON.stringify({ ...counts(tally), failures: tally.failures, skips: tally.skips, ms: Date.now() - started })}\n`,
    )
  else process.stdout.write(`${lastLine(tally)}\n`)
  return tally.failures.length === 0 ? EXIT.done : EXIT.failed
}

async function runCheck({ name, run }: Check, tally: Tally, write: (text: string) => void): Promise<void> {
  const paint = palette(process.stdout)
  const start = Date.now()
  const { ok, text } = await run()
  const took = paint.dim(`(${((Date.now() - start) / 1000).toFixed(1)} s)`)
  write(
    ok ? `  ${paint.ok('ok')}    ${name} ${took}\n` : `${text.trimEnd()}\n  ${paint.bad('FAIL')}  ${name} ${took}\n`,
  )
  if (ok) tally.passed++
  else tally.failures.push(name)
}

function report({ failures, skips }: Tally, ms: number, write: (text: string) => void): void {
  const paint = palette(process.stdout)
  for (const title of skips) write(`  ${paint.wait('skipped')}  ${title}\n`)
  for (const title of failures) write(`  ${paint.bad('failed')}   ${title}\n`)
  write(`${paint.dim(`${(ms / 1000).toFixed(0)} s`)}\n`)
}

function counts({ passed, failures, skips }: Tally): { passed: number; failed: number; skipped: number } {
  return { passed, failed: failures.length, skipped: skips.length }
}

function lastLine(tally: Tally): string {
  const { passed, failed, skipped } = counts(tally)
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}
