/** `blyan up`: the whole market on this machine, a real task through it, and a report that anyone can recompute. */
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { oracleContract } from '../../chain/client/near/oracle.gen.ts'
import { tgas } from '../../chain/lib/units.ts'
import { NETWORKS } from '../../near.config.ts'
import { marketViews } from '../../workers/node/views.ts'
import { storageNode } from '../../workers/storage/index.ts'
import { startBridge } from '../bridge/start.ts'
import { buildContracts } from '../build/contracts.ts'
import { buildEvm } from '../build/evm.ts'
import { buildFrontend } from '../build/frontend.ts'
import { type Bank, bly, deployContracts, openBank } from '../up/bootstrap.ts'
import { bridgeRun, travellerKey } from '../up/bridge.ts'
import { createCard } from '../up/card.ts'
import { chainArgs, gatewayArgs, PAGE_PORT, portFor, requesterArgs } from '../up/commands.ts'
import { GATEWAY, MEMBERS, memberArgs, REQUESTER } from '../up/fleetPlan.ts'
import { clearNetwork, markNetwork } from '../up/folder.ts'
import { countLive, gatewayBlock } from '../up/gateway.ts'
import { recomputeOutcome } from '../up/outcome.ts'
import { startPrices } from '../up/prices.ts'
import { reportText } from '../up/printReport.ts'
import { createFleet } from '../up/processes.ts'
import { checkReceipts } from '../up/receipts.ts'
import { buildReport } from '../up/report.ts'
import { stopwatch } from '../up/stopwatch.ts'
import { watchTask } from '../up/watch.ts'
import { parseArgs } from './args.ts'
import { readPrice } from './price.ts'
import { palette } from './print.ts'
import { DEMO } from './task/order.ts'

const SPEC = {
  command: 'up',
  sentence: 'Runs a whole market on this machine, trains a model in it, and shows who was paid and why.',
  flags: {
    once: { type: 'boolean', help: 'end after the report' },
    json: { type: 'string', help: 'write the report there', value: 'FILE' },
    seed: { type: 'integer', help: 'seed of the model and of the test text', default: '1', min: 0, max: 2 ** 31 },
    rounds: { type: 'integer', help: 'rounds of training', default: String(DEMO.rounds), min: 1, max: 100 },
    steps: {
      type: 'integer',
      help: 'steps a trainer does in a round; fewer for a quick look',
      default: String(DEMO.steps),
      min: 4,
      max: 100_000,
    },
    segments: {
      type: 'integer',
      help: 'samples that a round is cut into, two steps each at least',
      default: String(DEMO.segments),
      min: 4,
      max: 256,
    },
    dir: {
      type: 'string',
      help: 'folder of the network; an earlier network in it is replaced',
      value: 'DIR',
      default: '.blyan',
    },
    port: { type: 'integer', help: 'port of the NEAR RPC; 0 takes a free one', default: '0', min: 0, max: 65_535 },
    page: {
      type: 'integer',
      help: 'port of the page; any free one where it is taken, or with --once',
      default: String(PAGE_PORT),
      min: 0,
      max: 65_535,
    },
  },
} as const

const ROOT = join(import.meta.dirname, '..', '..')

