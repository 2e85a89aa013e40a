/** A gateway of canned answers on a real socket, for what the client does with them. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Answer {
  readonly status?: number
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

export interface CannedGateway {
  readonly url: string
  readonly server: Server
  readonly seen: { path: string; authorization: string | undefined; body: string }[]
  answer: (request: { path: string; method: string; authorization: string | undefined; body: string }) => Answer
  close(): Promise<void>
}

export async function startCannedGateway(): Promise<CannedGateway> {
  const gateway: { answer: CannedGateway['answer'] } = { answer: () => ({ status: 404 }) }
  const seen: CannedGateway['seen'] = []
  const server = createServer(async (request, response) => {
    const body = await textOf(request)
    const [path, method, authorization] = [request.url ?? '', request.method ?? '', request.headers.authorization]
    seen.push({ path, authorization, body })
    const { status = 200, body: reply, headers = {} } = gateway.answer({ path, method, authorization, body })
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(reply instanceof Uint8Array || typeof reply === 'string' ? reply : JSON.stringify(reply ?? null))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return Object.assign(gateway, { url, server, seen, close })
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}
