/**
 * `npm run coverage:evm [-- --json FILE]`: runs the tests of the EVM contracts on instrumented ones and writes which branches
 * they took to docs/results/evm-coverage.json. Fails below the aim of 95 %.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { hitsOf, instrument } from './instrument.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const TESTS = ['test/evm/*.test.ts', 'test/attacks/*Evm.test.ts']
const AIM_PERCENT = 95

const { values } = parseArgs({ options: { json: { type: 'string', default: 'docs/results/evm-coverage.json' } } })
const dir = mkdtempSync(join(tmpdir(), 'blyan-evm-coverage-'))
try {
  const run = spawnSync('npx', ['mocha', '--no-config', '--timeout', '120000', '--exit', ...TESTS], {
    cwd: ROOT,
    env: { ...process.env, BLYAN_EVM_COVERAGE: dir },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (run.status !== 0) throw new Error('the tests fail on instrumented contracts')
  const taken = new Set(
    readdirSync(dir).flatMap((file) => JSON.parse(readFileSync(join(dir, file), 'utf8')) as number[]),
  )
  const { conditions } = instrument()
  const ways = conditions.flatMap((condition) =>
    hitsOf(condition).map((hit, way) => ({ ...condition, way: way === 1, taken: taken.has(hit) })),
  )
  const files = [...new Set(conditions.map(({ file }) => file))].map((file) => {
    const own = ways.filter((way) => way.file === file)
    return { file, branches: own.length, taken: own.filter((way) => way.taken).length }
  })
  const count = ways.filter((way) => way.taken).length
  const percent = Math.floor((count * 10_000) / ways.length) / 100
  const missed = ways.filter((way) => !way.taken).map(({ file, line, text, way }) => ({ file, line, text, never: way }))
  const result = {
    schema: 'blyan.evm-coverage/1',
    recipe: 'npm run coverage:evm',
    tests: TESTS,
    counted: 'both ways of each condition of if, while, for and ?:, and of the left side of && and ||; assert left out',
    branches: ways.length,
    taken: count,
    percent,
    files,
    missed,
  }
  writeFileSync(resolve(ROOT, values.json), `${JSON.stringify(result, null, 2)}\n`)
  console.log(`${count} of ${ways.length} branches taken, ${percent} %: ${values.json}`)
  for (const { file, line, text, never } of missed) console.log(`${file}:${line} never ${never}: ${text}`)
  if (percent < AIM_PERCENT) process.exitCode = 1
} finally {
  rmSync(dir, { recursive: true, force: true })
}
