/** A real Kubo by URL as content store: `--ipfs URL`. The client is loaded only when this is used. */
import type { CID } from 'multiformats/cid'
import { addFile, CHUNK_BYTES } from './addFile.ts'
import { DAG_PB, parseCid } from './cid.ts'
import { linksOf } from './dagNode.ts'
import { KuboError, NotFoundError } from './errors.ts'
import { fromPeers } from './fetchBlock.ts'
import { readFile } from './readFile.ts'
import type { ContentStore } from './types.ts'

export interface KuboOptions {
  /** RPC of the Kubo node, such as http://127.0.0.1:5001. */
  readonly url: string
  /** Its gateway as peers reach it, with `Gateway.DeserializedResponses` off or on; null where it has none. */
  readonly gateway?: string | null
  /** Trustless gateways of peers, asked when Kubo does not hold a block. */
  readonly peers?: readonly string[]
  readonly blockTimeoutMs?: number
  /** How long Kubo may search its own network for a block that no named peer serves. */
  readonly searchMs?: number
}

type Client = ReturnType<typeof import('kubo-rpc-client').create>

const SEARCH_MS = 20_000 // a third of the shortest window of a round

/** @throws KuboError from every call that Kubo does not answer */
export function kuboStorage({
  url,
  gateway = null,
  peers = [],
  blockTimeoutMs,
  searchMs = SEARCH_MS,
}: KuboOptions): ContentStore {
  let client: Client | null = null
  let id = ''

  const ask = async <T>(act: (kubo: Client) => Promise<T>): Promise<T> => {
    if (!client) throw kuboError(url, 'it was not started')
    try {
      return await act(client)
    } catch (cause) {
      throw kuboError(url, (cause as Error).message, cause)
    }
  }
  /** null where Kubo does not hold the block; it searches its network only with `search`. */
  const getBlock = async (cid: CID, search: boolean, signal?: AbortSignal): Promise<Uint8Array | null> => {
    if (!client) throw kuboError(url, 'it was not started')
    // `offline` is an option of every Kubo command; the client passes on what its types do not know.
    const options = search ? { timeout: searchMs } : { offline: true }
    try {
      return await client.block.get(cid, { signal, ...options })
    } catch (cause) {
      signal?.throwIfAborted()
      if (isUnreachable(cause)) throw kuboError(url, (cause as Error).message, cause)
      return null
    }
  }
  const put = (cid: CID, bytes: Uint8Array): Promise<CID> =>
    ask((kubo) => kubo.block.put(bytes, { format: cid.code === DAG_PB ? 'dag-pb' : 'raw' }))

  const isWhole = async (cid: CID, seen: Set<string> = new Set()): Promise<boolean> => {
    if (seen.has(String(cid))) return true
    seen.add(String(cid))
    const bytes = await getBlock(cid, false)
    if (bytes === null) return false
    for (const link of linksOf(cid, bytes)) if (!(await isWhole(link, seen))) return false
    return true
  }

  return {
    get id() {
      return id
    },
    urls: { rpc: url, gateway },
    async start() {
      const { create } = await import('kubo-rpc-client')
      client = create({ url })
      id = String((await ask((kubo) => kubo.id())).id)
    },
    async stop() {
      client = null
    },
    async add(content, { pin = true, signal } = {}) {
      const options = { cidVersion: 1, rawLeaves: true, chunker: `size-${CHUNK_BYTES}`, pin, signal } as const
      const added = String((await ask((kubo) => kubo.add(content, options))).cid)
      if (content instanceof Uint8Array) {
        const expected = String((await addFile(content, { put: async () => {} })).cid)
        if (added !== expected)
          throw kuboError(url, `it gave ${added} where others give ${expected}; reset its Import config`)
      }
      return added
    },
    async cat(cid, { maxBytes, from = [], signal }) {
      const fromGateways = fromPeers([...from, ...peers], { blockTimeoutMs, signal })
      const read = async (block: CID): Promise<Uint8Array> => {
        signal?.throwIfAborted()
        const held = await getBlock(block, false, signal)
        if (held) return held
        try {
          const fetched = await fromGateways(block)
          await put(block, fetched)
          return fetched
        } catch (error) {
          if (!(error instanceof NotFoundError)) throw error
          const found = await getBlock(block, true, signal)
          if (!found) throw error
          return found
        }
      }
      return readFile(parseCid(cid), read, maxBytes)
    },
    has: async (cid) => isWhole(parseCid(cid)),
    async pin(cid) {
      const root = parseCid(cid)
      if (!(await isWhole(root))) {
        throw new NotFoundError({
          what: `Kubo at ${url} does not hold all of ${cid}.`,
          fix: 'Read the file with cat first, which fetches it.',
          data: { cid },
        })
      }
      await ask((kubo) => kubo.pin.add(root))
    },
    async unpin(cids) {
      for (const cid of typeof cids === 'string' ? [cids] : cids) {
        const root = parseCid(cid)
        await ask(async (kubo) => kubo.pin.rm(root)).catch((error) => {
          if (!/not pinned/.test(error.what)) throw error
        })
      }
    },
  }
}

/** Whether the request itself failed, as against Kubo answering that it has no such block. */
function isUnreachable(error: unknown): boolean {
  return (error as Error).name !== 'HTTPError' && (error as Error).name !== 'TimeoutError'
}

function kuboError(url: string, why: string, cause?: unknown): KuboError {
  return new KuboError({
    what: `Kubo at ${url} failed: ${why}.`,
    fix: 'Check --ipfs URL and that `ipfs daemon` runs, or leave --ipfs out to use the built-in node.',
    data: { url },
    cause,
  })
}
