/** A daemon's own IPFS node: blocks and pins in a folder, RPC for this machine, a trustless gateway for peers. */
import { mkdir } from 'node:fs/promises'
import type { CID } from 'multiformats/cid'
import { type AddedFile, type AddFileOptions, addFile } from './addFile.ts'
import { type FileBlocksOptions, fileBlocks, guard } from './blocks.ts'
import { parseCid } from './cid.ts'
import { NotFoundError } from './errors.ts'
import { fromPeers } from './fetchBlock.ts'
import { gatewayAnswer, type SideDoor } from './gateway.ts'
import { type Door, openDoor } from './http.ts'
import { openIdentity } from './identity.ts'
import { filePins } from './pins.ts'
import { reach } from './reach.ts'
import { type GetBlock, readFile } from './readFile.ts'
import type { RpcNode } from './rpc/commands.ts'
import { rpcAnswer } from './rpc/server.ts'
import { turnstile } from './turnstile.ts'
import type { ContentStore } from './types.ts'

export interface StorageNodeOptions extends FileBlocksOptions {
  /** Folder of this node alone. */
  readonly dir: string
  /** 0 for any free port, null for no RPC. The RPC listens on 127.0.0.1 whatever `host` is. Default 0. */
  readonly rpcPort?: number | null
  /** 0 for any free port, null for no gateway. Default 0. */
  readonly gatewayPort?: number | null
  /** Where the gateway listens. Default 127.0.0.1. */
  readonly host?: string
  /** Gateways that are asked for whatever is missing, after those which a call names. */
  readonly peers?: readonly string[]
  /** Time for one block from one peer. */
  readonly blockTimeoutMs?: number
  /** What else is served at the gateway's address. */
  readonly side?: SideDoor
}

const LOOPBACK = '127.0.0.1'

/** Makes a node; nothing is touched before `start`. */
export function storageNode({
  dir,
  rpcPort = 0,
  gatewayPort = 0,
  host = LOOPBACK,
  peers = [],
  blockTimeoutMs,
  side,
  write,
}: StorageNodeOptions): ContentStore {
  const blocks = fileBlocks(dir, { write })
  const pins = filePins(dir)
  const gate = turnstile()
  const doors: Door[] = []
  const urls: { rpc: string | null; gateway: string | null } = { rpc: null, gateway: null }
  let id = ''

  const reader = (from: readonly string[], signal: AbortSignal | undefined): GetBlock => {
    const fetchBlock = fromPeers([...from, ...peers], { blockTimeoutMs, signal })
    return async (cid) => {
      signal?.throwIfAborted()
      const held = await blocks.get(cid)
      if (held) return held
      const fetched = await fetchBlock(cid)
      await blocks.put(cid, fetched)
      return fetched
    }
  }

  const add = (
    content: Uint8Array | AsyncIterable<Uint8Array>,
    { pin, onlyHash = false, ...options }: AddFileOptions & { pin: boolean; onlyHash?: boolean },
  ): Promise<AddedFile> =>
    gate.enter(async () => {
      const added = await addFile(content, onlyHash ? { put: async () => {} } : blocks, options)
      if (pin && !onlyHash) await pins.add(added.cid)
      return added
    })

  const pin = (cid: CID): Promise<void> =>
    gate.enter(async () => {
      const missing = await reach(cid, blocks)
      if (missing.length > 0) {
        throw new NotFoundError({
          what: `${missing.length} blocks of ${cid} are not held here.`,
          fix: 'Read the file with cat first, which fetches it.',
          data: { cid: String(cid), missing: missing.length },
        })
      }
      await pins.add(cid)
    })

  const collect = (): Promise<void> =>
    gate.alone(async () => {
      const keep = new Set<string>()
      for (const root of pins.roots()) await reach(root, blocks, keep)
      await guard(dir, () => blocks.retain(keep))
    })

  const store: ContentStore = {
    get id() {
      return id
    },
    urls,
    async start() {
      await guard(dir, () => mkdir(dir, { recursive: true }))
      await blocks.open()
      await pins.open()
      id = await openIdentity(dir)
      try {
        if (rpcPort !== null) doors.push(await openDoor('the storage RPC', LOOPBACK, rpcPort, rpcAnswer(rpcNode)))
        urls.rpc = doors[0]?.url ?? null
        if (gatewayPort !== null) {
          const door = await openDoor('the storage gateway', host, gatewayPort, gatewayAnswer(blocks, side))
          doors.push(door)
          urls.gateway = door.url
        }
      } catch (error) {
        await store.stop()
        throw error
      }
    },
    async stop() {
      await Promise.all(doors.splice(0).map((door) => door.close()))
      urls.rpc = urls.gateway = null
    },
    async add(content, { pin: keep = true, signal } = {}) {
      const { cid } = await add(content instanceof Uint8Array ? content : abortable(content, signal), { pin: keep })
      return String(cid)
    },
    cat: async (cid, { maxBytes, from = [], signal }) => readFile(parseCid(cid), reader(from, signal), maxBytes),
    has: async (cid) => (await reach(parseCid(cid), blocks)).length === 0,
    pin: async (cid) => pin(parseCid(cid)),
    async unpin(cids) {
      const roots = (typeof cids === 'string' ? [cids] : cids).map(parseCid)
      for (const root of roots) await pins.remove(root)
      await collect()
    },
  }

  const rpcNode: RpcNode = {
    store,
    blocks,
    getBlock: (cid, signal) => reader([], signal)(cid),
    putBlock: async (cid, bytes, keep) => {
      await gate.enter(() => blocks.put(cid, bytes))
      if (keep) await pin(cid)
    },
    addFile: add,
    isPinned: pins.has,
    pinned: pins.roots,
  }
  return store
}

async function* abortable(
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    signal?.throwIfAborted()
    yield chunk
  }
}
