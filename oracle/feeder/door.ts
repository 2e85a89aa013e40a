/** The feeder's own door on the loopback: metrics, health and state, to look at and never to act by. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Feeder } from './feeder.ts'
import type { FeederMetrics } from './metrics.ts'

export interface Door {
  readonly url: string
  close(): Promise<void>
}

/** @param port 0 for a free one */
export async function openDoor(feeder: Feeder, metrics: FeederMetrics, account: string, port: number): Promise<Door> {
  const server = createServer((request, response) => {
    const answer = async (): Promise<[status: number, type: string, body: string]> => {
      if (request.method !== 'GET') return [405, 'text/plain', 'only GET\n']
      const alarm = feeder.state().some((each) => each.alarm)
      switch (request.url) {
        case '/metrics':
          return [200, metrics.contentType, await metrics.text()]
        case '/health':
          return [alarm ? 503 : 200, 'text/plain', alarm ? 'the oracle has no price\n' : 'ok\n']
        case '/status': {
          const state = { schema: 'blyan.feederStatus/1', account, failures: feeder.failures(), assets: feeder.state() }
          return [200, 'application/json', `${JSON.stringify(state)}\n`]
        }
        default:
          return [404, 'text/plain', 'GET /metrics, /health or /status\n']
      }
    }
    answer().then(
      ([status, type, body]) => response.writeHead(status, { 'content-type': type }).end(body),
      () => response.destroy(),
    )
  })
  server.maxConnections = 32
  server.headersTimeout = 5_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
