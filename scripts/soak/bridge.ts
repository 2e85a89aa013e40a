/**
 * `npm run soak:bridge -- --json FILE`: seeded operations and faults on both deployed bridges with three real signers, in worlds
 * of their own: nothing is paid that is not locked, supplies are exact after each step, every transfer ends; planted bugs are found.
 */
import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { Part, PartResult } from '../../test/fixtures/bridgeSoak/part.ts'
import { PLANTS, type RunResult } from '../../test/fixtures/bridgeSoak/run.ts'
import { finishSoak, soakFlags } from './report.ts'

const SPEC = {
  command: 'soak bridge',
  sentence: 'Plays random operations and faults on both sides of the bridge and holds every rule after each of them.',
  flags: {
    json: { type: 'string', value: 'FILE', help: 'write the figures there' },
    seed: {
      type: 'integer',
      help: 'of the first world; each next one has the next',
      default: '1',
      min: 0,
      max: 2 ** 31,
    },
    operations: { type: 'integer', help: 'how many, over all worlds', default: '100000', min: 100, max: 10_000_000 },
    parts: { type: 'integer', help: 'worlds that share the operations', default: '20', min: 1, max: 1000 },
    processes: { type: 'integer', help: 'worlds at a time', default: '2', min: 1, max: 64 },
  },
} as const

/** Operations in which a planted bug must be found. */
const PLANT_OPERATIONS = 6_000
const PART = join(import.meta.dirname, '../../test/fixtures/bridgeSoak/part.ts')

const flags = soakFlags(SPEC)
const startedAt = Date.now()
const say = (what: string): void =>
  void process.stderr.write(`${Math.round((Date.now() - startedAt) / 1000)} s  ${what}\n`)

const each = Math.ceil(flags.operations / flags.parts)
const worlds: Part[] = Array.from({ length: flags.parts }, (_, i) => ({
  seed: flags.seed + i,
  operations: Math.max(0, Math.min(each, flags.operations - i * each)),
}))
// One after another through all the bugs, so that two builds never meet.
const planted: Part[] = PLANTS.map((_, plant) => ({ seed: flags.seed, operations: PLANT_OPERATIONS, plant }))
const waiting = [...planted, ...worlds]
const results = new Map<Part, RunResult>()
const failures: string[] = []

await Promise.all(Array.from({ length: flags.processes }, work))

async function work(): Promise<void> {
  for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
    const result = await play(part)
    const name = part.plant === undefined ? `seed ${part.seed}` : PLANTS[part.plant]!.name
    if ('failed' in result) failures.push(`${name}: ${result.failed}`)
    else results.set(part, result)
    say(
      `${name}: ${'failed' in result ? result.failed : (result.broken?.what ?? `${result.operations} operations hold`)}`,
    )
  }
}

function play(part: Part): Promise<PartResult> {
  return new Promise((resolve) => {
    const child = fork(PART, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    child.once('message', resolve)
    child.once('exit', (code, signal) => resolve({ failed: `its process ended with ${signal ?? code}` }))
    child.send(part)
  })
}

/** Sums by name, the names in order. */
function summed(tables: readonly Record<string, number>[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const table of tables) for (const [name, count] of Object.entries(table)) sums[name] = (sums[name] ?? 0) + count
  return Object.fromEntries(Object.entries(sums).sort(([a], [b]) => (a < b ? -1 : 1)))
}

const done = worlds.flatMap((part) => results.get(part) ?? [])
const sum = (of: (result: RunResult) => number): number => done.reduce((all, result) => all + of(result), 0)
const plants = planted.map((part) => {
  const found = results.get(part)?.broken ?? null
  return {
    bug: PLANTS[part.plant!]!.name,
    found: found !== null,
    afterOperations: found?.after ?? null,
    by: found?.what ?? null,
  }
})
const operations = sum((result) => result.operations)
const broken = worlds.flatMap((part) => {
  const what = results.get(part)?.broken
  return what ? [{ seed: part.seed, ...what }] : []
})
const found = plants.filter((plant) => plant.found).length
const left = sum((result) => result.left)
const faults = summed(done.map(({ counts }) => counts.faults))

process.exitCode = finishSoak(
  { name: 'soak.bridge', seed: flags.seed, startedAt },
  {
    ok:
      failures.length === 0 &&
      broken.length === 0 &&
      left === 0 &&
      found === plants.length &&
      operations === flags.operations,
    summary: `${operations} operations in ${done.length} worlds, ${Object.values(faults).reduce((a, b) => a + b, 0)} faults: ${broken.length} rules broken, ${left} transfers left, ${found} of ${plants.length} planted bugs found`,
    operations,
    worlds: done.length,
    /** Of every rule, one after each operation and each drain. */
    checks: sum((result) => result.checks),
    broken,
    locks: sum((result) => result.locks),
    burns: sum((result) => result.burns),
    left,
    paid: { near: sum(({ paid }) => paid.near), evm: sum(({ paid }) => paid.evm) },
    /** The most that was paid within any hour, in parts of the limit. */
    fullestHour: {
      near: Math.max(0, ...done.map(({ fullest }) => fullest.near)),
      evm: Math.max(0, ...done.map(({ fullest }) => fullest.evm)),
    },
    faults,
    done: summed(done.map(({ counts }) => counts.done)),
    refused: summed(done.map(({ counts }) => counts.refused)),
    alarms: summed(done.map(({ alarms }) => alarms)),
    plants,
    failures,
    msPerOperation: operations === 0 ? 0 : Math.round((sum(({ ms }) => ms) / operations) * 10) / 10,
  },
  flags.json,
)
