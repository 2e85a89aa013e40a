/** From a final block to a thousand WebSocket clients, and how long they take to connect. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { tgas } from '../../../chain/lib/units.ts'
import type { BenchOptions, BenchResult } from '../../lib/bench.ts'
import { addOperator, startBenchNetwork } from './network.ts'
import { percentile, resultOf, single } from './percentile.ts'

const CLIENTS = 1_000
const BLOCKS = 30

/** Each block's figure is the slowest of its 95 % quickest clients; reported are median and range over the blocks. */
export async function benchLive({ quick, progress }: BenchOptions): Promise<BenchResult[]> {
  const [clients, blocks] = quick ? [50, 3] : [CLIENTS, BLOCKS]
  const network = await startBenchNetwork({ intervalMs: 1_000 })
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'sockets.ts'), network.url, String(clients)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<{ type: string; ms: number[]; delays: number[] }> => {
    const { value, done } = await lines.next()
    if (done) throw new Error('the clients ended early')
    return JSON.parse(value)
  }
  try {
    progress(`${clients} clients connect`)
    const { ms } = await next()
    const operator = await addOperator(network.bank, 'operator', 'trainer')
    const { market } = network.bank.network.contracts
    await next() // its registration
    await next()
    const p95: number[] = []
    for (let block = 0; block < blocks; block++) {
      await network.bank
        .as(operator)
        .call(market, 'set_worker_key', { public_key: network.bank.client.publicKey }, { gas: tgas(30), deposit: 1n })
      p95.push(percentile((await next()).delays, 95))
    }
    progress(`${blocks} blocks heard by ${clients} clients each`)
    return [
      { id: 'gateway.ws.connect.p95', unit: 'ms', better: 'lower', ...single(percentile(ms, 95), ms.length) },
      { id: 'gateway.ws.fanout1000.p95', unit: 'ms', better: 'lower', ...resultOf(p95) },
    ]
  } finally {
    child.kill()
    await network.close()
  }
}
