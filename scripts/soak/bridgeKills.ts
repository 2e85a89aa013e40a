/**
 * `npm run soak:bridge-kills -- --json FILE`: kill -9 of the bridge's services and of a price feeder at each named point, several
 * times by seed: relayer and signer while BLY moves in both directions over one bridge of real processes, the EVM node under a
 * bridge of its own each time, the feeder while three others go on. Nothing may be lost, doubled or signed twice.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BRIDGE_KILL_POINTS, killOnce, prepareKills, type Victim } from '../../test/fixtures/bridgeKills.ts'
import { startBridgeWorld } from '../../test/fixtures/bridgeWorld.ts'
import { EVM_KILL_POINTS, killEvmOnce } from '../../test/fixtures/evmNodeKills.ts'
import { drawnPrice, FEEDER_KILL_POINTS, startFeederKills } from '../../test/fixtures/oracle/feederKills.ts'
import { rng } from '../../workers/engine/rng.ts'
import { finishSoak, median, soakFlags } from './report.ts'

const SPEC = {
  command: 'soak bridge-kills',
  sentence:
    'Kills the bridge’s services and a feeder at named points; each transfer arrives once, each price has its quorum.',
  flags: {
    json: { type: 'string', value: 'FILE', help: 'write the figures there' },
    seed: { type: 'integer', help: 'picks the pass at which each dies', default: '1', min: 0, max: 2 ** 31 },
    each: { type: 'integer', help: 'kills at each point', default: '5', min: 1, max: 100 },
  },
} as const

interface KillLine {
  victim: string
  point: string
  /** At which pass of the point it died: 1 is the first transfer's or round's, 2 the other one's. */
  pass: number
  ok: boolean
  ms: number
  error: string | null
}

const flags = soakFlags(SPEC)
const startedAt = Date.now()
const victims = Object.keys(BRIDGE_KILL_POINTS) as Victim[]
const kills: KillLine[] = []
const bridgeKills = flags.each * victims.reduce((sum, victim) => sum + BRIDGE_KILL_POINTS[victim].length, 0)
const count = bridgeKills + flags.each * (EVM_KILL_POINTS.length + FEEDER_KILL_POINTS.length)
const passOf = (i: number): number => 1 + ((flags.seed + i) % 2)

await inFolder(async (dir) => {
  const world = await startBridgeWorld(dir)
  try {
    const mover = await prepareKills(world, bridgeKills)
    for (const victim of victims) {
      for (const point of BRIDGE_KILL_POINTS[victim]) {
        await several(victim, point, (pass) => killOnce(world, mover, victim, point, pass))
      }
    }
  } finally {
    await world.close()
  }
})

for (const point of EVM_KILL_POINTS) {
  await several('evm', point, () =>
    inFolder(async (dir) => {
      const world = await startBridgeWorld(dir)
      await killEvmOnce(world, point).finally(() => world.close())
    }),
  )
}

const feeder = await inFolder(async (dir) => {
  const random = rng(flags.seed.toString(16).padStart(8, '0'), 'feeder/kills')
  const world = await startFeederKills(dir)
  try {
    for (const point of FEEDER_KILL_POINTS) {
      await several('feeder', point, (pass) => world.killOnce(point, pass, drawnPrice(random)))
    }
    await world.starve()
    return await world.checkPrices()
  } finally {
    await world.close()
  }
})

const good = kills.filter(({ ok }) => ok).length
process.exitCode = finishSoak(
  { name: 'soak.bridge-kills', seed: flags.seed, startedAt },
  {
    ok: good === kills.length && kills.length === count,
    summary: `${good} of ${count} kills of signer, relayer, EVM node and feeder: nothing lost, doubled or signed twice`,
    survived: good,
    of: count,
    medianMs: median(kills.map(({ ms }) => ms)),
    feeder,
    kills,
  },
  flags.json,
)

async function several(victim: string, point: string, kill: (pass: number) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < flags.each; i++) {
    const [from, pass] = [Date.now(), passOf(i)]
    const error = await kill(pass).then(
      () => null,
      (thrown: unknown) => String(thrown),
    )
    const line = { victim, point, pass, ok: error === null, ms: Date.now() - from, error }
    process.stderr.write(`${JSON.stringify(line)}\n`)
    kills.push(line)
  }
}

async function inFolder<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'blyan-bridge-kills-'))
  try {
    return await work(dir)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
