/** Puts the orders' part together: store, vault, drafts, keeper, checkpoints, and the routes over them. */
import { join } from 'node:path'
import type { NearClient } from '../../../chain/client/near/index.ts'
import { marketContract } from '../../../chain/client/near/market.gen.ts'
import { marketViews } from '../../node/views.ts'
import type { ContentStore } from '../../storage/types.ts'
import type { Route } from '../http/route.ts'
import type { Parts } from '../types.ts'
import { type Checkpoints, createCheckpoints, ENDED } from './checkpoints.ts'
import { openContentFiles } from './contentFiles.ts'
import { contentRoutes } from './contentRoutes.ts'
import { createDrafts, type Drafts } from './drafts.ts'
import { contentFetch } from './fetchContent.ts'
import { startKeeper } from './keeper.ts'
import { keepSamples } from './keptSamples.ts'
import type { Measure } from './measure.ts'
import { modelFileRoutes } from './modelRoutes.ts'
import { createMoves } from './moves.ts'
import { peerBook } from './peers.ts'
import { ordersRoutes } from './routes.ts'
import { canonicalRuntimeId } from './runtimeId.ts'
import { followSettled } from './settledRounds.ts'
import { createTaskContent } from './taskContent.ts'
import { textRoutes } from './textRoutes.ts'
import { openVault } from './vault.ts'

export interface OrdersOptions {
  /** Started; its door is the `peer` of tasks ordered here. */
  readonly store: ContentStore
  /** The gateway's own account, which pays the gas of opened keys; null opens none. */
  readonly signer: NearClient | null
  /** Public address of the store's door, where it is another than the store knows. */
  readonly peer?: string
  readonly measure?: Measure
}

export interface Orders {
  readonly routes: Route[]
  readonly drafts: Drafts
  readonly checkpoints: Checkpoints
  /** Whether keys can be left here: false without an account to sign with. */
  readonly opens: boolean
  stop(): Promise<void>
}

const EXPIRE_MS = 10 * 60_000

export function startOrders(parts: Parts, { store, signer, peer, measure }: OrdersOptions): Orders {
  const { chain, config, log, random, signal } = parts
  const { market } = config.contracts
  const runtime = canonicalRuntimeId()
  const views = marketViews((method, args) => chain.view(market, method, args))
  const vault = openVault(config.dir, random)
  const drafts = createDrafts({ parts, store, vault, runtime, peer, opens: signer !== null })
  const checkpoints = createCheckpoints({
    parts,
    views,
    store,
    runtime,
    dir: join(config.dir, 'checkpoints'),
    measure,
  })
  const files = openContentFiles(join(config.dir, 'content'))
  const peersOf = peerBook(views, { embedded: config.embedded, now: parts.now })
  const content = createTaskContent({ views, peersOf, files, fetch: contentFetch(parts, store) })
  const keep = keepSamples({ views, content, files })
  const samples = followSettled({
    ...parts,
    // Not while a task runs, whose trainers hold everything meanwhile and need their machines for the next round.
    merge: async (task, rounds, state) => (ENDED.includes(state) ? keep(task, rounds) : undefined),
    failed: 'samples not kept',
  })
  const contract = signer && marketContract(signer, market)
  const keeper = contract && startKeeper({ parts, views, calls: contract, vault })
  const sweep = (): void =>
    void drafts.expire().catch((error: unknown) => log.warn('unsigned orders not swept', { what: String(error) }))
  const timer = setInterval(sweep, EXPIRE_MS)
  timer.unref()
  const stop = async (): Promise<void> => {
    clearInterval(timer)
    await keeper?.stop()
    await Promise.all([checkpoints.stop(), samples.stop()])
  }
  signal.addEventListener('abort', () => void stop(), { once: true })
  return {
    routes: [
      ...ordersRoutes(parts, { drafts, moves: createMoves(parts) }),
      ...modelFileRoutes(parts, checkpoints),
      ...contentRoutes(content),
      ...textRoutes(store),
    ],
    drafts,
    checkpoints,
    opens: signer !== null,
    stop,
  }
}
