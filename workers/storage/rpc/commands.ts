/** The commands of Kubo's RPC that this node knows. Source: docs.ipfs.tech, Kubo RPC API v0. */
import type { IncomingMessage } from 'node:http'
import type { CID } from 'multiformats/cid'
import type { z } from 'zod'
import { InvalidArgumentError } from '../../../chain/lib/errors.ts'
import type { AddedFile, AddFileOptions } from '../addFile.ts'
import type { FileBlocks } from '../blocks.ts'
import { cidOf, DAG_PB, parseCid, RAW } from '../cid.ts'
import { linksOf } from '../dagNode.ts'
import { MAX_BLOCK_BYTES, MAX_RPC_FILE_BYTES } from '../limits.ts'
import { tooLarge } from '../readFile.ts'
import type { ContentStore } from '../types.ts'
import { readParts } from './multipart.ts'
import * as parameters from './parameters.ts'

/** What the commands act on. */
export interface RpcNode {
  readonly store: ContentStore
  readonly blocks: Pick<FileBlocks, 'size'>
  /** A block of this node or its peers. */
  getBlock(cid: CID, signal?: AbortSignal): Promise<Uint8Array>
  putBlock(cid: CID, bytes: Uint8Array, pin: boolean): Promise<void>
  addFile(
    content: AsyncIterable<Uint8Array>,
    options: AddFileOptions & { pin: boolean; onlyHash: boolean },
  ): Promise<AddedFile>
  isPinned(cid: CID): boolean
  pinned(): CID[]
}

/** JSON, one JSON line an item, or bytes as they are. */
export type Result = { json: unknown } | { lines: AsyncIterable<unknown> | Iterable<unknown> } | { bytes: Uint8Array }

export interface Command<S extends z.ZodType = z.ZodType> {
  readonly parameters: S
  run(node: RpcNode, args: z.infer<S>, request: IncomingMessage): Promise<Result>
}

const AGENT = 'blyan-storage/0.1.0'

/** Ties a command's arguments to its schema. */
const command = <S extends z.ZodType>(schema: S, run: Command<S>['run']): Command<S> => ({ parameters: schema, run })

// biome-ignore lint/suspicious/noExplicitAny: each command's own schema types its arguments; the table forgets them
export const COMMANDS: Readonly<Record<string, Command<any>>> = {
  id: command(parameters.noParameters, async ({ store }) => ({
    json: {
      ID: store.id,
      PublicKey: '',
      Addresses: [],
      AgentVersion: AGENT,
      ProtocolVersion: 'ipfs/0.1.0',
      Protocols: [],
    },
  })),
  version: command(parameters.noParameters, async () => ({
    json: {
      Version: '0.1.0',
      Commit: '',
      Repo: '1',
      System: `${process.arch}/${process.platform}`,
      Golang: 'none: blyan',
    },
  })),
  add: command(parameters.addParameters, async (node, args, request) => ({ lines: addParts(node, args, request) })),
  cat: command(parameters.catParameters, async ({ store }, { arg, timeout }) => ({
    bytes: await store.cat(withoutPrefix(arg), { maxBytes: MAX_RPC_FILE_BYTES, signal: signalOf(timeout) }),
  })),
  'block/get': command(parameters.cidParameters, async (node, { arg, timeout }) => ({
    bytes: await node.getBlock(parseCid(withoutPrefix(arg)), signalOf(timeout)),
  })),
  'block/stat': command(parameters.cidParameters, async (node, { arg, timeout }) => {
    const cid = parseCid(withoutPrefix(arg))
    const size = (await node.blocks.size(cid)) ?? (await node.getBlock(cid, signalOf(timeout))).length
    return { json: { Key: String(cid), Size: size } }
  }),
  'block/put': command(parameters.blockPutParameters, async (node, args, request) => {
    const bytes = await onlyPart(request)
    const format = args['cid-codec'] ?? args.format ?? 'raw'
    const cid = cidOf(bytes, format === 'raw' ? RAW : DAG_PB)
    linksOf(cid, bytes) // refuses a block that is not what its codec says
    const named = format === 'v0' ? cid.toV0() : cid
    await node.putBlock(named, bytes, args.pin)
    return { json: { Key: String(named), Size: bytes.length } }
  }),
  'pin/add': command(parameters.pinParameters, async ({ store }, { arg }) => {
    const cid = parseCid(withoutPrefix(arg))
    await store.pin(String(cid))
    return { json: { Pins: [String(cid)] } }
  }),
  'pin/rm': command(parameters.pinParameters, async (node, { arg }) => {
    const cid = parseCid(withoutPrefix(arg))
    if (!node.isPinned(cid)) throw notPinned(cid)
    await node.store.unpin(String(cid))
    return { json: { Pins: [String(cid)] } }
  }),
  'pin/ls': command(parameters.pinListParameters, async (node, { arg, stream }) => {
    let cids = node.pinned()
    if (arg !== undefined) {
      cids = [parseCid(withoutPrefix(arg))]
      if (!node.isPinned(cids[0])) throw notPinned(cids[0])
    }
    if (stream) return { lines: cids.map((cid) => ({ Cid: String(cid), Type: 'recursive' })) }
    return { json: { Keys: Object.fromEntries(cids.map((cid) => [String(cid), { Type: 'recursive' }])) } }
  }),
}

async function* addParts(
  node: RpcNode,
  args: z.infer<typeof parameters.addParameters>,
  request: IncomingMessage,
): AsyncGenerator<unknown> {
  for await (const { headers, body } of readParts(request.headers['content-type'] ?? '', request)) {
    if (headers.get('content-type') === 'application/x-directory') {
      throw new InvalidArgumentError({
        what: 'Directories are not supported by this node.',
        fix: 'Add files one by one, or use a full Kubo node with --ipfs URL.',
        data: { field: 'body' },
      })
    }
    const { cid, dagBytes } = await node.addFile(body, {
      cidVersion: args['cid-version'] === '1' ? 1 : 0,
      rawLeaves: args['raw-leaves'],
      pin: args.pin,
      onlyHash: args['only-hash'],
    })
    const name = /filename="([^"]*)"/.exec(headers.get('content-disposition') ?? '')?.[1]
    yield { Name: name ? decodeName(name) : String(cid), Hash: String(cid), Size: String(dagBytes) }
  }
}

async function onlyPart(request: IncomingMessage): Promise<Uint8Array> {
  for await (const { body } of readParts(request.headers['content-type'] ?? '', request)) {
    const chunks: Uint8Array[] = []
    let length = 0
    for await (const chunk of body) {
      length += chunk.length
      if (length > MAX_BLOCK_BYTES) throw tooLarge('The block', length, MAX_BLOCK_BYTES)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  }
  throw new InvalidArgumentError({ what: 'No block was sent.', fix: 'Send one file part.', data: { field: 'body' } })
}

function withoutPrefix(path: string): string {
  return path.replace(/^\/ipfs\//, '')
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name // a client that does not encode names
  }
}

function signalOf(timeoutMs: number | undefined): AbortSignal | undefined {
  return timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)
}

function notPinned(cid: CID): InvalidArgumentError {
  const fix = 'List pins with pin/ls.'
  return new InvalidArgumentError({ what: `${cid} is not pinned or pinned indirectly.`, fix, data: { field: 'arg' } })
}
