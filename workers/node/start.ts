/** Puts one daemon together from URLs and files: chain, storage, compute, journal. Tests put another strategy in. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { CallResult } from '../../chain/client/near/caller.ts'
import { connect } from '../../chain/client/near/connect.ts'
import { marketContract } from '../../chain/client/near/market.gen.ts'
import type { CallWith } from '../../chain/client/near/wire.ts'
import { type Answer, type Door, openDoor } from '../storage/index.ts'
import { chainRpc } from './chainRpc.ts'
import { startCompute } from './compute/index.ts'
import { runDaemon } from './daemon.ts'
import { openJournal } from './journal.ts'
import { lockKey, readKeyFile } from './keyFile.ts'
import { openStorage } from './openStorage.ts'
import type { Log, Operator } from './operator.ts'
import { startServer } from './role/server.ts'
import { honest, type Strategy } from './strategy.ts'
import { openTask, type TaskContext } from './taskContext.ts'
import { marketViews, type TaskView } from './views.ts'

export interface StartOptions {
  readonly rpcUrl: string
  readonly keyFile: string
  /** This daemon's own folder. */
  readonly dir: string
  readonly market: string
  /** Kubo's RPC address; the daemon's own node where none is given. */
  readonly ipfsUrl?: string
  readonly host?: string
  /** Port on which peers fetch blocks; 0 takes a free one. */
  readonly peerPort?: number
  readonly pollMs?: number
  /** Answers with the newest models, at the peers' address. */
  readonly serve?: {
    /** A port of its own for that; needed behind a Kubo, 0 takes a free one. */
    readonly port?: number
    /** Names beside the loopback's and `host` under which this machine is reached. */
    readonly hosts?: readonly string[]
  }
  readonly strategy?: Strategy
  readonly log: Log
  readonly signal: AbortSignal
}

const heightSchema = z.object({ header: z.object({ height: z.number() }) })

export interface StartedNode {
  readonly operator: Operator
  /** Address at which peers fetch this daemon's blocks; null behind a Kubo. */
  readonly peerUrl: string | null
  /** Address below which `/v1/model` and `/v1/generate` answer; null where nothing is served. */
  readonly serveUrl: string | null
  /** Resolves once the signal is aborted and everything is closed. */
  readonly done: Promise<void>
}

/**
 * Starts a daemon. Everything that can be wrong with its configuration is said before it touches the chain.
 * @throws KeyFileError, KeyInUseError, JournalError, ComputeError, storage and network errors
 */
export async function startNode(options: StartOptions): Promise<StartedNode> {
  const { dir, log, signal, strategy = honest, pollMs = 150, host = '127.0.0.1' } = options
  mkdirSync(dir, { recursive: true })
  const key = readKeyFile(options.keyFile)
  const unlock = lockKey(options.keyFile)
  try {
    const journal = openJournal(join(dir, 'journal.sqlite'))
    // The doors open before there is anything to answer with.
    let answers: Answer = async (_request, response) => void response.writeHead(503, { 'retry-after': '1' }).end()
    const answer: Answer = (request, response) => answers(request, response)
    const { serve } = options
    const hasOwnDoor = serve !== undefined && (serve.port !== undefined || options.ipfsUrl !== undefined)
    const store = await openStorage({
      dir: join(dir, 'ipfs'),
      host,
      port: options.peerPort ?? 0,
      ipfsUrl: options.ipfsUrl,
      ...(serve && !hasOwnDoor && { side: { prefix: '/v1/', answer } }),
    })
    const door: Door | null = hasOwnDoor ? await openDoor('answers', host, serve.port ?? 0, answer) : null
    const compute = await startCompute()
    const caller = connect({ rpcUrl: options.rpcUrl, rpc: chainRpc(options.rpcUrl), signer: key, signal })
    const market = marketContract(caller, options.market)
    const views = marketViews(
      (method, args) => caller.view(options.market, method, args),
      async () => heightSchema.parse(await caller.rpc('block', { finality: 'optimistic' }, signal)).header.height,
    )
    const operator: Operator = {
      account: key.accountId,
      dir,
      views,
      call: async (method, args) => {
        const call = market[method] as (args: unknown, options: CallWith) => Promise<CallResult<unknown>>
        const { gasBurntTGas } = await call(args, { waitUntil: 'EXECUTED' })
        log('called', { method, gas: gasBurntTGas })
      },
      store,
      compute,
      journal,
      strategy,
      log,
      signal,
    }
    const peers = peerBook(views)
    const hands = {
      operator,
      now: () => Date.now(),
      sleep: (ms: number, stop: AbortSignal) => delay(ms, undefined, { signal: stop }).catch(() => {}),
      open: (task: TaskView): Promise<TaskContext> =>
        openTask(task, {
          views,
          peersOf: peers,
          runtime: compute.runtime,
          counters: compute.counters,
          fetch: (cid, maxBytes, from) => store.cat(cid, { maxBytes, signal, from }),
        }),
    }
    const server = serve ? startServer({ ...hands, key, hosts: [host, ...(serve.hosts ?? [])] }) : null
    if (server) answers = server.door
    const done = Promise.all([runDaemon({ ...hands, pollMs }), server?.done])
      .then(() => {})
      .finally(async () => {
        await door?.close()
        await compute.close()
        await store.stop()
        journal.close()
        unlock()
      })
    const serveUrl = door?.url ?? (serve ? store.urls.gateway : null)
    return { operator, peerUrl: store.urls.gateway, serveUrl, done }
  } catch (error) {
    unlock()
    throw error
  }
}

/** Addresses of accounts as they registered them; asked once a minute at most for each. */
function peerBook(views: Operator['views']): (accounts: readonly string[]) => Promise<string[]> {
  const known = new Map<string, { peer: string | null; until: number }>()
  return async (accounts) => {
    const found: string[] = []
    for (const account of new Set(accounts)) {
      let entry = known.get(account)
      if (!entry || entry.until < Date.now()) {
        entry = { peer: (await views.node(account))?.peer ?? null, until: Date.now() + 60_000 }
        known.set(account, entry)
      }
      if (entry.peer) found.push(entry.peer)
    }
    return found
  }
}
