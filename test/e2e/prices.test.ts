/** Three feeders, one of them a real process, over a pool, a page and a file, to `blyan price`. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { signNatively } from '../../chain/node/nativeKeys.ts'
import { parseFeederConfig, type StartedFeeder, startFeeder } from '../../oracle/feeder/index.ts'
import { feederSettings } from '../../scripts/up/prices.ts'
import { readKeyFile } from '../../workers/node/keyFile.ts'
import { BLY, ORACLE, type PricesNetwork, startPricesNetwork } from '../fixtures/oracle/pricesNetwork.ts'

const MAIN = join(import.meta.dirname, '../../scripts/cli/main.ts')
const run = promisify(execFile)
const PATIENCE_MS = 30_000

describe('prices, end to end', function () {
  this.timeout(120_000)
  const dir = mkdtempSync(join(tmpdir(), 'blyan-prices-'))
  const stop = new AbortController()
  const file = join(dir, 'price.json')
  let network: PricesNetwork
  let page: Server
  let process_: ChildProcess | undefined
  let url = ''
  const started: StartedFeeder[] = []

  const config = () => {
    const { port } = page.address() as AddressInfo
    const web = {
      type: 'http',
      name: 'page',
      url: `http://127.0.0.1:${port}/`,
      path: 'data.price',
      allow_loopback: true,
    }
    return feederSettings(network.bank, [web, { type: 'file', name: 'file', file, path: 'price' }], 1)
  }
  const price = async () => {
    const { stdout } = await run(process.execPath, [MAIN, 'price', '--rpc', network.rpcUrl, '--json'])
    return JSON.parse(stdout)
  }
  const until = async <T>(what: string, ask: () => Promise<T | null | undefined | false>): Promise<T> => {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await delay(100)) {
      const found = await ask()
      if (found) return found
    }
    throw new Error(`${what} did not come within ${PATIENCE_MS} ms`)
  }

  before(async () => {
    network = await startPricesNetwork(join(dir, 'chain'))
    page = createServer((_, response) => response.end('{"data":{"price":"0.0501"}}'))
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve))
    writeFileSync(file, '{"price":0.0502}')
  })
  after(async () => {
    stop.abort()
    process_?.kill('SIGTERM')
    for (const { done } of started) await done
    page?.close()
    await network?.close()
    rmSync(dir, { recursive: true, force: true })
  })

  it('has no price, and says how many reports are missing, before anybody reports', async () => {
    const found = await price()
    expect(found).to.include({ asset: BLY, price: null, ageMs: null, twap: null })
    expect(found.sources).to.deep.equal([])
    const { stdout } = await run(process.execPath, [MAIN, 'price', '--rpc', network.rpcUrl])
    expect(stdout.split('\n')[0]).to.equal(`${BLY} has no price now: 0 fresh reports; 3 that agree are needed.`)
  })

  it('has one once three feeders report, with each of them and its age', async () => {
    for (const account of network.feeders.slice(0, 2)) {
      started.push(
        await startFeeder({
          config: parseFeederConfig(config()),
          key: readKeyFile(network.keyFile(account)),
          sign: signNatively,
          port: 0,
          log: { info: () => {}, warn: () => {}, error: () => {} },
          now: Date.now,
          random: (bytes) => new Uint8Array(bytes),
          signal: stop.signal,
        }),
      )
    }
    const settings = join(dir, 'feeder.json')
    writeFileSync(settings, JSON.stringify(config()))
    const key = network.keyFile(network.feeders[2])
    const args = ['feeder', '--config', settings, '--key', key, '--dir', join(dir, 'feeder')]
    process_ = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
    for await (const line of createInterface({ input: process_.stdout! })) {
      const ready = JSON.parse(line)
      expect(ready).to.include({ type: 'ready', account: network.feeders[2], oracle: ORACLE })
      url = ready.url
      break
    }
    const found = await until('the price', async () => {
      const now = await price()
      return now.price === null ? null : now
    })
    // Pool 0.05, page 0.0501, file 0.0502: all within 2 %, the middle one.
    expect(found.price).to.deep.equal({ multiplier: '5010000', decimals: 26 })
    expect(found.sources.map((each: { name: string }) => each.name)).to.have.members([...network.feeders])
    expect(found.ageMs).to.be.within(0, 90_000)
    const { stdout } = await run(process.execPath, [MAIN, 'price', '--rpc', network.rpcUrl])
    expect(stdout.split('\n')[0]).to.match(
      new RegExp(`^${BLY} is worth 0.0501 dollars, \\d+ s old, from 3 feeders, at most 0.00 % apart.$`),
    )
  })

  it('shows metrics, state and health at each feeder’s own door, and snapshots of the pool', async () => {
    await until('a snapshot', async () => {
      const [pool] = (await network.bank.client.view(ORACLE, 'get_pools', {})) as { snapshots: number }[]
      return pool.snapshots > 0
    })
    const metrics = await (await fetch(`${url}/metrics`)).text()
    expect(Number(/blyan_price_age_seconds\{asset="bly.test.near"\} (\S+)/.exec(metrics)![1])).to.be.below(30)
    expect(metrics).to.match(/blyan_feeder_source_up\{asset="bly.test.near",source="page"\} 1/)
    const state = await (await fetch(`${url}/status`)).json()
    expect(state).to.include({ schema: 'blyan.feederStatus/1', account: network.feeders[2] })
    expect((await fetch(`${url}/health`)).status).to.equal(200)
    expect((await fetch(`${url}/`)).status).to.equal(404)
  })

  it('goes on with two sources while the third is old or away, and stops with one', async () => {
    const long = new Date(Date.now() - 3_600_000)
    utimesSync(file, long, long)
    const state = async () => (await (await fetch(`${url}/status`)).json()).assets[0]
    await until('a report without the file', async () => {
      const now = await state()
      return now.sources[2].error === 'FEEDER_SOURCE_STALE' && now.reported.price === '0.05'
    })
    page.closeAllConnections()
    await new Promise((resolve) => page.close(resolve))
    const alone = await until('a page that is away', async () => {
      const now = await state()
      return now.sources[1]?.error === 'FEEDER_SOURCE_UNREACHABLE' && now
    })
    const last = alone.reported.at
    await until('two more rounds', async () => (await state()).sources[0].at > alone.sources[0].at && (await state()))
    expect((await state()).reported.at).to.equal(last)
  })

  it('never writes the key anywhere, and ends on SIGTERM', async () => {
    const { secretKey } = readKeyFile(network.keyFile(network.feeders[2]))
    process_!.kill('SIGTERM')
    const code = await new Promise((resolve) => process_!.once('exit', resolve))
    expect(code).to.equal(0)
    const log = readFileSync(join(dir, 'feeder', 'feeder.log'), 'utf8')
    expect(log).to.contain('reported')
    expect(log).to.not.contain(secretKey.slice(8))
  })

  it('refuses a key that others may read, and a configuration with one source', async () => {
    const key = network.keyFile(network.feeders[2])
    const settings = join(dir, 'bad.json')
    const refused = async () => {
      const args = [MAIN, 'feeder', '--config', settings, '--key', key, '--dir', join(dir, 'feeder')]
      const error = await run(process.execPath, args).catch((reason) => reason)
      return String(error.stderr)
    }
    const source = { type: 'file', file, path: 'price' }
    const write = (...sources: object[]) => {
      const assets = [{ asset_id: BLY, token_decimals: 18, sources }]
      writeFileSync(settings, JSON.stringify({ schema: 'blyan.feeder/1', rpc: network.rpcUrl, oracle: ORACLE, assets }))
    }
    write({ ...source, name: 'one' })
    expect(await refused())
      .to.contain('FEEDER_CONFIG_INVALID')
      .and.contain('two sources at least')
    write({ ...source, name: 'one' }, { ...source, name: 'two' })
    chmodSync(key, 0o644)
    expect(await refused()).to.contain(`chmod 600 ${key}`)
  })
})