export async function run(argv: string[]): Promise<number> {
  const { flags } = parseArgs(SPEC, argv)
  const clock = stopwatch()
  const dir = resolve(flags.dir)
  clearNetwork(dir)
  const stop = new AbortController()
  const card = createCard(process.stderr, Date.now(), Date.now)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(signal))
  const fleet = createFleet(join(dir, 'log'), ROOT)
  const sampling = setInterval(fleet.sample, 10_000)
  try {
    card.note('up', 'builds the contracts')
    const built = await buildContracts({ names: ['bly', 'market', 'bridge', 'dex', 'oracle'], quiet: true })
    await buildEvm()
    card.note('up', 'builds the page')
    await buildFrontend()
    clock.lap('buildMs')
    const wasmOf = (name: string): string => built.find((each) => each.name === name)!.wasmPath
    const wasm = {
      bly: wasmOf('bly'),
      market: wasmOf('market'),
      bridge: wasmOf('bridge'),
      dex: wasmOf('dex'),
      oracle: wasmOf('oracle'),
    }

    const pagePort = await portFor(flags.once ? 0 : flags.page)
    const chain = fleet.start({
      role: 'chain',
      account: 'chain',
      script: 'scripts/cli/main.ts',
      args: chainArgs({ dir, port: flags.port, pagePort }),
    })
    const ready = await chain.line('ready')
    const rpcUrl = `http://127.0.0.1:${ready.port}`
    markNetwork(dir, rpcUrl)
    const network = { ...NETWORKS.embedded, rpcUrl }
    const { market } = network.contracts
    card.note('chain', `answers at ${rpcUrl}`)
    const bank = openBank({ rpcUrl, dir, network })
    await deployContracts(bank, wasm)
    await bank.open(GATEWAY, 0n)
    const progress = new Map<string, { done: number; of: number }>()
    const gas = new Map<string, number[]>()
    const listen = (account: string) => (line: Record<string, unknown>) => {
      if (line.type === 'trained') progress.set(account, { done: Number(line.step), of: Number(line.of) })
      if (line.type === 'called')
        gas.set(String(line.method), [...(gas.get(String(line.method)) ?? []), Number(line.gas)])
    }
    const [bridge] = await Promise.all([
      startBridge({
        near: { rpcUrl, root: bank.client, dir, contracts: network.contracts },
        dir: join(dir, 'bridge'),
        fleet,
        wasm: wasm.bridge,
        fund: [travellerKey(dir).address],
      }),
      startMembers({ bank, fleet, dir, rpcUrl, market, listen }),
    ])
    const { signers, k, evm } = bridge.deployment
    card.note('bridge', `to EVM at ${evm.rpcUrls[0]}, ${k} of ${signers.length} signers`)
    const gateway = fleet.start({
      role: 'gateway',
      account: GATEWAY,
      script: 'scripts/cli/main.ts',
      args: gatewayArgs({ rpcUrl, dir, port: pagePort, bridge: bridge.file }),
    })
    await bank.open(REQUESTER, bly(5000))
    card.note('up', `${MEMBERS.length} operators have staked`)
    const pageUrl = String((await gateway.line('ready')).url)
    const live = await countLive(pageUrl)
    card.note('gateway', `serves the page at ${pageUrl}`)
    clock.lap('startMs')

    const requester = fleet.start({
      role: 'requester',
      account: REQUESTER,
      script: 'scripts/cli/main.ts',
      args: requesterArgs({ ...flags, rpcUrl, dir }),
      onLine: listen(REQUESTER),
    })
    const { id } = await requester.line('task')
    const taskId = String(id)
    const views = marketViews((method, args) => bank.client.view(market, method, args))
    const crossing = bridgeRun(bridge, bank, (what) => card.note('bridge', what), stop.signal)
    const [events, transfers] = await Promise.all([
      watchTask({
        client: bank.client,
        views,
        market,
        bly: network.contracts.bly,
        taskId,
        card,
        progress,
        signal: stop.signal,
      }),
      crossing.travel(),
      startPrices(bank, fleet, wasm),
    ])
    clock.lap('taskMs')

    await bank.client.call(market, 'flush_burn', {}, { gas: tgas(60), deposit: 0n })
    const store = storageNode({ dir: join(dir, 'nodes', 'report'), rpcPort: null, gatewayPort: null })
    await store.start()
    const outcome = await recomputeOutcome(await views.task(taskId), { views, store, signal: stop.signal })
    await store.stop()
    const { receipts, stored, root } = await checkReceipts(bank.client, market)
    const rewarded = await crossing.reward(stored)
    fleet.sample()
    const data = await requester.line('data')
    const told = await gatewayBlock({
      url: pageUrl,
      client: bank.client,
      network,
      accounts: [REQUESTER, ...MEMBERS.map(({ account }) => account)],
      live,
    })
    live.close()
    const report = await buildReport({
      client: bank.client,
      views,
      network,
      dir,
      seed: flags.seed,
      taskId,
      events,
      outcome,
      receipts,
      receiptRoot: root,
      gateway: told,
      bridge: await crossing.block(transfers, rewarded),
      price: await readPrice(oracleContract(bank.client, network.contracts.oracle), network.contracts.bly, 18),
      gas,
      wasm,
      fleet,
      data: { overlap: Number(data.overlap) },
      timings: { installMs: Number(process.env.BLYAN_INSTALL_MS ?? 0), ...clock.laps(), totalMs: clock.total() },
    })
    card.end()
    process.stdout.write(reportText(report, palette(process.stdout)))
    if (flags.json) writeFileSync(flags.json, `${JSON.stringify(report, null, 1)}\n`)
    if (!flags.once) {
      process.stderr.write(
        `page ${pageUrl} · NEAR RPC ${rpcUrl} · keys ${dir}/keys · logs ${dir}/log · Ctrl-C stops everything\n`,
      )
      await new Promise<void>((end) => stop.signal.addEventListener('abort', () => end(), { once: true }))
    }
    return report.ok ? 0 : 1
  } catch (error) {
    if (stop.signal.aborted) return 130
    throw error
  } finally {
    clearInterval(sampling)
    await fleet.stop()
  }
}

async function startMembers({
  bank,
  fleet,
  dir,
  rpcUrl,
  market,
  listen,
}: {
  bank: Bank
  fleet: ReturnType<typeof createFleet>
  dir: string
  rpcUrl: string
  market: string
  listen: (account: string) => (line: Record<string, unknown>) => void
}): Promise<void> {
  for (const member of MEMBERS) await bank.open(member.account, bly(1000))
  const started = MEMBERS.map((member) => ({
    member,
    process: fleet.start({
      role: member.role,
      account: member.account,
      script: member.script,
      args: memberArgs(member, { rpcUrl, dir, market }),
      onLine: listen(member.account),
    }),
  }))
  for (const { member, process } of started) {
    const { peer } = await process.line('ready')
    await bank.stake(member.account, bly(500), { roles: [member.role], kind: 'cpu', class: 'edge', peer: String(peer) })
  }
}
