/**
 * `npm run soak:bridge-kills -- --json FILE`: kill -9 of relayer and signer at each named point, several times by seed, while
 * BLY moves in both directions over one bridge of real processes. Nothing may be lost, doubled or signed twice.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BRIDGE_KILL_POINTS, killOnce, type Mover, prepareKills, type Victim } from '../../test/fixtures/bridgeKills.ts'
import { startBridgeWorld } from '../../test/fixtures/bridgeWorld.ts'
import { finishSoak, median, soakFlags } from './report.ts'

const SPEC = {
  command: 'soak bridge-kills',
  sentence: 'Kills the bridge’s services at named points and checks that each transfer arrives once.',
  flags: {
    json: { type: 'string', value: 'FILE', help: 'write the figures there' },
    seed: { type: 'integer', help: 'picks the pass at which each dies', default: '1', min: 0, max: 2 ** 31 },
    each: { type: 'integer', help: 'kills at each point', default: '5', min: 1, max: 100 },
  },
} as const

interface KillLine {
  victim: string
  point: string
  /** At which pass of the point it died: 1 is the first transfer's, 2 the other one's. */
  pass: number
  ok: boolean
  ms: number
  error: string | null
}

const flags = soakFlags(SPEC)
const startedAt = Date.now()
const victims = Object.keys(BRIDGE_KILL_POINTS) as Victim[]
const dir = mkdtempSync(join(tmpdir(), 'blyan-bridge-kills-'))
const kills: KillLine[] = []
const count = flags.each * victims.reduce((sum, victim) => sum + BRIDGE_KILL_POINTS[victim].length, 0)
const world = await startBridgeWorld(dir)
try {
  const mover = await prepareKills(world, count)
  for (const victim of victims) {
    for (const point of BRIDGE_KILL_POINTS[victim]) {
      for (let i = 0; i < flags.each; i++) kills.push(await kill(mover, victim, point, 1 + ((flags.seed + i) % 2)))
    }
  }
} finally {
  await world.close()
  rmSync(dir, { recursive: true, force: true })
}
const good = kills.filter(({ ok }) => ok).length
process.exitCode = finishSoak(
  { name: 'soak.bridge-kills', seed: flags.seed, startedAt },
  {
    ok: good === kills.length && kills.length === count,
    summary: `${good} of ${count} kills, both directions under way: nothing lost, doubled or signed twice`,
    survived: good,
    of: count,
    medianMs: median(kills.map(({ ms }) => ms)),
    kills,
  },
  flags.json,
)

async function kill(mover: Mover, victim: Victim, point: string, pass: number): Promise<KillLine> {
  const from = Date.now()
  const error = await killOnce(world, mover, victim, point, pass).then(
    () => null,
    (thrown: unknown) => String(thrown),
  )
  const line = { victim, point, pass, ok: error === null, ms: Date.now() - from, error }
  process.stderr.write(`${JSON.stringify(line)}\n`)
  return line
}
