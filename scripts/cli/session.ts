/** What commands about the market need: a way to the chain (an address, or a stored chain opened here), views, events, a key. */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { BLY_ERRORS, type BlyContract, blyContract } from '../../chain/client/near/bly.gen.ts'
import { BRIDGE_ERRORS } from '../../chain/client/near/bridge.gen.ts'
import { connect, fixesOf, type NearClient } from '../../chain/client/near/index.ts'
import { MARKET_ERRORS, type MarketContract, marketContract } from '../../chain/client/near/market.gen.ts'
import { decodeValue } from '../../chain/client/near/result.ts'
import type { ChainEvent } from '../../chain/client/why/index.ts'
import { bytesToBase64, utf8ToBytes } from '../../chain/lib/bytes.ts'
import { BlyanError, type Fault } from '../../chain/lib/errors.ts'
import { ChainLockedError, startChainNode } from '../../chain/node/index.ts'
import { signNatively } from '../../chain/node/nativeKeys.ts'
import { NETWORKS } from '../../near.config.ts'
import { readKeyFile } from '../../workers/node/keyFile.ts'
import { eventReader } from '../up/events.ts'
import { UsageError } from './errors.ts'

/** The folder holds no stored chain. */
export class NoStoredChainError extends BlyanError {
  static override readonly code: string = 'CLI_NO_STORED_CHAIN'
  static override readonly fault: Fault = 'user'
}
/** Another process has the stored chain open, and left no address. */
export class StoredChainBusyError extends BlyanError {
  static override readonly code: string = 'CLI_STORED_CHAIN_BUSY'
  static override readonly fault: Fault = 'user'
}
/** What answers at this address is no market of this version. */
export class NotAMarketError extends BlyanError {
  static override readonly code: string = 'CLI_NOT_A_MARKET'
  static override readonly fault: Fault = 'config'
}

const { rpcUrl, contracts } = NETWORKS.embedded

/** Flags by which every such command finds its chain. */
export const PLACE_FLAGS = {
  rpc: { type: 'string', value: 'URL', help: `NEAR RPC (default ${rpcUrl})` },
  dir: { type: 'string', value: 'DIR', help: 'a stored chain instead: opened here, or asked where it runs' },
  market: { type: 'string', value: 'ACCOUNT', help: 'the market contract', default: contracts.market },
  bly: { type: 'string', value: 'ACCOUNT', help: 'the token contract', default: contracts.bly },
} as const

/** Flags of commands that sign. */
export const SIGN_FLAGS = {
  key: { type: 'string', value: 'FILE', help: 'key file of the account, mode 0600', required: true },
  yes: { type: 'boolean', help: 'sign without a question' },
  json: { type: 'boolean', help: 'one JSON document' },
} as const

export interface PlaceOptions {
  rpc?: string
  dir?: string
  market: string
  bly: string
  /** Key file. */
  key?: string
}

export interface Head {
  height: number
  /** ms since the Unix epoch: the market's own clock. */
  at: number
}

export interface Session {
  readonly client: NearClient
  readonly market: MarketContract
  readonly bly: BlyContract
  /** Where the answers come from, for people: an address or a folder. */
  readonly place: string
  readonly ids: { readonly market: string; readonly bly: string }
  /** The key's account; '' without a key. */
  readonly account: string
  /** @param height a block, so that several views tell of one moment  @throws NotAMarketError */
  view<S extends z.ZodType>(schema: S, method: string, args?: object, height?: number): Promise<z.infer<S>>
  head(): Promise<Head>
  /** All events of the market and the token so far. */
  events(): Promise<ChainEvent[]>
  /** `trainer-2` as people say it → `trainer-2.test.near`. */
  accountId(name: string): string
  close(): Promise<void>
}

/** Opens the chain, runs `work`, and closes whatever was opened. */
export async function withSession<T>(options: PlaceOptions, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await openSession(options)
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}

