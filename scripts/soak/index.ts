/**
 * `npm run soak:index -- --json FILE`: the index over many tasks: followed live while its process is killed, rebuilt on
 * PGlite and on PostgreSQL, which is killed too; equal hashes, an exact check, and planted wrong columns found.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { playIndexSoak } from '../../test/fixtures/indexSoak.ts'
import { finishSoak, soakFlags } from './report.ts'

const SPEC = {
  command: 'soak index',
  sentence: 'Follows, kills, rebuilds, hashes and checks an index of many tasks on PGlite and PostgreSQL.',
  flags: {
    json: { type: 'string', value: 'FILE', help: 'write the figures there' },
    seed: { type: 'integer', help: 'seed of tasks and kills', default: '1', min: 0, max: 2 ** 31 },
    tasks: { type: 'integer', help: 'tasks that are played', default: '10000', min: 5, max: 100_000 },
    workers: { type: 'integer', help: 'trainers a round', default: '6', min: 1, max: 12 },
    rounds: { type: 'integer', help: 'rounds a task', default: '2', min: 1, max: 10 },
    kills: {
      type: 'integer',
      help: 'kills of each following process, and of PostgreSQL',
      default: '20',
      min: 0,
      max: 200,
    },
    'pglite-only': { type: 'boolean', help: 'leave PostgreSQL out' },
    world: { type: 'string', value: 'FILE', help: 'a recorded world, instead of one that is played meanwhile' },
  },
} as const

const flags = soakFlags(SPEC)
const startedAt = Date.now()
const dir = mkdtempSync(join(tmpdir(), 'blyan-soak-index-'))
const say = (what: string) => process.stderr.write(`${Math.round((Date.now() - startedAt) / 1000)} s  ${what}\n`)
try {
  const { tasks, workers, rounds, kills, seed, world } = flags
  const result = await playIndexSoak({
    tasks,
    workers,
    rounds,
    kills,
    seed,
    dir,
    world,
    pgliteOnly: flags['pglite-only'],
    say,
  })
  const { rebuilds, live, planted, checks, ...counts } = result
  const equal = rebuilds.filter(({ sha256 }) => sha256 === live.sha256).length
  const wrong = checks.reduce((sum, { differences }) => sum + differences, 0)
  process.exitCode = finishSoak(
    { name: 'soak.index', seed, startedAt },
    {
      ...counts,
      summary: `${counts.events} events of ${counts.tasks} tasks: ${equal} of ${rebuilds.length} rebuilds equal live, ${wrong} fields wrong, ${planted.filter(({ found }) => found).length} of ${planted.length} planted faults found`,
      live,
      rebuilds,
      checks,
      planted,
    },
    flags.json,
  )
} finally {
  rmSync(dir, { recursive: true, force: true })
}
