/** Every page in Debian's Chromium over a gateway of fixed answers: two widths, light and dark, and each state. */
import { expect } from 'chai'
import type { Browser } from 'playwright-core'
import { buildFrontend } from '../../scripts/build/frontend.ts'
import { seriousFindings } from './fixtures/axe.ts'
import { hasChromium, LOOKS, launchChromium, openPage, shoot } from './fixtures/browser.ts'
import { CSP, type FixtureGateway, startFixtureGateway } from './fixtures/gateway.ts'
import { modelRoutes } from './fixtures/models.ts'
import { marketRoutes } from './fixtures/routes.ts'

const WIDE = LOOKS[0]!
const PAGES = [
  { address: '/', name: 'market', says: 'Strangers’ machines train your model' },
  { address: '/new', name: 'new', says: 'Choose what is trained' },
  { address: '/task/12', name: 'task-running', says: 'Round 2 of 4, checking' },
  { address: '/task/11', name: 'task-done', says: 'All 4 rounds are done' },
  { address: '/task/9007199254740991', name: 'task-extreme', says: '<img src=x onerror=alert(1)>' },
  { address: '/account', name: 'account', says: 'You are not signed in' },
  { address: '/nowhere', name: 'nowhere', says: 'There is no page at this address' },
]
/** Compressed bytes of everything that the first page makes the browser fetch, fonts aside. */
const FIRST_PAGE_BYTES = 250_000

