/** A stranger's first order through the page alone, over a real chain and gateway: account, text, signature, task, refund. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { fileCid } from '../../chain/client/content/index.ts'
import { plainText } from '../fixtures/ordersWorld.ts'
import { type Site, startSite } from '../fixtures/site.ts'
import { seriousFindings } from './fixtures/axe.ts'
import { hasChromium, LOOKS, launchChromium, openPage, shoot } from './fixtures/browser.ts'

const WIDE = LOOKS[0]!

describe('an order through the page', function () {
  this.timeout(180_000)
  const dir = mkdtempSync(join(tmpdir(), 'blyan-page-'))
  let site: Site
  let browser: Browser
  let shown: Page | null = null

  before(async function () {
    if (!hasChromium()) this.skip()
    site = await startSite({ dir, members: [] })
    browser = await launchChromium()
  })
  afterEach(async function () {
    if (this.currentTest?.state === 'failed' && shown !== null) await shoot(shown, 'failed', WIDE)
  })
  after(async () => {
    await browser?.close()
    await site?.close()
    rmSync(dir, { recursive: true, force: true })
  })

  it('makes an account, is checked before it is signed, is sent once for two clicks, survives a reload, and can be taken back', async () => {
    const { page, context, complaints } = await openPage(browser, WIDE)
    shown = page
    const account = page.getByRole('banner').getByRole('link', { name: /^visitor-/ })
    await page.goto(`${site.url}/new`, { waitUntil: 'networkidle' })
    await page.getByRole('button', { name: 'Sign in' }).click()
    await shoot(page, 'real-sign-in', WIDE)
    await page.getByRole('button', { name: 'Use the development wallet' }).click()
    await account.waitFor({ timeout: 60_000 })

    const file = { name: 'notes <b>of mine</b>.txt', mimeType: 'text/plain', buffer: Buffer.from(plainText(400_000)) }
    await page.locator('input[type=file]').setInputFiles(file)
    await page.getByLabel('Rounds', { exact: true }).fill('2')
    await page.getByText('Go on with a small pool').click()
    await page.getByRole('button', { name: 'Review' }).click()
    const sign = page.getByRole('button', { name: /^Sign for/ })
    await sign.waitFor({ timeout: 60_000 })
    expect(await page.locator('h1').innerText()).to.include('notes <b>of mine</b>.txt')
    expect(await seriousFindings(page)).to.deep.equal([])
    await shoot(page, 'real-review', WIDE)

    await sign.dblclick()
    await page.waitForURL('**/task/*', { timeout: 60_000 })
    const task = page.url().split('/').at(-1)!
    expect((await site.views.task(task)).requester).to.match(/^visitor-/)
    await page.getByRole('button', { name: 'Cancel the task' }).waitFor({ timeout: 60_000 })
    await shoot(page, 'real-task', WIDE)

    await page.reload({ waitUntil: 'networkidle' })
    await account.waitFor({ timeout: 30_000 })
    await page.getByRole('button', { name: 'Cancel the task' }).click({ timeout: 30_000 })
    await page.locator('.stamp', { hasText: /cancelled/i }).waitFor({ timeout: 60_000 })
    expect((await site.views.task(task)).state).to.equal('Cancelled')
    await shoot(page, 'real-cancelled', WIDE)
    // One task was made, by one message: the second click found the first on its way.
    const created = (await site.events()).filter(({ event }) => event === 'task_created')
    expect(created).to.have.length(1)

    await account.click()
    await page.locator('.steps').nth(1).getByText('Final').waitFor({ timeout: 30_000 })
    await shoot(page, 'real-account', WIDE)

    // What the gateway stores has an address, by which the next order may name it.
    const { spec } = (await site.views.task(task)).spec
    await page.goto(`${site.url}/new`, { waitUntil: 'networkidle' })
    await page.getByRole('button', { name: 'or name a CID' }).click()
    const address = page.getByRole('textbox', { name: 'CID of the text' })
    await address.fill('QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKU3Vh')
    await page.getByText('A CIDv1 begins with b').waitFor()
    await address.fill(fileCid(Buffer.from('nobody has this')))
    await page.getByRole('button', { name: 'Fetch it' }).click()
    await page.getByText('Nobody whom this gateway reaches has').waitFor({ timeout: 40_000 })
    await address.fill(spec)
    await page.getByRole('button', { name: 'Fetch it' }).click()
    await page
      .locator('.drop strong', { hasText: `${spec.slice(0, 6)}..${spec.slice(-4)}` })
      .waitFor({ timeout: 30_000 })
    expect(await page.getByText('Nobody whom').count()).to.equal(0)
    expect(await seriousFindings(page)).to.deep.equal([])
    await shoot(page, 'real-by-cid', WIDE)
    expect(complaints.splice(0)).to.deep.equal([
      'Failed to load resource: the server responded with a status of 404 (Not Found)',
    ])
    expect(complaints).to.deep.equal([])
    await context.close()
  })
})
