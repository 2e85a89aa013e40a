/** JSON-RPC 2.0 over HTTP POST, single and in batches, on 127.0.0.1. Source: JSON-RPC 2.0; EIP-1474 for the codes. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const HOST = '127.0.0.1'
/** A deployment of the largest allowed contract is 0.1 MB in hex. */
const MAX_BODY_BYTES = 2 * 1024 * 1024
const MAX_BATCH = 200 // ethers sends up to 100 in one

const PARSE_ERROR = -32_700
const INVALID_REQUEST = -32_600
const METHOD_NOT_FOUND = -32_601
const INTERNAL_ERROR = -32_603
const REVERTED = 3

export interface RpcServerOptions {
  request(method: string, params: readonly unknown[]): Promise<unknown>
  allows(method: string): boolean
  port: number
}

interface Failure {
  code: number
  message: string
  data?: unknown
}

/** Serves until closed; `close` also ends kept-alive connections. */
export async function serveRpc(options: RpcServerOptions): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((incoming, outgoing) => void answer(options, incoming, outgoing))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, HOST, resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${HOST}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(options: RpcServerOptions, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  // A page reads a public provider from any origin; the methods allowed here are the same.
  outgoing.setHeader('access-control-allow-origin', '*')
  outgoing.setHeader('access-control-allow-headers', 'content-type')
  outgoing.setHeader('access-control-allow-methods', 'POST, OPTIONS')
  if (incoming.method === 'OPTIONS') return void outgoing.writeHead(204).end()
  if (incoming.method !== 'POST') return void outgoing.writeHead(405).end()
  const body = await readBody(incoming).catch(() => null)
  if (body === null) return void outgoing.writeHead(413).end()
  outgoing.setHeader('content-type', 'application/json')
  outgoing.end(JSON.stringify(await respond(options, body)))
}

async function readBody(incoming: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

async function respond(options: RpcServerOptions, body: string): Promise<unknown> {
  let message: unknown
  try {
    message = JSON.parse(body)
  } catch {
    return failed(null, { code: PARSE_ERROR, message: 'not JSON' })
  }
  if (!Array.isArray(message)) return respondOne(options, message)
  if (message.length === 0 || message.length > MAX_BATCH) {
    return failed(null, { code: INVALID_REQUEST, message: `a batch has 1 to ${MAX_BATCH} requests` })
  }
  return Promise.all(message.map((each) => respondOne(options, each)))
}

async function respondOne(options: RpcServerOptions, message: unknown): Promise<unknown> {
  const { id = null, method, params = [] } = (message ?? {}) as { id?: unknown; method?: unknown; params?: unknown }
  if (typeof method !== 'string' || !Array.isArray(params)) {
    return failed(id, { code: INVALID_REQUEST, message: 'method and a list of params are needed' })
  }
  if (!options.allows(method)) return failed(id, { code: METHOD_NOT_FOUND, message: `${method} is not served` })
  try {
    return { jsonrpc: '2.0', id, result: (await options.request(method, params)) ?? null }
  } catch (error) {
    return failed(id, failureOf(error))
  }
}

/** A revert carries its data as one hex text, as geth gives it and ethers and viem read it; other errors a code and a sentence. */
function failureOf(error: unknown): Failure {
  const { code, message, data } = error as { code?: unknown; message?: unknown; data?: unknown }
  const nested = typeof data === 'string' ? data : (data as { data?: unknown } | null | undefined)?.data
  return {
    code: typeof code === 'number' ? code : INTERNAL_ERROR,
    message: String(message),
    ...(typeof nested === 'string' && (code === REVERTED || nested.startsWith('0x')) ? { data: nested } : {}),
  }
}

function failed(id: unknown, error: Failure): unknown {
  return { jsonrpc: '2.0', id, error }
}