describe('pages in Chromium', function () {
  this.timeout(60_000)
  let browser: Browser
  let gateway: FixtureGateway
  let damage = (bytes: Uint8Array): Uint8Array => bytes

  before(async function () {
    if (!hasChromium()) this.skip()
    const { dir } = await buildFrontend()
    gateway = await startFixtureGateway(dir, [...marketRoutes, ...modelRoutes((bytes) => damage(bytes))])
    browser = await launchChromium()
  })
  after(async () => {
    await browser?.close()
    await gateway?.close()
  })

  for (const { address, name, says } of PAGES) {
    it(`${address} shows its sentence at both widths and schemes, without a complaint, a sideways scroll or an axe finding`, async () => {
      const { page, context, complaints } = await openPage(browser, WIDE)
      await page.goto(gateway.url + address, { waitUntil: 'networkidle' })
      expect(await page.locator('h1').first().textContent(), address).to.include(says)
      for (const look of LOOKS) {
        await page.setViewportSize({ width: look.width, height: 800 })
        await page.emulateMedia({ colorScheme: look.scheme, reducedMotion: 'reduce' })
        await shoot(page, name, look)
        expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).to.be.at.most(0)
        expect(await seriousFindings(page)).to.deep.equal([])
      }
      expect(complaints).to.deep.equal([])
      await context.close()
    })
  }

  it('loads the first page in at most 250 kB, and neither runtime nor wallets with it', async () => {
    const { page, context } = await openPage(browser, WIDE)
    const fetched: string[] = []
    page.on('request', (request) => void fetched.push(new URL(request.url()).pathname))
    await page.goto(gateway.url, { waitUntil: 'networkidle' })
    const { gzipSync } = await import('node:zlib')
    const files = fetched.filter((path) => path.startsWith('/assets/') || path === '/')
    let bytes = 0
    for (const path of files.filter((each) => !each.endsWith('.woff2'))) {
      bytes += gzipSync(Buffer.from(await (await fetch(gateway.url + path)).arrayBuffer())).length
    }
    expect(bytes).to.be.at.most(FIRST_PAGE_BYTES)
    expect(files.filter((path) => /wasm|worker|SignIn|nearConnect/.test(path))).to.deep.equal([])
    await context.close()
  })

  it('obeys its policy to the letter: an inline script and a foreign address are refused', async () => {
    expect(CSP).not.to.match(/'unsafe-inline'|'unsafe-eval'/)
    const { page, context, complaints } = await openPage(browser, WIDE)
    await page.goto(gateway.url, { waitUntil: 'networkidle' })
    await page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'window.wasRun = true'
      document.body.append(script)
      return fetch('https://example.org/').catch(() => null)
    })
    expect(await page.evaluate(() => 'wasRun' in window)).to.equal(false)
    expect(complaints.filter((text) => /Content Security Policy/.test(text))).to.have.length.at.least(2)
    await context.close()
  })

  it('says since when it has heard nothing, dims, lets money wait, and comes back by itself', async () => {
    const { page, context } = await openPage(browser, WIDE)
    await page.goto(`${gateway.url}/task/12`, { waitUntil: 'networkidle' })
    gateway.away(true)
    const banner = page.locator('.banner')
    await banner.filter({ hasText: /As of \d\d:\d\d:\d\d, reconnecting/ }).waitFor()
    expect(await page.locator('h1').textContent()).to.include('Round 2 of 4')
    await shoot(page, 'task-stale', WIDE)
    expect(await seriousFindings(page)).to.deep.equal([])
    gateway.away(false)
    await banner.waitFor({ state: 'hidden', timeout: 20_000 })
    await context.close()
  })

  it('asks a task again when the stream says that its round moved, and other tasks’ news changes nothing', async () => {
    const { page, context } = await openPage(browser, WIDE)
    await page.goto(`${gateway.url}/task/12`, { waitUntil: 'networkidle' })
    const asked = () => gateway.asked.filter(({ path }) => path === '/api/v1/tasks/12').length
    const before = asked()
    gateway.tell({ type: 'round', data: { task: '13' } })
    gateway.tell({ type: 'round', data: { task: '12' } })
    await page.waitForResponse((response) => response.url().endsWith('/api/v1/tasks/12'))
    expect(asked()).to.equal(before + 1)
    await context.close()
  })

  it('says why a task is not there, with a code and an id, and keeps the frame', async () => {
    const { page, context } = await openPage(browser, WIDE)
    await page.goto(`${gateway.url}/task/99`, { waitUntil: 'networkidle' })
    const problem = await page.locator('.problem').first().textContent()
    expect(problem).to.include('There is no such task').and.to.include('TASK_UNKNOWN').and.to.include('id 7f3a91c2')
    await shoot(page, 'task-unknown', WIDE)
    await context.close()
  })

  it('is led by the keyboard: skip link, slash for search, question mark for keys, Escape closes', async () => {
    const { page, context } = await openPage(browser, WIDE)
    await page.goto(gateway.url, { waitUntil: 'networkidle' })
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).to.include('Skip to the page')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys and words' }).waitFor()
    await shoot(page, 'help', WIDE)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await page.keyboard.press('/')
    await page.keyboard.type('12')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/task/12')
    await context.close()
  })

  it('states price, risk, refund and what becomes public before anything can be signed', async () => {
    const { page, context } = await openPage(browser, WIDE)
    await page.goto(`${gateway.url}/new`, { waitUntil: 'networkidle' })
    const text = (await page.locator('main').innerText()).replace(/\s+/g, ' ')
    for (const part of ['You sign for at most', 'Comes back', 'Becomes public', 'times in 100', 'lose the deposit']) {
      expect(text, part).to.include(part)
    }
    const before = await page.locator('.strip').innerText()
    await page.locator('input[name=certainty][value="90"]').check()
    const after = await page.locator('.strip').innerText()
    expect(after).not.to.equal(before)
    const figures = [
      ...after.matchAll(/(Trainers|Validators|Fee|Spent|Reserve|Deposit|Comes back|at most)[^\n]*\n([\d.\u202f]+)/g),
    ]
    const of = (name: string) => Number(figures.find((figure) => figure[1] === name)![2]!.replace('\u202f', ''))
    expect(of('Trainers') + of('Validators') + of('Fee')).to.be.closeTo(of('Spent'), 1e-9)
    expect(of('Spent') + of('Comes back')).to.be.closeTo(of('at most'), 1e-9)
    await context.close()
  })

  it('writes with the model in the page, the same at every visit, and calls it the model’s', async () => {
    const written: string[] = []
    for (let visit = 0; visit < 2; visit++) {
      const { page, context, complaints } = await openPage(browser, WIDE)
      await page.goto(`${gateway.url}/task/11`, { waitUntil: 'networkidle' })
      await page.getByLabel('Begin with your own words').fill('Once upon ')
      await page.getByRole('button', { name: 'Write with it' }).click()
      await page.locator('[data-side=after]').waitFor({ timeout: 40_000 })
      await page.getByRole('button', { name: 'Write with it' }).waitFor({ timeout: 40_000 })
      written.push(
        await page.locator('[data-side=before]').innerText(),
        await page.locator('[data-side=after]').innerText(),
      )
      if (visit === 0) await shoot(page, 'task-written', WIDE)
      expect(await page.locator('.written figcaption').first().innerText()).to.include('written by the model')
      expect(complaints).to.deep.equal([])
      await context.close()
    }
    expect(written[0]).to.include('Once upon ').and.not.to.equal(written[1])
    expect(written.slice(2)).to.deep.equal(written.slice(0, 2))
  })

  it('refuses parameters that hash to something else, and saves an ONNX file that hashes right', async () => {
    const { page, context } = await openPage(browser, WIDE)
    await page.goto(`${gateway.url}/task/11`, { waitUntil: 'networkidle' })
    damage = (bytes) => bytes.with(7, bytes[7]! ^ 1)
    await page.getByRole('button', { name: 'Write with it' }).click()
    await page.locator('.problem', { hasText: 'What came hashes to' }).waitFor()
    expect(await page.locator('.written').count()).to.equal(0)
    damage = (bytes) => bytes
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download ONNX' }).click(),
    ])
    expect(download.suggestedFilename()).to.equal('task-11-round-4.onnx')
    await context.close()
  })

  it('shows each state of what was sent, after a reload too: waiting, sent, failed with the money’s place, final', async () => {
    const { page, context, complaints } = await openPage(browser, WIDE)
    const entry = (id: string, change: object) => ({
      id,
      title: id,
      accountId: 'alice.near',
      step: 'final',
      startedAt: Date.now() - 90_000,
      at: Date.now() - 70_000,
      hashes: ['7QmZ1kk2'],
      total: 1,
      failed: null,
      href: '/task/12',
      tab: 'closed',
      ...change,
    })
    const failed = {
      code: 'MARKET_BOUNTY_LOW',
      what: 'The market asks for 151.20 BLY; 151.19 came.',
      fix: 'Order it again: the price has risen.',
      money: 'What the failed step moved came back to alice.near in the same transaction; only gas was used.',
    }
    const entries = [
      entry('Asked a wallet that was closed', { step: 'wallet', hashes: [], href: null }),
      entry('Sent, on its way', { step: 'sent', href: null }),
      entry('Refused by the market', { step: 'sent', failed, href: null }),
      entry('Came to its end', {}),
    ]
    await page.addInitScript((text) => localStorage.setItem('blyan.transactions', text), JSON.stringify(entries))
    await page.goto(`${gateway.url}/account`, { waitUntil: 'networkidle' })
    const text = (await page.locator('main').innerText()).replace(/\s+/g, ' ')
    for (const part of [
      'No word from the wallet for a minute. Nothing was sent.',
      'Sent; waits for the chain to carry out every step',
      'Failed: The market asks for 151.20 BLY',
      'came back to alice.near',
      'See what came of it',
    ]) {
      expect(text, part).to.include(part)
    }
    await shoot(page, 'transactions', WIDE)
    expect(await seriousFindings(page)).to.deep.equal([])
    expect(complaints).to.deep.equal([])
    await context.close()
  })
})
