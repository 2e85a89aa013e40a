/**
 * A process that asks at a fixed rate whatever the answers do (open loop): `fork('load.ts', [URL, RATE, SECONDS, FILE])` with
 * the paths in FILE. Latency counts from when a request was due, so a server that stalls pays for those who wait.
 */
import { readFileSync } from 'node:fs'
import { Agent, get } from 'node:http'

const [url, rate, seconds] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])]
const paths = JSON.parse(readFileSync(process.argv[5]!, 'utf8')) as string[]
const agent = new Agent({ keepAlive: true, maxSockets: 256 })
const { hostname, port } = new URL(url)
const total = Math.round(rate * seconds)
const latencies: number[] = []
let errors = 0
let last = 0

function ask(path: string, due: number): Promise<void> {
  return new Promise((resolve) => {
    const request = get({ hostname, port, path, agent }, (response) => {
      response.resume()
      response.once('end', () => {
        if (response.statusCode !== 200) errors++
        last = performance.now()
        latencies.push(last - due)
        resolve()
      })
    })
    request.once('error', () => {
      errors++
      resolve()
    })
  })
}

const startedAt = performance.now() + 50
const underway: Promise<void>[] = []
await new Promise<void>((resolve) => {
  let sent = 0
  const tick = (): void => {
    const now = performance.now()
    while (sent < total && startedAt + (sent * 1000) / rate <= now) {
      underway.push(ask(paths[sent % paths.length]!, startedAt + (sent * 1000) / rate))
      sent++
    }
    if (sent === total) resolve()
    else setTimeout(tick, 1)
  }
  tick()
})
await Promise.all(underway)
process.send!({ latencies, errors, achieved: (latencies.length * 1000) / (last - startedAt) }, () => process.exit(0))
