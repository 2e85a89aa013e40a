/** `blyan gateway`: serves the page, REST, events and answers over one market, until it is stopped. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ONE_NEAR } from '../../chain/lib/units.ts'
import { parseOrigins } from '../../chain/lib/visitors.ts'
import { signNatively } from '../../chain/node/nativeKeys.ts'
import { NETWORKS } from '../../near.config.ts'
import { openLog } from '../../workers/gateway/log.ts'
import { startGateway } from '../../workers/gateway/start.ts'
import { readDeployment } from '../bridge/readDeployment.ts'
import { buildFrontend } from '../build/frontend.ts'
import { BANK } from '../up/bootstrap.ts'
import { keyPath } from '../up/keys.ts'
import { parseArgs } from './args.ts'

const { rpcUrl, contracts } = NETWORKS.embedded

const SPEC = {
  command: 'gateway',
  sentence: 'Serves the page, REST, live events and answers over one market.',
  flags: {
    rpc: { type: 'string', value: 'URL', help: 'NEAR RPC', default: rpcUrl },
    dir: { type: 'string', value: 'DIR', help: 'its index, keys, drafts and log', default: '.blyan/gateway' },
    port: {
      type: 'integer',
      value: 'P',
      help: 'port of everything; 0 takes a free one',
      default: '4173',
      min: 0,
      max: 65_535,
    },
    key: { type: 'string', value: 'FILE', help: 'key file of its own account: opens keys for people who are away' },
    market: { type: 'string', value: 'ACCOUNT', help: 'the market contract', default: contracts.market },
    bly: { type: 'string', value: 'ACCOUNT', help: 'the token contract', default: contracts.bly },
    origin: { type: 'string', value: 'URL[,URL]', help: 'other pages that may call; BLYAN_ORIGIN is its own address' },
    peer: {
      type: 'string',
      value: 'URL',
      help: 'public address of its content door, where workers fetch what was ordered here',
    },
    from: {
      type: 'integer',
      value: 'HEIGHT',
      help: 'first block to follow: the one before the contracts',
      default: '0',
      min: 0,
    },
    faucet: {
      type: 'string',
      value: 'DIR',
      help: 'gives out development money of the embedded network in this folder',
    },
    bridge: { type: 'string', value: 'FILE', help: 'bridge.json of the bridge that it tells of' },
    relay: { type: 'integer', value: 'NEAR', help: 'pays gas of signed-in accounts, so much a day in all', min: 1 },
    json: { type: 'boolean', help: 'JSON Lines instead of sentences' },
  },
} as const

export async function run(argv: string[]): Promise<number> {
  const { flags } = parseArgs(SPEC, argv)
  const { DATABASE_URL, REDIS_URL, BLYAN_ORIGIN, BLYAN_EVM_RPC, BLYAN_EVM_CHAIN_ID } = process.env
  const dir = resolve(flags.dir)
  const log = openLog(dir)
  const say = (type: string, data: Record<string, unknown>, sentence: string): void => {
    const line = flags.json ? JSON.stringify({ type, at: Date.now(), ...data }) : sentence
    process.stdout.write(`${line}\n`)
  }
  const interrupted = untilSignal()
  const pages = await builtPages((what) => log.error('the page is not served', { what }))
  const gateway = await startGateway({
    rpcUrl: flags.rpc,
    dir,
    port: flags.port,
    contracts: { bly: flags.bly, market: flags.market },
    bridge: flags.bridge === undefined ? undefined : readDeployment(flags.bridge),
    origin: BLYAN_ORIGIN ? parseOrigins(BLYAN_ORIGIN, 'BLYAN_ORIGIN')[0] : undefined,
    origins: parseOrigins(flags.origin ?? ''),
    databaseUrl: DATABASE_URL || undefined,
    redisUrl: REDIS_URL || undefined,
    evm: { chainId: Number(BLYAN_EVM_CHAIN_ID ?? 1), rpcUrl: BLYAN_EVM_RPC || null },
    keyFile: flags.key,
    peer: flags.peer,
    startHeight: flags.from,
    faucet: flags.faucet === undefined ? undefined : faucetKeys(resolve(flags.faucet)),
    relay: flags.relay === undefined ? undefined : relayBudget(BigInt(flags.relay)),
    pages,
    version: version(),
    strict: process.env.NODE_ENV !== 'production',
    sign: signNatively,
    log,
  })
  const { url, port, origin, database } = gateway
  say('ready', { url, port, origin, database, page: pages === undefined ? null : url }, readyText(url, database, dir))
  try {
    const signal = await Promise.race([interrupted, gateway.done])
    return signal === 'SIGINT' ? 130 : 0
  } finally {
    await gateway.stop()
    log.close()
  }
}

const readyText = (url: string, database: string, dir: string): string =>
  [
    `Page      ${url}`,
    `REST      ${url}/docs`,
    `Database  ${database}`,
    `Log       ${join(dir, 'gateway.log')}`,
    'Ctrl-C stops it.',
  ].join('\n')

/** A page that does not build leaves the rest of the gateway as it is. */
async function builtPages(tell: (what: string) => void): Promise<string | undefined> {
  try {
    return (await buildFrontend()).dir
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error))
    return undefined
  }
}

const faucetKeys = (dir: string) => ({ root: join(dir, 'validator_key.json'), bank: keyPath(dir, BANK) })

/** One account may spend a twentieth of the day's budget. */
const relayBudget = (near: bigint) => ({ perDay: near * ONE_NEAR, perAccount: (near * ONE_NEAR) / 20n })

function version(): string {
  const file = resolve(import.meta.dirname, '../../package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal))
  })
}
