/** Every chart in Chromium, under the page's own CSP: two widths, two schemes, keyboard, axe. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Browser } from 'playwright-core'
import { REPOSITORY } from '../../scripts/check/sources.ts'
import { seriousFindings } from './fixtures/axe.ts'
import { hasChromium, LOOKS, launchChromium, openPage, shoot } from './fixtures/browser.ts'
import { type FixtureGateway, startFixtureGateway } from './fixtures/gateway.ts'

describe('the charts in a browser', function () {
  this.timeout(120_000)
  let browser: Browser
  let gateway: FixtureGateway
  let dir: string | undefined

  before(async function () {
    if (!hasChromium()) this.skip()
    dir = mkdtempSync(join(tmpdir(), 'blyan-charts-'))
    const { build } = await import('vite')
    await build({
      configFile: false,
      root: join(REPOSITORY, 'test/browser/fixtures/charts'),
      logLevel: 'error',
      define: { 'process.env.NODE_ENV': '"production"' },
      build: { outDir: dir, emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
    })
    gateway = await startFixtureGateway(dir, [])
    browser = await launchChromium()
  })
  after(async () => {
    await browser?.close()
    await gateway?.close()
    if (dir !== undefined) rmSync(dir, { recursive: true, force: true })
  })

  for (const look of LOOKS) {
    it(`stand at ${look.width} pixels, ${look.scheme}: nothing overflows, no inline style, nothing serious for axe`, async () => {
      const { page, context, complaints } = await openPage(browser, look)
      await page.goto(gateway.url)
      await page.locator('figure.chart svg').nth(4).waitFor()
      await shoot(page, 'charts', look)
      expect(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)).to.equal(false)
      expect(await page.locator('[style]').count()).to.equal(0)
      expect(await seriousFindings(page)).to.deep.equal([])
      expect(complaints).to.deep.equal([])
      await context.close()
    })
  }

  it('say all that they show in words: title, each mark, and the same figures as a table', async () => {
    const { page, context } = await openPage(browser, LOOKS[0]!)
    await page.goto(gateway.url)
    const charts = page.locator('figure.chart')
    await charts.nth(4).waitFor()
    expect(await charts.nth(0).locator('h2').textContent()).to.equal(
      'Test loss fell from 8.00 to 3.12 bits/byte in 4 of 4 rounds; bigram (3.61) is beaten.',
    )
    expect(await charts.nth(2).locator('h2').textContent()).to.match(/^No test loss yet/)
    for (const i of [0, 1, 3, 4]) {
      const labels = await charts
        .nth(i)
        .locator('[role="img"]')
        .evaluateAll((marks) => marks.map((mark) => mark.getAttribute('aria-label') ?? ''))
      expect(labels.length, `chart ${i}`).to.be.greaterThan(2)
      for (const label of labels) expect(label).to.match(/\d/)
      expect(await charts.nth(i).locator('[role="img"][tabindex="0"]').count()).to.equal(1)
      await charts.nth(i).getByText('Figures as a table').click()
      expect(await charts.nth(i).locator('tbody tr').count()).to.be.at.least(labels.length)
    }
    await context.close()
  })

  it('are walked by arrows, Home and End, and by nothing else', async () => {
    const { page, context } = await openPage(browser, LOOKS[0]!)
    await page.goto(gateway.url)
    const chart = page.locator('figure.chart').nth(4)
    await chart.locator('[role="img"]').first().focus()
    const at = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label')?.slice(0, 4))
    expect(await at()).to.equal('50 %')
    await page.keyboard.press('ArrowRight')
    expect(await at()).to.equal('80 %')
    await page.keyboard.press('End')
    await page.keyboard.press('ArrowRight')
    expect(await at()).to.equal('99 %')
    await page.keyboard.press('Home')
    expect(await at()).to.equal('50 %')
    await page.keyboard.press('x')
    expect(await at()).to.equal('50 %')
    await context.close()
  })
})
