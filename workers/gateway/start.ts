/** Puts a gateway together: chain, database, index, identity, orders, answers, live events, and the server before them. */
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Deployment } from '../../chain/client/bridge/index.ts'
import { BLY_ERRORS } from '../../chain/client/near/bly.gen.ts'
import { BRIDGE_ERRORS } from '../../chain/client/near/bridge.gen.ts'
import { connect, fixesOf, type NearClient } from '../../chain/client/near/index.ts'
import { MARKET_ERRORS } from '../../chain/client/near/market.gen.ts'
import { untilReached } from '../../chain/client/near/rpc.ts'
import { openSource } from '../../chain/client/near/source/index.ts'
import type { BlyanError } from '../../chain/lib/errors.ts'
import type { SignHash } from '../../chain/lib/transaction.ts'
import { readKeyFile } from '../node/keyFile.ts'
import { answerRoutes, answersOf } from './answers/index.ts'
import { bridgeRawRoutes, bridgeRoutes } from './bridge/index.ts'
import { freePort, isLoopback } from './compose/address.ts'
import { boundedRpc } from './compose/boundedRpc.ts'
import { databaseAnswers, oncePerVersion, readGauges } from './compose/figures.ts'
import { openShared } from './compose/shared.ts'
import { openDatabase } from './database/index.ts'
import { createFaucet, faucetRoutes } from './faucet/index.ts'
import { createFollower, cursorOf, hashIndex, marketViews } from './follow/index.ts'
import { DEFAULT_LIMITS, type Limits } from './http/limits.ts'
import { createMetrics } from './http/metrics.ts'
import { asBlyanError } from './http/problem.ts'
import { rpcRoute } from './http/rpcRoute.ts'
import { createHttpServer } from './http/server.ts'
import { serviceRoutes } from './http/serviceRoutes.ts'
import { createIdentity, identityHandlers, isRevoked, serveAdmin } from './identity/index.ts'
import { createHub, eventReaderOf } from './live/index.ts'
import { openContentDoor, startOrders } from './orders/index.ts'
import { type Budget, createRelay, type Relay, relayRoutes } from './relay/index.ts'
import { olderNames, readNetworkStats, readRoutes } from './route/index.ts'
import type { GatewayConfig, Log, Parts } from './types.ts'

export interface StartOptions {
  readonly rpcUrl: string
  /** The gateway's own folder. */
  readonly dir: string
  /** 0 takes a free one. */
  readonly port: number
  readonly contracts: { readonly bly: string; readonly market: string }
  /** The bridge that it tells of; none unless told. */
  readonly bridge?: Deployment
  /** Where people reach it, when that is not this machine's loopback. */
  readonly origin?: string
  /** Further pages that may call. */
  readonly origins?: readonly string[]
  /** `postgres://…`; PGlite in the folder unless told. */
  readonly databaseUrl?: string
  /** `redis://…`: limits, nonces and revocations shared with other gateways. */
  readonly redisUrl?: string
  readonly evm?: GatewayConfig['evm']
  /** Key file of the gateway's own account; without one it opens no keys for others. */
  readonly keyFile?: string
  /** Where workers reach its content door, when that is not this machine's loopback. */
  readonly peer?: string
  /** Keys of the embedded network's root and bank. */
  readonly faucet?: { readonly root: string; readonly bank: string }
  /** Off unless told; needs a key file. */
  readonly relay?: Budget
  /** Folder of the built page. */
  readonly pages?: string
  readonly version: string
  /** First block that may hold events. */
  readonly startHeight?: number
  readonly limits?: Partial<Limits>
  /** Longest wait for an answer of the node, ms; 10 s unless told. */
  readonly rpcWaitMs?: number
  /** Answers outside their schema are errors. */
  readonly strict?: boolean
  readonly log: Log
  readonly sign?: SignHash
  readonly now?: () => number
  readonly random?: (bytes: number) => Uint8Array
}

