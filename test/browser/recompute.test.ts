/** A sceptic does a sample of a finished round again in the page: honest work is the same to the last bit, invented work is not. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { actor, member } from '../../scripts/up/fleetPlan.ts'
import { microTask } from '../fixtures/microTask.ts'
import { type Site, startSite } from '../fixtures/site.ts'
import { seriousFindings } from './fixtures/axe.ts'
import { hasChromium, LOOKS, type Look, launchChromium, openPage, SHOTS, type WatchedPage } from './fixtures/browser.ts'

const [DESK, PHONE] = [LOOKS[0]!, LOOKS[2]!]
const HONEST = 'trainer-1.test.near'
const FREE_RIDER = 'free-rider.test.near'
const MEMBERS = [
  member('trainer-1', 'trainer'),
  member('free-rider', 'trainer', actor('freeRider')),
  member('validator-1', 'validator'),
  member('validator-2', 'validator'),
  member('validator-3', 'validator'),
]

if (!hasChromium()) it.skip('Chromium is absent: a sample done again in the page')
else {
  describe('a sample done again in the page', function () {
    this.timeout(180_000)
    let home: string
    let site: Site
    let browser: Browser
    let task: string
    before(async () => {
      home = mkdtempSync(join(tmpdir(), 'blyan-recompute-'))
      site = await startSite({ dir: join(home, 'network'), members: MEMBERS })
      browser = await launchChromium()
      task = await site.order(microTask(home, { seed: 6 }))
      await site.ended(task, 120_000)
    })
    after(async () => {
      await browser?.close()
      await site?.close()
      rmSync(home, { recursive: true, force: true })
    })

    it('is the same to the last bit as an honest trainer said, though its trainer keeps it no more', async () => {
      const watched = await openPage(browser, DESK)
      const { page } = watched
      await look(page, HONEST)
      expect(await recompute(page)).to.match(
        /^Same to the last bit: 2 steps done again in \d+\.\d s, and this machine got [0-9a-f]{4}\.\.[0-9a-f]{2}/,
      )
      await page.getByText(/through this gateway’s own door/).waitFor()
      const samples = await page.getByLabel('Which sample').locator('option').allTextContents()
      expect(
        samples.slice(0, -1).every((name) => /^Sample [0-7]$/.test(name)),
        samples.join(),
      ).to.equal(true)
      expect(samples.at(-1)).to.equal('The update itself')
      await page.getByText('Evidence', { exact: true }).last().click()
      await page.getByText('End, as computed here').waitFor()
      await picture(page, 'recompute-same', DESK)
      expect(await seriousFindings(page)).to.deep.equal([])
      await page.getByLabel('Which sample').selectOption({ label: 'The update itself' })
      expect(await recompute(page)).to.match(/^Same to the last bit: the update made again/)
      await end(watched)
    })

    it('differs where a free-rider invented it, on a narrow screen too', async () => {
      const watched = await openPage(browser, PHONE)
      const { page, context } = watched
      await openToPages(context, site.rpcUrl)
      await look(page, FREE_RIDER)
      await page.getByText('Where the committed hashes are read').click()
      await page.getByRole('textbox', { name: 'RPC of your choice' }).fill(site.rpcUrl)
      await page.getByRole('button', { name: 'Check again' }).click()
      expect(await recompute(page)).to.match(
        /^Different: the trainer said [0-9a-f]{4}\.\.[0-9a-f]{2}, this machine got [0-9a-f]{4}\.\.[0-9a-f]{2}; 2 steps/,
      )
      await page.getByText(`The chain was read over ${new URL(site.rpcUrl).host}.`).waitFor()
      await page.getByText('Transactions', { exact: true }).click()
      await page
        .getByRole('dialog')
        .getByText(/refused, block \d+/)
        .waitFor()
      await picture(page, 'recompute-different', PHONE)
      expect(await seriousFindings(page)).to.deep.equal([])
      await end(watched)
    })

    it('is never called the same where the gateway sends altered bytes, or the RPC another commitment', async () => {
      const watched = await openPage(browser, DESK)
      const { page, context } = watched
      let alters = 0
      await context.route(/\/content\/.*round=/, async (route) => {
        const response = await route.fetch()
        const body = Buffer.from(await response.body())
        body[body.length >> 1]! ^= 1
        alters++
        await route.fulfill({ response, body })
      })
      await look(page, HONEST)
      expect(await recompute(page)).to.match(/^It cannot be checked here: the gateway sent other bytes/)
      expect(alters).to.be.above(0)
      await context.unroute(/\/content\/.*round=/)

      const { boundary_root: root } = (await site.views.round(task, 0)).trainers.find(
        ({ account }) => account === HONEST,
      )!
      await context.route(/\/rpc$/, async (route) => {
        const response = await route.fetch()
        const reply = (await response.json()) as { result?: { result?: number[] } }
        const view = Buffer.from(reply.result?.result ?? []).toString()
        if (view.includes(root!)) reply.result!.result = [...Buffer.from(view.replaceAll(root!, 'ab'.repeat(32)))]
        await route.fulfill({ response, json: reply })
      })
      expect(await recompute(page)).to.match(/^It cannot be checked here: what the trainer published is not what it/)
      await end(watched)
    })

    it('can be stopped, and says then that nothing was found out', async () => {
      const watched = await openPage(browser, DESK)
      const { page, context } = watched
      let release = (): void => {}
      const held = new Promise<void>((resolve) => {
        release = resolve
      })
      await context.route(/\/content\//, async (route) => {
        await held
        await route.abort().catch(() => {})
      })
      await look(page, HONEST)
      await page.getByRole('button', { name: 'Recompute this sample here' }).click()
      await page.getByText(/^Fetching and checking file/).waitFor()
      await page.getByRole('button', { name: 'Stop', exact: true }).click()
      await page.getByText('Stopped; nothing was found out.').waitFor()
      release()
      await end(watched)
    })

    async function look(page: Page, account: string): Promise<void> {
      await page.goto(`${site.url}/task/${task}`)
      await page.getByRole('button', { name: `Samples of ${account}, round 1` }).click()
      await page.getByLabel('Which sample').waitFor()
    }

    /** @returns the first sentence of what came of it */
    async function recompute(page: Page): Promise<string> {
      await page.getByRole('button', { name: 'Recompute this sample here' }).click()
      const outcome = page.locator('.recompute:is([data-step=redone], [data-step=unchecked])')
      await outcome.waitFor({ timeout: 60_000 })
      return (await outcome.locator('p').first().textContent()) ?? ''
    }

    /** Public RPCs of NEAR answer pages of any origin; the embedded chain's own does not. */
    async function openToPages(context: BrowserContext, rpcUrl: string): Promise<void> {
      const headers = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'content-type' }
      await context.route(new RegExp(`^${rpcUrl}`), async (route) => {
        if (route.request().method() === 'OPTIONS') return route.fulfill({ status: 204, headers })
        const { origin: _, ...asked } = route.request().headers()
        const response = await route.fetch({ headers: asked })
        await route.fulfill({ response, headers: { ...response.headers(), ...headers } })
      })
    }

    /** Of the dialog alone: the page behind it is another test's. */
    async function picture(page: Page, name: string, { width, scheme }: Look): Promise<void> {
      mkdirSync(SHOTS, { recursive: true })
      await page.getByRole('dialog').screenshot({ path: join(SHOTS, `${name}-${width}-${scheme}.png`) })
    }

    async function end({ complaints, context }: WatchedPage): Promise<void> {
      expect(complaints).to.deep.equal([])
      await context.close()
    }
  })
}
