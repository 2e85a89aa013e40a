/** The signer's HTTP API on 127.0.0.1. All of it is public: signatures are of use only to what they say. */
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Registry } from 'prom-client'
import { z } from 'zod'
import {
  PAYLOAD_KINDS,
  payloadKeySchema,
  payloadsQuerySchema,
  SIGNER_HALTED,
  SIGNER_NOT_SEEN,
  type SignerProblem,
  type SignerStatus,
} from '../../chain/client/bridge/signerApi.ts'
import type { Journal } from './journal.ts'

export interface ApiParts {
  journal: Pick<Journal, 'find' | 'list' | 'halted'>
  status(): SignerStatus
  registry: Registry
  /** Hears of what no route foresaw. */
  fail(error: unknown): void
}

type Answer = { status: number; type: string; body: string }

const item = z.object({ kind: z.enum(PAYLOAD_KINDS), key: payloadKeySchema })

/** Serves until `close`. @param port 0 takes a free one */
export async function serveApi(parts: ApiParts, port: number): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(parts, request)
      .catch((error: unknown) => {
        parts.fail(error)
        return problem(500, 'SIGNER_UNFORESEEN', 'The signer failed to answer.', 'Look into its log.')
      })
      .then((reply) => send(response, reply))
  })
  server.requestTimeout = 10_000
  server.maxConnections = 256
  await listen(server, port)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer({ journal, status, registry }: ApiParts, request: IncomingMessage): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return problem(405, 'SIGNER_METHOD', `${request.method} is not answered here.`, 'Ask with GET.')
  }
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://signer')
  if (pathname === '/status') return json(status())
  if (pathname === '/metrics') return { status: 200, type: registry.contentType, body: await registry.metrics() }
  if (pathname === '/health') return json({ ok: journal.halted() === null }, journal.halted() === null ? 200 : 503)
  const [, root, kind, key, ...rest] = pathname.split('/').map(decoded)
  if (root !== 'payloads' || rest.length > 0) return notFound(pathname)
  const halted = journal.halted()
  if (halted !== null) {
    return problem(
      503,
      SIGNER_HALTED,
      `The signer halted: ${halted.what}`,
      'Ask another signer; its operator has to look.',
    )
  }
  if (kind === undefined) {
    const query = payloadsQuerySchema.safeParse(Object.fromEntries(searchParams))
    if (!query.success) return badRequest(query.error)
    return json(journal.list(query.data.kind, query.data.from, query.data.limit))
  }
  const asked = item.safeParse({ kind, key })
  if (!asked.success) return badRequest(asked.error)
  const found = journal.find(asked.data.kind, asked.data.key)
  if (found !== null) return json(found)
  return problem(
    404,
    SIGNER_NOT_SEEN,
    `This signer has not signed ${asked.data.kind} ${asked.data.key} yet.`,
    'Wait until its block is final and ask again; /status shows how far the signer has read.',
  )
}

const json = (value: unknown, status = 200): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value),
})

function problem(status: number, code: string, what: string, fix: string): Answer {
  const body: SignerProblem = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, code, what, fix }
  return { status, type: 'application/problem+json', body: JSON.stringify(body) }
}

const notFound = (path: string): Answer =>
  problem(
    404,
    'SIGNER_NO_ROUTE',
    `There is nothing at ${path.slice(0, 100)}.`,
    'Ask /status, /payloads, /metrics or /health.',
  )

const badRequest = ({ issues: [issue] }: z.ZodError): Answer =>
  problem(
    400,
    'SIGNER_QUERY',
    `The question does not fit: ${issue?.path.join('.')}: ${issue?.message}.`,
    `Ask /payloads?kind=…&from=KEY&limit=N or /payloads/KIND/KEY; kinds are ${PAYLOAD_KINDS.join(', ')}.`,
  )

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Pages carry signatures themselves where no relayer does, so any origin may read. */
function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'access-control-allow-origin': '*',
    'x-content-type-options': 'nosniff',
  })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