export interface Gateway {
  readonly url: string
  readonly port: number
  readonly origin: string
  readonly database: 'pglite' | 'postgres'
  readonly parts: Parts
  /** Rejects when the index can go on no more. */
  readonly done: Promise<void>
  /** Follows until everything final is in. */
  caughtUp(): Promise<void>
  stop(): Promise<void>
}

/** A starting chain is waited for this long, ms. */
const PATIENCE_MS = 30_000
const FIXES = fixesOf(BLY_ERRORS, MARKET_ERRORS, BRIDGE_ERRORS)

/** Listens when it returns; the index may still be catching up. @throws what opening any part throws */
export async function startGateway(options: StartOptions): Promise<Gateway> {
  const { rpcUrl, dir, log, now = Date.now, random = randomBytes, sign } = options
  const bridge = options.bridge ?? null
  const contracts = { ...options.contracts, bridge: bridge?.near.bridge ?? null }
  const end = new AbortController()
  const { signal } = end
  const closers: (() => unknown)[] = []
  const close = async (): Promise<void> => {
    end.abort()
    for (const each of closers.reverse()) {
      try {
        await each()
      } catch (error) {
        log.warn('a part did not close', { error })
      }
    }
  }
  try {
    return await compose()
  } catch (error) {
    await close()
    throw error
  }

  async function compose(): Promise<Gateway> {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    const rpc = boundedRpc(rpcUrl, { quickMs: options.rpcWaitMs })
    const clientOf = (keyFile: string): NearClient =>
      connect({ rpcUrl, rpc, signer: readKeyFile(keyFile), sign, fixes: FIXES, signal })
    const chain = connect({ rpcUrl, rpc, fixes: FIXES, signal, patienceMs: 2_000 })
    const accounts = [contracts.bly, contracts.market, ...(bridge === null ? [] : [bridge.near.bridge])]
    const source = await untilReached(() => openSource(chain.rpc, accounts, undefined, signal), PATIENCE_MS, signal)
    const { chainId, genesisHash } = await source.genesis(signal)
    const embedded = isLoopback(rpcUrl) && !['mainnet', 'testnet'].includes(chainId)

    const metrics = createMetrics()
    const { databaseUrl: url } = options
    const database = await openDatabase({ dir, url, onQuery: (ms) => metrics.query(ms / 1000) })
    closers.push(() => database.close())
    const { db } = database
    const views = marketViews(chain, contracts.market)
    const follower = createFollower({
      db: database,
      source,
      views,
      contracts,
      log,
      now,
      startHeight: options.startHeight,
    })
    const shared = options.redisUrl === undefined ? null : await openShared(options.redisUrl, log, now)
    closers.push(() => shared?.close())

    const port = options.port === 0 ? await freePort() : options.port
    const origin = options.origin ?? `http://127.0.0.1:${port}`
    const config: GatewayConfig = {
      origin,
      origins: options.origins ?? [],
      hosts: [],
      chainId,
      genesisHash,
      contracts,
      rpcUrl,
      embedded,
      evm: options.evm ?? { chainId: 1, rpcUrl: null },
      dir,
    }
    const { head } = follower
    const parts: Parts = { config, db, chain, head, log, now, random, signal }

    const identity = await createIdentity(parts, shared?.identity)
    closers.push(() => identity.close())
    const store = await openContentDoor({ dir: join(dir, 'store'), log })
    closers.push(() => store.stop())
    const signer = options.keyFile === undefined ? null : clientOf(options.keyFile)
    const orders = startOrders(parts, { store, signer, peer: options.peer })
    closers.push(() => orders.stop())
    const { checkpoints } = orders
    const relay =
      options.relay === undefined || signer === null
        ? null
        : await createRelay({ parts, relayer: signer, budget: options.relay })
    const tell = (what: string, data: Record<string, unknown> = {}): void => log.info(what, data)
    const answers = answersOf(parts, { checkpoints })
    const given = embedded ? options.faucet : undefined
    const faucet = given && createFaucet({ root: clientOf(given.root), bank: clientOf(given.bank), contracts, now })

    const { chainAnswers } = follower
    const today = [
      ...identity.routes,
      ...orders.routes,
      ...readRoutes(parts, {
        tasks: { loss: async (task) => checkpoints.loss(task) },
        models: checkpoints,
        network: {
          health: () => ({
            chain: chainAnswers() ? (follower.lag() > 60 ? 'stale' : 'ok') : 'away',
            lagBlocks: follower.lag(),
          }),
          databaseAnswers: () => databaseAnswers(db),
          database: database.kind,
          indexHash: async () => {
            const { position, sha256 } = await hashIndex(db)
            return { height: Math.max(position?.height ?? 0, head.asOf().height), sha256 }
          },
        },
      }),
      ...relayRoutes(relay),
      ...bridgeRoutes(parts, bridge),
      ...(faucet === undefined ? [] : faucetRoutes(faucet)),
    ]
    const todayRaw = [
      rpcRoute(rpcUrl),
      ...bridgeRawRoutes(bridge),
      ...answerRoutes({ answers, now, random, log: tell }).routes,
    ]
    const older = olderNames(today, todayRaw)
    const [routes, raw] = [
      [...today, ...older.routes],
      [...todayRaw, ...older.raw],
    ]
    let stopped: BlyanError | null = null
    const ready = async () => ({
      chain: chainAnswers(),
      database: await databaseAnswers(db),
      lagBlocks: follower.lag(),
      stopped,
    })
    const { version, limits, pages, strict } = options
    const http = await createHttpServer({
      parts,
      routes,
      raw: [...raw, ...serviceRoutes({ routes, raw, origin, version, metrics, ready })],
      authenticate: identity.authenticate,
      limits,
      redis: shared?.redis,
      pages,
      metrics,
      strict,
      port,
    })
    const hub = await createHub({
      genesisHash,
      head,
      // What lay in the index before was news to those who listened then.
      from: (await cursorOf(db))?.height,
      readEvents: eventReaderOf(db),
      stats: oncePerVersion(parts, () => readNetworkStats(parts)),
      signIn: async (token) =>
        token === null ? null : identity.authenticate({ authorization: `Bearer ${token}`, cookies: {} }),
      stillHolds: identity.holds,
      checkVisitor: http.admits,
      now,
      log,
    })
    http.server.on('upgrade', (request, socket, first) => {
      socket.on('error', () => {}) // whoever breaks off tells nobody
      if (request.url?.split('?')[0] === '/ws') hub.upgrade(request, socket, first)
      else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    })
    identity.onRevoked((what) => hub.revoke((visitor) => isRevoked(visitor, what)))
    metrics.observe({
      wsClients: () => hub.clients,
      indexLagBlocks: follower.lag,
      relayBudget: () => relay?.spentRatio() ?? null,
      index: oncePerVersion(parts, () => readGauges(parts)),
    })
    const admin = await serveAdmin(
      dir,
      {
        ...identityHandlers(identity),
        limits: async () => ({ ...DEFAULT_LIMITS, ...limits }),
        relay: async () => relayFacts(relay, options.relay),
      },
      log,
    )
    closers.push(
      () => http.stop(),
      () => hub.close(),
      () => admin?.close(),
    )
    const done = follower.run(signal).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
    done.catch((error: unknown) => {
      stopped = asBlyanError(error)
      log.error('the index can go on no more', { error })
    })
    closers.push(() => done.catch(() => {}))
    log.info('ready', { url: http.url, origin, database: database.kind, chainId })
    return {
      url: http.url,
      port: http.port,
      origin,
      database: database.kind,
      parts,
      done,
      async caughtUp() {
        while (head.asOf().stale || follower.lag() > 0) {
          signal.throwIfAborted()
          await Promise.race([done, new Promise((resolve) => setTimeout(resolve, 20))])
        }
      },
      stop: close,
    }
  }
}

const relayFacts = (relay: Relay | null, budget: Budget | undefined) => ({
  on: relay !== null,
  account: relay?.account ?? null,
  perDayYocto: `${budget?.perDay ?? 0n}`,
  perAccountYocto: `${budget?.perAccount ?? 0n}`,
  spent: relay?.spentRatio() ?? 0,
})
