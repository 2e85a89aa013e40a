/** What a relayer tells over HTTP: how it stands, what it carries, its figures. It takes no orders. */
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Registry } from 'prom-client'
import type { Job } from './journal.ts'
import type { Relayer } from './relayer.ts'

export interface HttpOptions {
  relayer: Pick<Relayer, 'view'>
  metrics: Registry
  /** The relayer's accounts and limits, for operators. */
  about: Record<string, unknown>
  host?: string
  port: number
}

export async function serveRelayer(options: HttpOptions): Promise<{ url: string; close(): Promise<void> }> {
  const { host = '127.0.0.1', port } = options
  const server = createServer((request, response) => {
    void answer(options, request.method ?? 'GET', request.url ?? '/', response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address() as AddressInfo
  return { url: `http://${host}:${address.port}`, close: () => closeServer(server) }
}

async function answer(
  { relayer, metrics, about }: HttpOptions,
  method: string,
  url: string,
  response: ServerResponse,
): Promise<void> {
  // A page of any origin may read what anybody may know.
  response.setHeader('access-control-allow-origin', '*')
  response.setHeader('x-content-type-options', 'nosniff')
  if (method !== 'GET') return problem(response, 405, 'RELAYER_METHOD', 'Only GET is answered here.')
  const view = relayer.view()
  switch (new URL(url, 'http://relayer').pathname) {
    case '/health':
      return json(response, { ok: true })
    case '/status':
      return json(response, {
        schema: 'blyan.relayer/1',
        ...about,
        open: view.jobs.filter(({ endedAt }) => endedAt === null).length,
        queueAgeSeconds: view.queueAgeSeconds,
        sent: view.sent,
        trouble: view.trouble,
        signers: view.signers,
        backing: view.backing && {
          lockedAtto: String(view.backing.lockedAtto),
          mintedAtto: String(view.backing.mintedAtto),
          excessAtto: String(view.backing.excessAtto),
        },
      })
    case '/transfers':
      return json(response, { items: view.jobs.map(jobJson) })
    case '/metrics':
      response.setHeader('content-type', metrics.contentType)
      response.end(await metrics.metrics())
      return
    default:
      return problem(response, 404, 'RELAYER_PATH', 'There are /status, /transfers, /metrics and /health.')
  }
}

/** @example { id: 'near-evm:7', kind: 'lock', state: 'signed', note: 'its EVM transaction is on the way', … } */
export function jobJson({ kind, key, state, attempts, note, firstSeenAt, endedAt }: Job) {
  const id = kind === 'lock' ? `near-evm:${key}` : kind === 'burn' ? `evm-near:${key}` : `${kind}:${key}`
  return { id, kind, state, attempts, note, firstSeenAt, endedAt }
}

function json(response: ServerResponse, body: object): void {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(body))
}

function problem(response: ServerResponse, status: number, code: string, what: string): void {
  response.writeHead(status, { 'content-type': 'application/problem+json' })
  response.end(JSON.stringify({ type: 'about:blank', title: code, status, code, what, fix: 'Correct the address.' }))
}

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
