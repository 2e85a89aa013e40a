/**
 * `npm run soak:requests -- --json FILE`: seeded requests, made from its own OpenAPI document, against a whole gateway over
 * the real contracts: each operation gives a success and a refusal, no 5xx, and nothing outside its schema.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FuzzOptions, fuzzRequests, incompleteOf } from '../../test/fixtures/requestFuzz.ts'
import { prepareRequests } from '../../test/fixtures/requestRecipes.ts'
import { startRequestWorld } from '../../test/fixtures/requestWorld.ts'
import { finishSoak, soakFlags } from './report.ts'

const SPEC = {
  command: 'soak requests',
  sentence: 'Sends seeded requests from the specification to a whole gateway and holds every answer against it.',
  flags: {
    json: { type: 'string', value: 'FILE', help: 'write the figures there' },
    seed: { type: 'integer', help: 'of the requests', default: '1', min: 0, max: 2 ** 31 },
    requests: { type: 'integer', help: 'how many', default: '20000', min: 100, max: 1_000_000 },
  },
} as const

const flags = soakFlags(SPEC)
const startedAt = Date.now()
const dir = mkdtempSync(join(tmpdir(), 'blyan-soak-requests-'))
const world = await startRequestWorld(dir)
try {
  const { url } = world.gateway
  const preparation = await prepareRequests(world)
  process.stderr.write(`${Math.round((Date.now() - startedAt) / 1000)} s  a gateway at ${url}\n`)
  const result = await fuzzRequests({
    ...preparation,
    url,
    document: (await (await fetch(`${url}/openapi.json`)).json()) as FuzzOptions['document'],
    seed: flags.seed.toString(16).padStart(8, '0'),
    requests: flags.requests,
  })
  const { requests, operations, faults } = result
  const incomplete = incompleteOf(result)
  const count = Object.keys(operations).length
  const errors = world.lines.filter(({ level }) => level === 'error')
  process.exitCode = finishSoak(
    { name: 'soak.requests', seed: flags.seed, startedAt },
    {
      ok: faults.length === 0 && incomplete.length === 0 && errors.length === 0,
      summary: `${requests} requests of ${count} operations: ${faults.length} faults, ${incomplete.length} without success or refusal, ${errors.length} errors logged`,
      requests,
      operations,
      incomplete,
      faults: faults.slice(0, 50),
      errors: errors.slice(0, 50),
    },
    flags.json,
  )
} finally {
  await world.close()
  rmSync(dir, { recursive: true, force: true })
}
