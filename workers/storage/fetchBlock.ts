/** Blocks from peers' trustless gateways, each checked before anyone sees it. Source: specs.ipfs.tech, trustless gateway. */
import type { CID } from 'multiformats/cid'
import { fits } from './cid.ts'
import { CorruptBlockError, FetchTimeoutError, NotFoundError } from './errors.ts'
import { BLOCK_TIMEOUT_MS, MAX_BLOCK_BYTES } from './limits.ts'

export interface PeersOptions {
  /** Time for one block from one peer. */
  readonly blockTimeoutMs?: number
  readonly signal?: AbortSignal
}

interface Failure {
  peer: string
  why: 'absent' | 'timeout' | 'corrupt' | 'unreachable'
  detail: string
}

/**
 * A getter that asks peers in turn and remembers, for its lifetime, who failed: those are asked last.
 * @param peers base URLs; what is no http(s) URL counts as unreachable
 * @returns rejects with NotFoundError, FetchTimeoutError, CorruptBlockError or the signal's reason
 */
export function fromPeers(
  peers: readonly string[],
  { blockTimeoutMs = BLOCK_TIMEOUT_MS, signal }: PeersOptions = {},
): (cid: CID) => Promise<Uint8Array> {
  const good = new Set(peers.map((peer) => peer.replace(/\/+$/, '')))
  const failed = new Set<string>()
  return async (cid) => {
    const failures: Failure[] = []
    for (const peer of [...good, ...failed]) {
      signal?.throwIfAborted()
      const answer = await fetchBlock(peer, cid, blockTimeoutMs, signal)
      if (answer instanceof Uint8Array) return answer
      signal?.throwIfAborted()
      failures.push({ peer, ...answer })
      if (good.delete(peer)) failed.add(peer)
    }
    throw notFetched(cid, failures)
  }
}

async function fetchBlock(
  peer: string,
  cid: CID,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | Omit<Failure, 'peer'>> {
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const url = new URL(`${peer}/ipfs/${cid}?format=raw`)
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return { why: 'unreachable', detail: 'no http(s) URL' }
    const response = await fetch(url, {
      headers: { accept: 'application/vnd.ipld.raw' },
      redirect: 'error', // a registered address must not send us anywhere else
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
    if (!response.ok) {
      await response.body?.cancel()
      const why = response.status === 404 || response.status === 410 ? 'absent' : 'unreachable'
      return { why, detail: `HTTP ${response.status}` }
    }
    const bytes = await readBody(response, MAX_BLOCK_BYTES)
    if (bytes === null) return { why: 'corrupt', detail: `more than ${MAX_BLOCK_BYTES} bytes` }
    return fits(cid, bytes) ? bytes : { why: 'corrupt', detail: 'the bytes do not hash to the address' }
  } catch (error) {
    if (timeout.aborted) return { why: 'timeout', detail: `no answer in ${timeoutMs} ms` }
    const { message, cause } = error as Error
    return { why: 'unreachable', detail: (cause as NodeJS.ErrnoException | undefined)?.code ?? message }
  }
}

/** null when the body is longer than `limit`; no more than that is ever held. */
async function readBody(response: Response, limit: number): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > limit) return null
    chunks.push(chunk)
  }
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
}

function notFetched(cid: CID, failures: readonly Failure[]): Error {
  const data = { cid: String(cid), peers: failures.map(({ peer, why, detail }) => ({ peer, why, detail })) }
  const corrupt = failures.find(({ why }) => why === 'corrupt')
  if (corrupt) {
    return new CorruptBlockError({
      what: `${corrupt.peer} sent a wrong block for ${cid}: ${corrupt.detail}.`,
      fix: 'Ask another peer; this one is broken or lies.',
      data,
    })
  }
  if (failures.some(({ why }) => why === 'timeout')) {
    return new FetchTimeoutError({
      what: `${cid} did not arrive in time from any of ${failures.length} peers.`,
      fix: 'Try again, or name a peer that answers.',
      data,
    })
  }
  return new NotFoundError({
    what:
      failures.length === 0
        ? `${cid} is not held here, and no peer was named.`
        : `${cid} is not held here nor served by any of ${failures.length} peers.`,
    fix: 'Check the address, or name a peer that holds it.',
    data,
  })
}