/** @throws UsageError, NoStoredChainError, StoredChainBusyError, KeyFileError, chain and network errors */
export async function openSession(options: PlaceOptions): Promise<Session> {
  const signer = options.key === undefined ? undefined : readKeyFile(options.key)
  const { url, place, close } = await findChain(options)
  const { market, bly } = options
  const client = connect({ rpcUrl: url, signer, sign: signNatively, fixes: FIXES, patienceMs: 5_000 })
  return {
    client,
    market: marketContract(client, market),
    bly: blyContract(client, bly),
    place,
    ids: { market, bly },
    account: signer?.accountId ?? '',
    close,
    async view(schema, method, args = {}, height) {
      const raw =
        height === undefined
          ? await client.view(market, method, args)
          : await viewAt(client, market, method, args, height)
      const parsed = schema.safeParse(raw)
      if (parsed.success) return parsed.data
      const issue = parsed.error.issues[0]
      throw new NotAMarketError({
        what: `${market} answers ${method} with something else at "${issue?.path.join('.')}": ${issue?.message}.`,
        fix: 'Name the market with --market, and use a Blyan of the same version.',
        data: { field: 'market', method },
      })
    },
    async head() {
      const { header } = blockSchema.parse(await client.rpc('block', { finality: 'final' }))
      return { height: header.height, at: Number(BigInt(header.timestamp_nanosec) / 1_000_000n) }
    },
    events: () => eventReader(client.rpc, [market, bly]).next(),
    accountId: (name) => (name.includes('.') ? name : `${name}${market.slice(market.indexOf('.'))}`),
  }
}

const blockSchema = z.object({ header: z.object({ height: z.number(), timestamp_nanosec: z.string() }) })

const FIXES = fixesOf(BLY_ERRORS, MARKET_ERRORS, BRIDGE_ERRORS)

async function viewAt(client: NearClient, contract: string, method: string, args: object, height: number) {
  const { result } = (await client.rpc('query', {
    request_type: 'call_function',
    block_id: height,
    account_id: contract,
    method_name: method,
    args_base64: bytesToBase64(utf8ToBytes(JSON.stringify(args))),
  })) as { result: number[] }
  return decodeValue(Uint8Array.from(result))
}

interface Found {
  url: string
  place: string
  close(): Promise<void>
}

const remote = (url: string): Found => ({ url, place: url, close: async () => {} })

async function findChain({ rpc, dir }: PlaceOptions): Promise<Found> {
  if (rpc !== undefined && dir !== undefined) {
    throw new UsageError({
      what: '--rpc and --dir both name a chain.',
      fix: 'Give one of them: --rpc for a running chain, --dir for a stored one.',
      data: { field: 'dir' },
    })
  }
  if (dir === undefined) return remote(checkedUrl(rpc ?? rpcUrl))
  const root = resolve(dir)
  const folder = [root, join(root, 'chain')].find((each) => existsSync(join(each, 'chain.log')))
  if (folder === undefined) {
    throw new NoStoredChainError({
      what: `There is no stored chain in ${root}: chain.log is missing.`,
      fix: 'Name the folder that `blyan up --dir` or `blyan chain --dir` was given.',
      data: { field: 'dir', dir: root },
    })
  }
  try {
    const node = await startChainNode({ dir: folder, port: 0, intervalMs: 0 })
    return { url: node.rpc.url, place: folder, close: () => node.stop() }
  } catch (error) {
    if (!(error instanceof ChainLockedError)) throw error
    const running = addressIn(root)
    if (running !== null) return remote(running)
    throw new StoredChainBusyError({
      what: `Another process has the chain in ${folder} open.`,
      fix: 'Ask that process: --rpc URL, with the address that it printed.',
      data: { field: 'dir', dir: folder },
      cause: error,
    })
  }
}

/** Where the network of this folder listens, if it said so. */
function addressIn(dir: string): string | null {
  try {
    return z.object({ rpcUrl: z.url() }).parse(JSON.parse(readFileSync(join(dir, 'network.json'), 'utf8'))).rpcUrl
  } catch {
    return null
  }
}

function checkedUrl(text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text
  throw new UsageError({
    what: `--rpc is ${JSON.stringify(text)}; an address such as ${rpcUrl} is needed.`,
    fix: 'Copy it from what `blyan chain` or `blyan up` printed.',
    data: { field: 'rpc' },
  })
}
