/**
 * Trustless gateway: what this node gives to peers. It serves blocks and archives of what it holds, fetches nothing on
 * behalf of others, and renders nothing: the asker checks every byte. Source: specs.ipfs.tech, trustless gateway.
 */
import type { ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { CID } from 'multiformats/cid'
import type { BlockStore } from './blocks.ts'
import { carOf } from './car.ts'
import { parseCid } from './cid.ts'
import { BadCidError } from './errors.ts'
import { type Answer, sendText } from './http.ts'

const TYPES = {
  raw: 'application/vnd.ipld.raw',
  car: 'application/vnd.ipld.car; version=1; order=dfs; dups=n',
} as const

/** Something else that a node offers at the same address, below a path of its own. */
export interface SideDoor {
  /** Such as `/v1/`. */
  readonly prefix: string
  readonly answer: Answer
}

export function gatewayAnswer(blocks: Pick<BlockStore, 'get'>, side?: SideDoor): Answer {
  return async (request, response) => {
    if (side && request.url?.startsWith(side.prefix)) return side.answer(request, response)
    response.setHeader('access-control-allow-origin', '*') // content is public and checked by who asks
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD')
      return sendText(response, 405, 'Only GET and HEAD.')
    }
    const url = new URL(request.url ?? '/', 'http://node')
    const text = /^\/ipfs\/([^/]+)\/?$/.exec(url.pathname)?.[1]
    if (!text)
      return sendText(response, 404, 'Ask for /ipfs/CID?format=raw or ?format=car; paths below a CID are not served.')
    const format = formatOf(url.searchParams.get('format'), request.headers.accept)
    if (!format) return sendText(response, 406, 'This gateway is trustless: add ?format=raw or ?format=car.')
    const cid = cidOrNull(text)
    if (!cid) return sendText(response, 400, 'This is no CID over SHA-256.')

    const etag = `"${cid}.${format}"`
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304).end()
      return
    }
    const block = await blocks.get(cid)
    if (block === null) return sendText(response, 404, `${cid} is not held here.`)
    response.writeHead(200, headersOf(cid, format, etag, format === 'raw' ? block.length : null))
    if (request.method === 'HEAD') response.end()
    else if (format === 'raw') response.end(block)
    else await sendCar(response, cid, blocks, url.searchParams.get('dag-scope') === 'block')
  }
}

async function sendCar(
  response: ServerResponse,
  root: CID,
  blocks: Pick<BlockStore, 'get'>,
  rootOnly: boolean,
): Promise<void> {
  const archive = carOf(root, blocks)
  if (!rootOnly) return pipeline(archive, response)
  for (let part = 0; part < 2; part++) response.write((await archive.next()).value)
  response.end()
}

function headersOf(
  cid: CID,
  format: 'raw' | 'car',
  etag: string,
  length: number | null,
): Record<string, string | number> {
  return {
    'content-type': TYPES[format],
    'content-disposition': `attachment; filename="${cid}.${format === 'raw' ? 'bin' : 'car'}"`,
    'x-content-type-options': 'nosniff',
    'x-ipfs-path': `/ipfs/${cid}`,
    'cache-control': 'public, max-age=29030400, immutable',
    etag,
    ...(length === null ? {} : { 'content-length': length }),
  }
}

function formatOf(wanted: string | null, accept = ''): 'raw' | 'car' | null {
  if (wanted !== null) return wanted === 'raw' || wanted === 'car' ? wanted : null
  if (accept.includes('application/vnd.ipld.raw')) return 'raw'
  return accept.includes('application/vnd.ipld.car') ? 'car' : null
}

function cidOrNull(text: string): CID | null {
  try {
    return parseCid(text)
  } catch (error) {
    if (error instanceof BadCidError) return null
    throw error
  }
}
