/**
 * `npm run soak:detection -- --json FILE`: how often a trainer who faked a share f of its work is caught. 200 rounds each
 * of simulated training on the contract's own draw and jury rules, beside the formula; then one real round for each f.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { caughtChance, countCaught, SEGMENTS } from '../../test/fixtures/detection.ts'
import { HONEST } from '../../test/fixtures/kills.ts'
import { microTask } from '../../test/fixtures/microTask.ts'
import { type Network, startNetwork } from '../../test/fixtures/network.ts'
import { actor, member } from '../up/fleetPlan.ts'
import { finishSoak, soakFlags } from './report.ts'

const SPEC = {
  command: 'soak detection',
  sentence: 'Counts how often partial cheats are caught, beside what the formula predicts.',
  flags: {
    json: { type: 'string', value: 'FILE', help: 'write the figures there' },
    seed: { type: 'integer', help: 'seed of all draws', default: '1', min: 0, max: 2 ** 31 },
    rounds: { type: 'integer', help: 'simulated rounds of each kind', default: '200', min: 1, max: 100_000 },
    'no-real': { type: 'boolean', help: 'leave out the rounds with real training' },
  },
} as const

const SHARES = [0.05, 0.2, 1]
const FAKER = member('trainer-2', 'trainer', actor('partialFaker'))
const VALIDATORS = 3
const SAMPLES = 4
const TASK_MS = 300_000

interface RealRound {
  share: number
  predicted: number
  /** Segments that it faked, and those that validators drew. */
  faked: number[]
  drawn: number[]
  caught: boolean
  /** Caught exactly if one of the drawn was faked, and nobody honest lost anything. */
  ok: boolean
}

const flags = soakFlags(SPEC)
const startedAt = Date.now()
const simulated = [0, 1 / 3].flatMap((hostile) =>
  SHARES.map((share) => {
    const result = countCaught({ share, hostile, rounds: flags.rounds, seed: flags.seed })
    process.stderr.write(
      `f ${share} a ${hostile.toFixed(2)}: predicted ${result.predicted.toFixed(3)}, seen ${result.seen.toFixed(3)}\n`,
    )
    return result
  }),
)
const real = flags['no-real'] ? [] : await realRounds()
const agree = simulated.filter(({ agrees, honestSlashed }) => agrees && honestSlashed === 0).length
const right = real.filter(({ ok }) => ok).length
process.exitCode = finishSoak(
  { name: 'soak.detection', seed: flags.seed, startedAt },
  {
    ok: agree === simulated.length && right === real.length,
    summary: `${agree} of ${simulated.length} counts agree with the formula, ${right} of ${real.length} real rounds`,
    formula: '1 - (a + (1 - a)(1 - f)^s)^v',
    segments: SEGMENTS,
    simulated,
    real,
  },
  flags.json,
)

async function realRounds(): Promise<RealRound[]> {
  const dir = mkdtempSync(join(tmpdir(), 'blyan-soak-detection-'))
  const members = HONEST.map((each) => (each.name === FAKER.name ? FAKER : each))
  const network = await startNetwork({ dir, members, env: { [FAKER.name]: { FAKE_SHARE: String(SHARES[0]) } } })
  try {
    const rounds: RealRound[] = []
    for (const [i, share] of SHARES.entries()) {
      if (i > 0) {
        await network.stop(FAKER.name)
        await network.restart(FAKER.name, { FAKE_SHARE: String(share) })
      }
      rounds.push(await realRound(network, share, flags.seed * 1000 + i))
      process.stderr.write(`real f ${share}: ${JSON.stringify(rounds.at(-1))}\n`)
    }
    return rounds
  } finally {
    await network.close()
    rmSync(dir, { recursive: true, force: true })
  }
}

async function realRound(network: Network, share: number, seed: number): Promise<RealRound> {
  const order = { segments: SEGMENTS, validators: VALIDATORS, samples: SAMPLES, seed }
  const taskId = await network.order(microTask(network.dir, order))
  const { rounds, slashed } = await network.ended(taskId, TASK_MS)
  const faked = z.array(z.number()).parse((await network.process(FAKER.name).line('faked')).leaves)
  const { trainers, validators } = rounds[0]
  const { index } = trainers.find(({ account }) => account === FAKER.account)!
  const drawn = [...new Set(validators.flatMap(({ leaves }) => leaves[index]))].sort((a, b) => a - b)
  const here = slashed.filter(({ task }) => task === taskId)
  const caught = here.some(({ account, reason }) => account === FAKER.account && reason === 'LEAF_FALSE')
  const hit = drawn.some((leaf) => faked.includes(leaf))
  return {
    share,
    predicted: caughtChance({ f: share, v: VALIDATORS, s: SAMPLES }),
    faked,
    drawn,
    caught,
    ok: caught === hit && here.every(({ account }) => account === FAKER.account),
  }
}
