/** The first page as a visitor with a slow line and a slow computer meets it: bytes, and ms until it can be used. */
import { chromium } from 'playwright-core'
import type { BenchOptions, BenchResult } from '../lib/bench.ts'
import { startBenchNetwork } from './gateway/network.ts'
import { resultOf } from './gateway/percentile.ts'

/** Lighthouse's mobile profile: 1.6 Mb/s down, 150 ms round trip, a processor four times slower. */
const DOWN_BYTES = 1_600_000 / 8
const UP_BYTES = 750_000 / 8
const LATENCY_MS = 150
const SLOWER = 4

export async function bench({ quick, progress }: BenchOptions): Promise<BenchResult[]> {
  const network = await startBenchNetwork({ intervalMs: 1_000 })
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking'],
  })
  try {
    const [bytes, usable]: [number[], number[]] = [[], []]
    for (let visit = 0; visit < (quick ? 1 : 7); visit++) {
      const context = await browser.newContext()
      const page = await context.newPage()
      const cdp = await context.newCDPSession(page)
      await cdp.send('Network.enable')
      await cdp.send('Network.emulateNetworkConditions', {
        offline: false,
        downloadThroughput: DOWN_BYTES,
        uploadThroughput: UP_BYTES,
        latency: LATENCY_MS,
      })
      await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
      let received = 0
      cdp.on('Network.loadingFinished', ({ encodedDataLength }) => {
        received += encodedDataLength
      })
      const begun = performance.now()
      await page.goto(network.url, { waitUntil: 'commit' })
      // Usable: its first action answers, and its figures came from the gateway.
      await page.getByRole('link', { name: 'Train a model' }).click({ trial: true })
      await page
        .getByText(/\d+ operators?/)
        .first()
        .waitFor()
      usable.push(performance.now() - begun)
      await page.waitForLoadState('load')
      bytes.push(received)
      await context.close()
    }
    progress(`${usable.length} first visits`)
    return [
      { id: 'page.first.bytes', unit: 'kB', better: 'lower', ...resultOf(bytes.map((each) => each / 1000)) },
      { id: 'page.first.usable', unit: 'ms', better: 'lower', ...resultOf(usable) },
    ]
  } finally {
    await browser.close()
    await network.close()
  }
}
