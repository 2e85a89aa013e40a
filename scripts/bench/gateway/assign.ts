/** From a signed order to the draw of its trainers, through SDK and gateway, with blocks every 500 ms; and how long a draft takes. */
import { Blyan } from '../../../chain/client/sdk/index.ts'
import { gpt, initialParameters, rng } from '../../../workers/engine/index.ts'
import type { BenchOptions, BenchResult } from '../../lib/bench.ts'
import { bly } from '../../up/bootstrap.ts'
import { member, memberArgs } from '../../up/fleetPlan.ts'
import { keyOf } from '../../up/keys.ts'
import { type BenchNetwork, startBenchNetwork } from './network.ts'
import { percentile } from './percentile.ts'

const BLOCK_MS = 500
const TASKS = 20
const MEMBERS = [
  member('trainer-1', 'trainer'),
  member('validator-1', 'validator'),
  member('validator-2', 'validator'),
  member('validator-3', 'validator'),
]
const REQUESTER = 'requester.test.near'

export async function benchAssign({ quick, seed, progress }: BenchOptions): Promise<BenchResult[]> {
  const network = await startBenchNetwork({ intervalMs: BLOCK_MS })
  const stop = new AbortController()
  try {
    await startMembers(network)
    const { bank, dir, url } = network
    await bank.open(REQUESTER, bly(100_000))
    const { accountId, secretKey } = keyOf(dir, REQUESTER)
    const writes: number[] = []
    const blyan = new Blyan({
      gateway: url,
      signer: { accountId, secretKey },
      firstParameters: (model, modelSeed) => initialParameters(gpt(model), modelSeed),
      fetch: async (input, init) => {
        const begun = performance.now()
        const response = await fetch(input, init)
        if (init?.method === 'POST' && String(input).endsWith('/api/v1/tasks')) writes.push(performance.now() - begun)
        return response
      },
    })
    await blyan.auth.signIn()
    const assigned = new Map<string, number>()
    const following = followDraws(blyan, assigned, stop.signal)
    const order = { model: 'small', rounds: 1, workers: 1, steps: 8, segments: 4, smallPool: true } as const
    const waits: number[] = []
    for (let n = 0; n < (quick ? 2 : TASKS); n++) {
      const prepared = await blyan.tasks.prepare(order, textOf(seed + n))
      const submitted = performance.now()
      const { id } = await blyan.tasks.place(prepared)
      while (!assigned.has(id)) await new Promise((done) => setTimeout(done, 5))
      waits.push(assigned.get(id)! - submitted)
      await blyan.tasks.wait(id)
    }
    stop.abort()
    await following.catch(() => {})
    progress(`${waits.length} orders`)
    return [
      { id: 'gateway.write.p95', unit: 'ms', better: 'lower', ...p95Of(writes) },
      { id: 'gateway.assign.p95', unit: 'ms', better: 'lower', ...p95Of(waits) },
    ]
  } finally {
    stop.abort()
    await network.close()
  }
}

async function startMembers({ bank, fleet, dir, rpcUrl }: BenchNetwork): Promise<void> {
  const { market } = bank.network.contracts
  for (const each of MEMBERS) {
    await bank.open(each.account, bly(10_000))
    const process = fleet.start({
      role: each.role,
      account: each.account,
      script: each.script,
      args: memberArgs(each, { rpcUrl, dir, market }),
    })
    const peer = String((await process.line('ready')).peer)
    await bank.stake(each.account, bly(6_000), { roles: [each.role], kind: 'cpu', class: 'edge', peer })
  }
}

async function followDraws(blyan: Blyan, assigned: Map<string, number>, signal: AbortSignal): Promise<void> {
  for await (const { data } of blyan.events({ topics: ['round'], signal })) {
    if (data.event === 'round_assigned') assigned.set(String(data.task), performance.now())
  }
}

/** The value is the 95th percentile; least and largest are of the single orders. */
const p95Of = (values: readonly number[]) => ({
  median: percentile(values, 95),
  min: Math.min(...values),
  max: Math.max(...values),
  n: values.length,
})

/** Plain numbered lines, a little above the least that a text may have. */
function textOf(seed: number): string {
  const random = rng(seed.toString(16).padStart(8, '0'), 'bench text')
  return Array.from({ length: 6_000 }, (_, line) => `${line} ${random.below(1e9)} ${random.below(1e9)} words.`).join(
    '\n',
  )
}
