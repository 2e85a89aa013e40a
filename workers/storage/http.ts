/** What both doors of the node share: opening, closing, answering. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PortInUseError, StorageIoError } from './errors.ts'
import { MAX_CONNECTIONS } from './limits.ts'

export type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>

export interface Door {
  readonly url: string
  close(): Promise<void>
}

/**
 * Serves HTTP. An answer that rejects closes its connection and nothing else.
 * @param port 0 for any free one
 * @throws PortInUseError, StorageIoError when the address cannot be listened on
 */
export async function openDoor(name: string, host: string, port: number, answer: Answer): Promise<Door> {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  server.maxConnections = MAX_CONNECTIONS
  server.headersTimeout = 10_000 // a request line and headers are one packet; slower senders only hold sockets
  server.requestTimeout = 300_000 // 256 MiB at 7 Mbit/s
  await listen(server, name, host, port)
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, name: string, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const data = { host, port, field: name }
      const where = `${host}:${port}`
      if (cause.code === 'EADDRINUSE') {
        const fix = 'Choose another port, or 0 for any free one.'
        reject(new PortInUseError({ what: `The port of ${name}, ${where}, is in use.`, fix, data, cause }))
      } else {
        const fix = 'Choose an address of this machine and a port that you may listen on.'
        reject(new StorageIoError({ what: `${name} cannot listen on ${where}: ${cause.message}`, fix, data, cause }))
      }
    })
    server.listen(port, host, resolve)
  })
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(`${text}\n`)
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(`${JSON.stringify(value)}\n`)
}
