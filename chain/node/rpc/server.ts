/** JSON-RPC over HTTP on the loopback, and GET /status, as nearcore serves them. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import { BlyanError } from '../../lib/errors.ts'
import { corsHeaders, loopbackHosts } from '../../lib/visitors.ts'
import type { Chain } from '../chain.ts'
import { ChainPortInUseError } from '../errors.ts'
import { forbidden, internalError, methodNotFound, parseError, RpcFailure } from './errors.ts'
import { ContentTypeError, type Guard, guardOf } from './guard.ts'
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

export interface RpcServerOptions {
  /** 0 lets the system choose. */
  port?: number
  /** Where it listens. */
  host?: string
  /** Pages that may call, e.g. `http://127.0.0.1:4173`; none unless told. */
  origins?: readonly string[]
  /** Further values of `Host` under which it is known, e.g. `node.example:3030`. */
  hosts?: readonly string[]
  /** Another judge of visitors than these lists make. */
  guard?: Guard
}

/** @throws ChainPortInUseError */
export async function serveRpc(
  chain: Chain,
  { port = 3030, host = '127.0.0.1', origins = [], hosts = [], guard }: RpcServerOptions = {},
): Promise<RpcServer> {
  let door: Door = { chain, origins, guard: guardOf({ hosts: [], origins: [] }) }
  const server = createServer((request, response) => void serve(door, request, response))
  // Clients keep connections open between calls; a shorter time than theirs would race with their next request.
  server.keepAliveTimeout = 60_000
  await listen(server, port, host)
  const { port: bound } = server.address() as AddressInfo
  const names = [...loopbackHosts(bound), `${host}:${bound}`, ...hosts.map((name) => name.toLowerCase())]
  door = { chain, origins, guard: guard ?? guardOf({ hosts: names, origins }) }
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

interface Door {
  chain: Chain
  origins: readonly string[]
  guard: Guard
}

async function serve(
  { chain, origins, guard }: Door,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  for (const [name, value] of Object.entries(corsHeaders(request.headers.origin, origins))) {
    response.setHeader(name, value)
  }
  try {
    const refusal = guard.visitor(request)
    if (refusal !== null) {
      request.resume() // lets the client finish sending and read the answer
      return send(response, statusOf(refusal), { jsonrpc: '2.0', id: null, error: forbidden(refusal).json })
    }
    if (request.method === 'OPTIONS') return void response.writeHead(204).end()
    if (request.method === 'GET') return await serveGet(chain, request, response)
    if (request.method !== 'POST') return send(response, 405, { error: 'Use POST with JSON-RPC 2.0.' })
    const body = await readBody(request)
    if (body === null) {
      // The rest of the body is still on its way: this connection serves nothing more.
      response.setHeader('connection', 'close').once('finish', () => request.destroy())
      return send(response, 413, { error: `A request may have ${MAX_BODY_BYTES} bytes.` })
    }
    let status = 200
    const reply = await answer(chain, body, (method) => {
      const denied = guard.method(request, method)
      if (denied !== null) status = statusOf(denied)
      return denied
    })
    send(response, status, reply)
  } catch (error) {
    if (!response.headersSent) send(response, 200, { jsonrpc: '2.0', id: null, error: toFailure(error).json })
  }
}

const statusOf = (refusal: BlyanError): number => (refusal instanceof ContentTypeError ? 415 : 403)

async function serveGet(chain: Chain, { url = '/' }: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = url.split('?')[0]
  if (path === '/status') {
    await chain.persisted()
    return send(response, 200, await METHODS.status!(chain, [], AbortSignal.timeout(WAIT_MS)))
  }
  if (path === '/health') return send(response, 200, null)
  send(response, 404, { error: `There is no ${path}; POST JSON-RPC to /, or GET /status.` })
}

/**
 * Answers one JSON-RPC request; errors are nearcore's, with HTTP 200, because clients retry on 5xx.
 * @param deny why this caller may not call a method; null lets it
 */
export async function answer(
  chain: Chain,
  body: string,
  deny: (method: string) => BlyanError | null = () => null,
): Promise<unknown> {
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
    const denied = deny(request.data.method)
    if (denied !== null) throw forbidden(denied)
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
