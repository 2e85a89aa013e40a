/** JSON-RPC over HTTP on the loopback, and GET /status, as nearcore serves them. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import { BlyanError } from '../../lib/errors.ts'
import type { Chain } from '../chain.ts'
import { ChainPortInUseError } from '../errors.ts'
import { internalError, methodNotFound, parseError, RpcFailure } from './errors.ts'
import { METHODS } from './methods.ts'

/** A contract of 4 MiB in base64 within a transaction, and some. */
const MAX_BODY_BYTES = 10 * 2 ** 20
/** nearcore answers TIMEOUT_ERROR after 10 s; a busy laptop may need longer for a long chain of receipts. */
const WAIT_MS = 20_000

const envelope = z.object({ jsonrpc: z.literal('2.0'), id: z.unknown(), method: z.string(), params: z.unknown() })

export interface RpcServer {
  port: number
  url: string
  close(): Promise<void>
}

/** @param port 0 lets the system choose  @throws ChainPortInUseError */
export async function serveRpc(chain: Chain, { port = 3030, host = '127.0.0.1' } = {}): Promise<RpcServer> {
  const server = createServer((request, response) => void serve(chain, request, response))
  // Clients keep connections open between calls; a shorter time than theirs would race with their next request.
  server.keepAliveTimeout = 60_000
  await listen(server, port, host)
  const { port: bound } = server.address() as AddressInfo
  return {
    port: bound,
    url: `http://${host}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EADDRINUSE') reject(cause)
      else {
        reject(
          new ChainPortInUseError({
            what: `Port ${port} on ${host} is in use.`,
            fix: 'Choose another with --port, or --port 0 for any free one.',
            data: { port, host, field: 'port' },
            cause,
          }),
        )
      }
    })
    server.listen(port, host, resolve)
  })
}

async function serve(chain: Chain, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('access-control-allow-origin', '*')
  response.setHeader('access-control-allow-headers', '*')
  response.setHeader('access-control-allow-methods', 'GET, POST, OPTIONS')
  try {
    if (request.method === 'OPTIONS') return void response.writeHead(204).end()
    if (request.method === 'GET') return await serveGet(chain, request, response)
    if (request.method !== 'POST') return send(response, 405, { error: 'Use POST with JSON-RPC 2.0.' })
    const body = await readBody(request)
    if (body === null) {
      // The rest of the body is still on its way: this connection serves nothing more.
      response.setHeader('connection', 'close').once('finish', () => request.destroy())
      return send(response, 413, { error: `A request may have ${MAX_BODY_BYTES} bytes.` })
    }
    send(response, 200, await answer(chain, body))
  } catch (error) {
    if (!response.headersSent) send(response, 200, { jsonrpc: '2.0', id: null, error: toFailure(error).json })
  }
}

async function serveGet(chain: Chain, { url = '/' }: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = url.split('?')[0]
  if (path === '/status') {
    await chain.persisted()
    return send(response, 200, await METHODS.status!(chain, [], AbortSignal.timeout(WAIT_MS)))
  }
  if (path === '/health') return send(response, 200, null)
  send(response, 404, { error: `There is no ${path}; POST JSON-RPC to /, or GET /status.` })
}

/** Answers one JSON-RPC request; errors are nearcore's, with HTTP 200, because clients retry on 5xx. */
export async function answer(chain: Chain, body: string): Promise<unknown> {
  let id: unknown = null
  try {
    let json: unknown
    try {
      json = JSON.parse(body)
    } catch (error) {
      throw parseError(`Failed to parse JSON: ${(error as Error).message}`)
    }
    const request = envelope.safeParse(json)
    if (!request.success) throw parseError('Not a JSON-RPC 2.0 request: jsonrpc, id and method are needed.')
    id = request.data.id ?? null
    const method = Object.hasOwn(METHODS, request.data.method) ? METHODS[request.data.method] : undefined
    if (method === undefined) throw methodNotFound(request.data.method)
    await chain.persisted()
    return { jsonrpc: '2.0', result: await method(chain, request.data.params, AbortSignal.timeout(WAIT_MS)), id }
  } catch (error) {
    return { jsonrpc: '2.0', error: toFailure(error).json, id }
  }
}

function toFailure(error: unknown): RpcFailure {
  if (error instanceof RpcFailure) return error
  if (error instanceof BlyanError && error.fault === 'user') return parseError(error.what)
  return internalError(error instanceof BlyanError ? `${error.code}: ${error.what}` : (error as Error).message)
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length
    if (length > MAX_BODY_BYTES) return null
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function send(response: ServerResponse, status: number, json: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json))
}
