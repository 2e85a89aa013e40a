/** Puts a signer together from a deployment, a key and RPCs, and keeps it going. */
import { mkdirSync } from 'node:fs'
import { type Deployment, domainOf } from '../../chain/client/bridge/index.ts'
import { httpRpc, pause } from '../../chain/client/near/rpc.ts'
import { domainSeparator } from '../../chain/client/protocol.ts'
import { keccak256 } from '../../chain/lib/hash.ts'
import { serveApi } from './api.ts'
import { boundedFetch } from './chains/boundedFetch.ts'
import { evmReader } from './chains/evmReader.ts'
import { evmHttpRpc, originOf } from './chains/evmRpc.ts'
import { nearReader } from './chains/nearReader.ts'
import { HaltedError, OneRpcError } from './errors.ts'
import { openJournal } from './journal.ts'
import type { SigningKey } from './key/signingKey.ts'
import { signerMetrics } from './metrics.ts'
import { vestedReceipts } from './receipts/vestedReceipts.ts'
import { signerRounds } from './rounds.ts'
import type { Log, Now } from './types.ts'

export interface SignerOptions {
  deployment: Deployment
  key: SigningKey
  /** Its journal and approvals; made when it is not there, mode 0700. */
  dir: string
  /** Two of its own for each chain. */
  nearRpcs: readonly string[]
  evmRpcs: readonly string[]
  /** Says knowingly that one RPC of a chain is enough: for a network on one machine. */
  oneRpc?: boolean
  /** 0 takes a free one. */
  port?: number
  /** Milliseconds between rounds. */
  pollMs?: number
  /** First NEAR block worth reading. */
  nearStart?: number
  /** Receipts between two anchors; the same at all signers. */
  anchorEvery?: number
  /** An operator has looked at why the signer halted. */
  clearHalt?: boolean
  log: Log
  now?: Now
}

export interface RunningSigner {
  readonly url: string
  readonly address: string
  /** Fulfilled by `stop`; rejected when the signer cannot go on. */
  readonly done: Promise<void>
  /** Whether it has halted. */
  isHalted(): boolean
  stop(): Promise<void>
}

/** @throws HaltedError, JournalInUseError, SignerJournalError, OneRpcError, and the server's errors */
export async function startSigner(options: SignerOptions): Promise<RunningSigner> {
  const { deployment, key, dir, log, oneRpc = false, pollMs = 1000, now = Date.now } = options
  const nearUrls = independent('NEAR', options.nearRpcs, oneRpc)
  const evmUrls = independent('EVM', options.evmRpcs, oneRpc)
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const separator = domainSeparator(keccak256, domainOf(deployment))
  const journal = openJournal(dir, { separator, address: key.address }, now)
  const stopping = new AbortController()
  try {
    if (options.clearHalt) journal.clearHalt()
    const halted = journal.halted()
    if (halted !== null) {
      throw new HaltedError({
        what: `This signer halted at ${new Date(halted.at).toISOString()}: ${halted.what}`,
        fix: 'Find out what happened; when the chains are as they should be, start with --clear-halt.',
        data: { ...halted },
      })
    }
    const near = nearReader(
      // A provider's key may stand in the path, so messages get the origin alone.
      nearUrls.map((url) => httpRpc(originOf(url), (_, init) => boundedFetch(url, init))),
      deployment,
      options.nearStart,
      (receipt) => log.error('a receipt is out of reach of plain NEAR RPC', { alarm: true, ...receipt }),
    )
    const evm = evmReader(
      evmUrls.map((url) => evmHttpRpc(url, boundedFetch)),
      deployment,
    )
    const isOneRpc = nearUrls.length === 1 || evmUrls.length === 1
    const metrics = signerMetrics(
      now,
      () => rounds.status().lastSeenAt,
      () => journal.halted() !== null,
    )
    const receipts = vestedReceipts(journal.db, options.anchorEvery)
    const rounds = signerRounds({ dir, journal, key, near, evm, receipts, metrics, log, now, separator, isOneRpc })
    if (isOneRpc)
      log.warn('one RPC for a chain: what it says is believed', { near: nearUrls.length, evm: evmUrls.length })
    const { registry } = metrics
    const fail = (error: unknown) => log.error('a question failed', { why: String(error) })
    const api = await serveApi({ journal, status: rounds.status, registry, fail }, options.port ?? 0)
    const done = keepGoing(rounds.round, pollMs, stopping.signal)
    done.catch(() => {}) // told by whoever waits for it
    return {
      url: api.url,
      address: key.address,
      done,
      isHalted: () => journal.halted() !== null,
      async stop() {
        stopping.abort()
        await done.catch(() => {})
        await api.close()
        journal.close()
      },
    }
  } catch (error) {
    journal.close()
    throw error
  }
}

async function keepGoing(round: () => Promise<void>, pollMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await round()
    await pause(pollMs, signal).catch(() => {}) // aborted: the loop ends
  }
}

/** Each RPC once. @throws OneRpcError when that leaves fewer than two, unless the operator said that one is enough */
function independent(chain: string, urls: readonly string[], oneRpc: boolean): string[] {
  const distinct = [...new Set(urls.map((url) => (URL.canParse(url) ? new URL(url).href : url)))]
  if (distinct.length >= 2 || (oneRpc && distinct.length === 1)) return distinct
  const flag = `--${chain.toLowerCase()}-rpc`
  throw new OneRpcError({
    what: `A signer reads two RPCs of ${chain} that must agree; ${distinct.length} was given.`,
    fix: `Give two of different operators with ${flag} URL ${flag} URL, or say --one-rpc on a network of your own.`,
    data: { field: flag.slice(2), chain },
  })
}
