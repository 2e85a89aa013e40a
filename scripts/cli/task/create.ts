/** `blyan task create`: price, risk and what becomes public; one question; then it serves the task until it has ended. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from '../../../chain/client/near/index.ts'
import { InvalidArgumentError } from '../../../chain/lib/errors.ts'
import { tgas } from '../../../chain/lib/units.ts'
import { signNatively } from '../../../chain/node/nativeKeys.ts'
import { NETWORKS } from '../../../near.config.ts'
import { drawHeldOut, loadDefaultData, splitOwnText } from '../../../workers/data/index.ts'
import { type PreparedTask, prepareTask } from '../../../workers/node/createTask.ts'
import { readKeyFile } from '../../../workers/node/keyFile.ts'
import { type StartedNode, startNode } from '../../../workers/node/start.ts'
import { showBly } from '../amount.ts'
import { type FlagValues, parseArgs } from '../args.ts'
import { confirm } from '../ask.ts'
import { table } from '../print.ts'
import { DEMO, orderOf } from './order.ts'

const SPEC = {
  command: 'task create',
  sentence: 'Orders the training of a model: shows the price, asks once, then serves the task until it has ended.',
  flags: {
    rpc: { type: 'string', help: 'NEAR RPC', value: 'URL', default: NETWORKS.embedded.rpcUrl },
    key: { type: 'string', help: "the requester's key file", value: 'FILE', required: true },
    dir: {
      type: 'string',
      help: 'folder for what it serves, and for the keys of the test text',
      value: 'DIR',
      default: '.blyan/requester',
    },
    data: {
      type: 'string',
      help: 'text to train on; becomes public. Without it: text of the installed packages',
      value: 'FILE',
    },
    rounds: { type: 'integer', help: 'rounds', default: String(DEMO.rounds), min: 1, max: 1000 },
    workers: { type: 'integer', help: 'trainers a round', default: '3', min: 1, max: 32 },
    steps: {
      type: 'integer',
      help: 'steps a trainer does in a round',
      default: String(DEMO.steps),
      min: 4,
      max: 100_000,
    },
    segments: {
      type: 'integer',
      help: 'samples that a round is cut into',
      default: String(DEMO.segments),
      min: 2,
      max: 256,
    },
    batch: { type: 'integer', help: 'examples a step', default: String(DEMO.batch), min: 1, max: 4096 },
    layers: { type: 'integer', help: 'layers of the model', default: String(DEMO.model.layers), min: 1, max: 64 },
    width: { type: 'integer', help: 'width of the model', default: String(DEMO.model.width), min: 4, max: 4096 },
    context: {
      type: 'integer',
      help: 'bytes that it looks back',
      default: String(DEMO.model.context),
      min: 8,
      max: 4096,
    },
    certainty: {
      type: 'integer',
      help: 'chance in 100 that a trainer who faked a tenth of its work is caught: 50, 80, 90, 95, 99',
      default: '50',
    },
    validators: { type: 'integer', help: 'another row of that certainty' },
    samples: { type: 'integer', help: 'another row of that certainty' },
    'held-out': {
      type: 'integer',
      help: 'bytes of sealed test text a round',
      default: String(DEMO.heldOutBytes),
      min: 128,
      max: 16_777_216,
    },
    pay: { type: 'bly', help: 'pay of one trainer for one round', default: '10' },
    class: { type: 'string', help: 'which trainers', choices: ['any', 'edge', 'cloud', 'browser'], default: 'any' },
    'small-pool': { type: 'boolean', help: 'accept fewer independent operators than the odds assume' },
    seed: { type: 'string', help: 'seed of the first parameters, hex', value: 'HEX', default: '1' },
    'secret-seed': {
      type: 'string',
      help: 'seed of the sealed test text, hex, kept by you; random when absent',
      value: 'HEX',
    },
    market: {
      type: 'string',
      help: 'the market contract',
      value: 'ACCOUNT',
      default: NETWORKS.embedded.contracts.market,
    },
    bly: { type: 'string', help: 'the token contract', value: 'ACCOUNT', default: NETWORKS.embedded.contracts.bly },
    max: { type: 'bly', help: 'refuse to sign for more', value: 'BLY' },
    yes: { type: 'boolean', help: 'sign without a question' },
    stay: { type: 'boolean', help: 'go on serving after the task has ended' },
    json: { type: 'boolean', help: 'JSON Lines instead of sentences' },
  },
} as const

type Flags = FlagValues<typeof SPEC>

interface QuoteView {
  work: string
  fee: string
  reserve: string
  deposit: string
  bounty: string
  validators: number
  samples: number
  validator_fee: string
  storage_yocto: string
}

export async function run(argv: string[]): Promise<number> {
  const { flags } = parseArgs(SPEC, argv)
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  const say = (type: string, data: Record<string, unknown>): void => {
    if (flags.json) process.stdout.write(`${JSON.stringify({ type, at: Date.now(), ...data })}\n`)
    else
      process.stderr.write(
        `${type}  ${Object.entries(data)
          .map((pair) => pair.join(' '))
          .join(' · ')}\n`,
      )
  }
  const node = await startNode({
    rpcUrl: flags.rpc,
    keyFile: flags.key,
    dir: flags.dir,
    market: flags.market,
    signal: stop.signal,
    log: (what, data = {}) => say(what, data),
  })
  try {
    const prepared = await prepare(flags, node, say)
    const client = connect({
      rpcUrl: flags.rpc,
      signer: readKeyFile(flags.key),
      sign: signNatively,
      signal: stop.signal,
    })
    const quote = await client.view<QuoteView>(flags.market, 'quote', { spec: prepared.spec })
    requireCeiling(flags, BigInt(quote.bounty))
    if (!flags.json) process.stderr.write(quoteText(flags, quote, prepared))
    if (!flags.yes) await confirm(`Sign with ${client.accountId}?`, { yes: false })
    await payStorage(client, flags, quote)
    const id = await order(client, flags, prepared, quote)
    say('task', { id, bountyAtto: quote.bounty, spec: prepared.spec.spec })
    await untilEnded(node, id, stop.signal, say)
    if (!flags.stay) stop.abort()
  } catch (error) {
    stop.abort()
    await node.done
    throw error
  }
  await node.done
  return 0
}

async function prepare(
  flags: Flags,
  node: StartedNode,
  say: (type: string, data: Record<string, unknown>) => void,
): Promise<PreparedTask> {
  const { operator, peerUrl } = node
  const secret = flags['secret-seed'] ? Buffer.from(flags['secret-seed'], 'hex') : randomBytes(32)
  const seed = new Uint8Array(secret)
  const wanted = { seed, rounds: flags.rounds, bytesPerRound: flags['held-out'] }
  const source = flags.data ? splitOwnText(readFileSync(flags.data), seed) : loadDefaultData({ root: ROOT })
  const drawn = drawHeldOut({ reserve: source.reserve, train: source.train, ...wanted })
  say('data', {
    trainBytes: source.train.length,
    heldOutBytes: flags.rounds * flags['held-out'],
    overlap: drawn.overlap,
  })
  const order = orderOf(
    flags,
    { training: source.train, heldOut: drawn.sets },
    { seed: flags.seed.padStart(64, '0'), nonce: BigInt(`0x${randomBytes(7).toString('hex')}`) },
  )
  return prepareTask(order, {
    store: operator.store,
    journal: operator.journal,
    runtime: operator.compute.runtime,
    counters: operator.compute.counters,
    seed,
    peer: peerUrl,
  })
}

const ROOT = join(import.meta.dirname, '..', '..', '..')

function requireCeiling({ max }: Flags, bounty: bigint): void {
  if (max === undefined || bounty <= max) return
  throw new InvalidArgumentError({
    what: `The task costs ${showBly(bounty, { as: 'cost' })} BLY; --max is ${showBly(max)} BLY.`,
    fix: `Use --max ${showBly(bounty, { as: 'cost' })}, or order fewer rounds, trainers or a lower certainty.`,
    data: { field: 'max' },
  })
}

function quoteText(flags: Flags, quote: QuoteView, { document }: PreparedTask): string {
  const trainers = flags.pay * BigInt(flags.workers * flags.rounds)
  const validators = BigInt(quote.work) - trainers
  const cost = (atto: bigint | string): string => showBly(BigInt(atto), { as: 'cost' })
  const returns = BigInt(quote.reserve) + BigInt(quote.deposit)
  const rows = [
    [
      'spent',
      `trainers ${cost(trainers)}   validators ${cost(validators)}   fee ${cost(quote.fee)}`,
      cost(BigInt(quote.bounty) - returns),
    ],
    [
      'returns',
      `reserve ${cost(quote.reserve)} when unused   deposit ${cost(quote.deposit)} unless you go silent`,
      cost(returns),
    ],
    ['you sign for at most', '', cost(quote.bounty)],
  ]
  const columns = [{ title: '' }, { title: '' }, { title: '', align: 'right' as const }]
  const what = flags.data ?? 'the text of the installed packages'
  return [
    `Train GPT ${Math.round(document.model.parameters / 1000)} k on ${what} (${(document.data.bytes / 1e6).toFixed(1)} MB), ` +
      `${flags.rounds} rounds, ${flags.workers} trainers, certainty ${flags.certainty} %`,
    table(
      columns,
      rows.map((row) => [`  ${row[0]}`, row[1], `${row[2]} BLY`]),
    ),
    `  buys     a trainer faking a tenth of its work is caught ${flags.certainty} times in 100 or more, a third of all seats being`,
    `           hostile; caught, it loses several rounds' pay. ${flags['small-pool'] ? 'Small pool: fewer independent operators than that assumes.' : ''}`,
    `  public   ${what} goes to the workers; each round's test text opens after its round`,
    '',
  ].join('\n')
}

async function payStorage(client: ReturnType<typeof connect>, { market }: Flags, quote: QuoteView): Promise<void> {
  const balance = await client.view<{ available: string } | null>(market, 'storage_balance_of', {
    account_id: client.accountId,
  })
  const missing = BigInt(quote.storage_yocto) - BigInt(balance?.available ?? 0)
  if (missing <= 0n && balance !== null) return
  const bounds = await client.view<{ min: string }>(market, 'storage_balance_bounds', {})
  const deposit = (missing > 0n ? missing : 0n) + (balance === null ? BigInt(bounds.min) : 0n)
  await client.call(market, 'storage_deposit', {}, { gas: tgas(30), deposit })
}

async function order(
  client: ReturnType<typeof connect>,
  { bly, market }: Flags,
  { spec }: PreparedTask,
  { bounty }: QuoteView,
): Promise<string> {
  const result = await client.call<string>(
    bly,
    'ft_transfer_call',
    { receiver_id: market, amount: bounty, msg: JSON.stringify({ task: spec }) },
    { gas: tgas(200), deposit: 1n, failOnAnyReceipt: true },
  )
  const created = result.events.find(({ event }) => event === 'task_created')?.data as { task: string }[] | undefined
  if (created?.[0]) return created[0].task
  const reason = result.logs.find((line) => line.startsWith('E_')) ?? 'the market returned the transfer'
  throw new InvalidArgumentError({
    what: `No task was made: ${reason}.`,
    fix: 'The BLY is back with you; order again.',
  })
}

async function untilEnded(
  { operator }: StartedNode,
  id: string,
  signal: AbortSignal,
  say: (type: string, data: Record<string, unknown>) => void,
): Promise<void> {
  while (!signal.aborted) {
    const task = await operator.views.task(id).catch(() => null)
    if (task?.vested) {
      say('ended', { id, state: task.state, reason: task.reason ?? '' })
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}
