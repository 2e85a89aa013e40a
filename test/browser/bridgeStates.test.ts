/** The bridge's page where it cannot know or should not believe, and receipts on EVM: real contracts there, a gateway of fixed answers. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Browser } from 'playwright-core'
import { listOf, receiptLine } from '../../chain/client/gateway/index.ts'
import { appendMmr, EMPTY_MMR, type Mmr, mmrRoot, taintedRoot } from '../../chain/client/protocol.ts'
import { keccak256 } from '../../chain/lib/hash.ts'
import { buildFrontend } from '../../scripts/build/frontend.ts'
import { wordsIn } from '../../scripts/check/words.ts'
import { BLY } from '../fixtures/evmBridge.ts'
import { seriousFindings } from './fixtures/axe.ts'
import { type FixtureBridge, startFixtureBridge } from './fixtures/bridgeRoutes.ts'
import { hasChromium, LOOKS, launchChromium, openPage, shoot, type WatchedPage } from './fixtures/browser.ts'
import { asOf } from './fixtures/data.ts'
import { type FixtureGateway, type FixtureRoute, RefusedAnswer, startFixtureGateway } from './fixtures/gateway.ts'
import { hashes, receiptLines } from './fixtures/operatorData.ts'
import { withRoutes } from './fixtures/operatorRoutes.ts'

const DESK = LOOKS[0]!
const PHONE = LOOKS[2]!
/** Receipts that are anchored; the list has twelve. */
const ANCHORED = 9
const LONG = `${'a'.repeat(59)}.near`

describe('the bridge’s page, where it does not know or should not believe', function () {
  this.timeout(120_000)
  let browser: Browser
  let dir: string | undefined
  let bridge: FixtureBridge
  const opened: { close(): Promise<unknown> }[] = []

  before(async function () {
    if (!hasChromium()) this.skip()
    dir = mkdtempSync(join(tmpdir(), 'blyan-page-'))
    cpSync((await buildFrontend()).dir, dir, { recursive: true })
    bridge = await startFixtureBridge()
    const range = hashes.slice(0, ANCHORED).reduce<Mmr>((all, hash) => appendMmr(keccak256, all, hash), EMPTY_MMR)
    await bridge.world.anchor({
      size: ANCHORED,
      root: `0x${mmrRoot(keccak256, range)}`,
      tainted: `0x${taintedRoot(keccak256, ANCHORED, [])}`,
    })
    browser = await launchChromium()
  })
  after(async () => {
    await browser?.close()
    await bridge?.world.evm.close()
    if (dir !== undefined) rmSync(dir, { recursive: true, force: true })
  })
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close()
  })

  async function visit(
    address: string,
    { routes = bridge.routes(), look = DESK }: { routes?: FixtureRoute[]; look?: (typeof LOOKS)[number] } = {},
  ): Promise<WatchedPage & { gateway: FixtureGateway }> {
    const gateway = await startFixtureGateway(dir!, withRoutes(...routes))
    const watched = await openPage(browser, look)
    opened.push(watched.context, gateway)
    await watched.context.addInitScript(() => localStorage.setItem('blyan.signed-in', 'x'))
    await watched.page.goto(gateway.url + address)
    await watched.page.locator('main h1').first().waitFor()
    return { ...watched, gateway }
  }

  describe('a receipt on EVM', () => {
    it('is verified by the deployed contract, over a path that this page computed', async () => {
      const { page } = await visit('/receipt/4')
      await page.getByRole('tab', { name: 'On EVM' }).click()
      await page.getByText('Verified on EVM').waitFor({ timeout: 30_000 })
      const panel = await page.getByRole('tabpanel').innerText()
      expect(panel)
        .to.include('9 receipts')
        .and.include('./blyan receipt verify 4 --evm')
        .and.include('the word of the bridge')
      expect(await seriousFindings(page)).to.deep.equal([])
      expect(wordsIn(panel)).to.deep.equal([])
      await shoot(page, 'bridge-receipt', DESK)
    })

    it('beyond the anchor is said to be so, not called verified', async () => {
      const { page } = await visit('/receipt/10')
      await page.getByRole('tab', { name: 'On EVM' }).click()
      await page.getByText('receipt 10 is not among them yet').waitFor({ timeout: 30_000 })
      expect(await page.getByText('Verified on EVM').count()).to.equal(0)
    })

    it('over hashes that a gateway forged has no path to the anchored root, and is not called verified', async () => {
      const forged = receiptLines.map((line) => (line.index === 2 ? { ...line, hash: 'ef'.repeat(32) } : line))
      const route: FixtureRoute = {
        on: 'GET /api/v1/receipts',
        schema: listOf(receiptLine),
        answer: () => ({ items: forged.toReversed(), next: null, asOf }),
      }
      const { page } = await visit('/receipt/4', { routes: [route, ...bridge.routes()] })
      await page.getByRole('tab', { name: 'On EVM' }).click()
      await page.getByText('RECEIPT_ANCHOR_DIFFERS').waitFor({ timeout: 30_000 })
      expect(await page.getByText('Verified on EVM').count()).to.equal(0)
    })
  })

  it('says that a gateway knows no bridge, instead of a form that goes nowhere', async () => {
    const none = new RefusedAnswer({
      status: 404,
      code: 'GATEWAY_NO_BRIDGE',
      what: 'This gateway knows no bridge.',
      fix: 'Ask one that was started with --bridge FILE.',
    })
    const { page } = await visit('/bridge', {
      routes: [{ on: 'GET /api/v1/bridge', schema: null, answer: () => none }],
    })
    await page.getByRole('heading', { name: 'This gateway knows no bridge.' }).waitFor()
    expect(await page.getByRole('button', { name: 'Review' }).count()).to.equal(0)
    await shoot(page, 'bridge-none', DESK)
  })

  it('offers no form for a bridge that the gateway chose: NEAR’s own contract must name the same EVM side', async () => {
    const status = { evm_bridge: `0x${'66'.repeat(20)}`, evm_chain_id: '31337', salt: bridge.deployment.salt }
    const { page } = await visit('/bridge', { routes: bridge.routes({ status: () => status }) })
    await page.getByText('PAGE_BRIDGE_DIFFERS').waitFor({ timeout: 30_000 })
    expect(await page.getByRole('button', { name: 'Review' }).count()).to.equal(0)
  })

  it('says that the EVM chain is away, keeps the page alive, and asks again when told', async () => {
    let isAway = true
    const away: FixtureRoute = {
      on: 'POST /evm',
      schema: null,
      answer: (asked) =>
        isAway
          ? new RefusedAnswer({ status: 502, code: 'HTTP_AWAY', what: 'The EVM chain is away.', fix: 'Ask again.' })
          : bridge.routes().at(-1)!.answer(asked),
    }
    const { page } = await visit('/bridge', { routes: [away, ...bridge.routes()] })
    const problem = page.getByRole('alert')
    await problem.getByText('The EVM chain does not answer through this gateway.').waitFor({ timeout: 60_000 })
    expect(await page.locator('h1').count()).to.equal(1)
    await shoot(page, 'bridge-away', DESK)
    isAway = false
    await problem.getByRole('button', { name: 'Ask again' }).click()
    await page.getByRole('button', { name: 'Review' }).waitFor({ timeout: 30_000 })
  })

  it('keeps what it knew, dimmed, when the gateway falls silent, and money buttons wait', async () => {
    const { page, gateway } = await visit('/bridge')
    await page.getByRole('button', { name: 'Max' }).click()
    await page.getByRole('textbox', { name: 'EVM address' }).fill(bridge.world.guardian)
    await page.getByRole('button', { name: 'Review' }).and(page.locator(':enabled')).waitFor()
    gateway.away(true)
    await page.getByText('reconnecting').waitFor({ timeout: 30_000 })
    expect(await page.getByRole('button', { name: 'Review' }).isDisabled()).to.equal(true)
    expect(await page.getByRole('textbox', { name: 'How much, in BLY' }).inputValue()).to.equal('2000')
    await shoot(page, 'bridge-stale', DESK)
  })

  it('tells what is wrong with what was typed, at its field, and reviews nothing', async () => {
    const { page } = await visit('/bridge')
    const amount = page.getByRole('textbox', { name: 'How much, in BLY' })
    const to = page.getByRole('textbox', { name: 'EVM address' })
    await amount.fill('5000')
    await page.getByText('You have 2\u202f000.00 BLY there.').waitFor()
    expect(await amount.getAttribute('aria-invalid')).to.equal('true')
    await amount.fill('0.000000000000000001')
    await page.getByText('One transfer carries at least').waitFor()
    await amount.fill('1,5')
    await page.getByText('Write a point before decimals').waitFor()
    await amount.fill('5')
    await to.fill('0x1234')
    await page.getByText('Write an EVM address').waitFor()
    expect(await page.getByRole('button', { name: 'Review' }).isDisabled()).to.equal(true)
    await to.fill(String((bridge.deployment.evm as { bridge: string }).bridge))
    await page.getByText('That is the bridge itself').waitFor()
    await shoot(page, 'bridge-refused', DESK)
  })

  it('shows a queued transfer of a sixty-four character account to anybody at 320 pixels, without scrolling sideways', async () => {
    const { world } = bridge
    const owner = world.evm.accounts[5]!
    await world.mint({ nonce: 77n, receiver: owner, amount: 90_000n * BLY })
    await world.burn(owner, 90_000n * BLY, LONG)
    const queued = {
      nonce: '0',
      state: 'queued',
      sender: null,
      receiver: LONG,
      amount: `${90_000n * BLY}`,
      ready_at_ms: null,
    }
    const views = { transfer: ({ direction }: Record<string, unknown>) => (direction === 'evm-near' ? queued : null) }
    const { page, complaints } = await visit('/bridge?transfer=evm-near:0', {
      routes: bridge.routes(views),
      look: PHONE,
    })
    await page.getByText('Waits in the queue of NEAR').waitFor({ timeout: 30_000 })
    await page.getByRole('button', { name: 'Carry it yourself' }).waitFor()
    await page.getByText('Signatures and transactions').click()
    await page.getByText('has not seen it yet').first().waitFor({ timeout: 30_000 })
    expect(await page.title()).to.include('Queued, 90\u202f000.00 BLY')
    expect(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)).to.equal(false)
    expect(await seriousFindings(page)).to.deep.equal([])
    await shoot(page, 'bridge-queued', PHONE)
    expect(complaints.filter((each) => !/status of 404/.test(each))).to.deep.equal([])
  })

  it('is used by keyboard alone: ways, fields and review in order, and the review closes by Escape to where it was', async () => {
    const { page } = await visit('/bridge')
    await page.getByRole('radio', { name: /From NEAR to EVM/ }).focus()
    await page.keyboard.press('Tab')
    await page.keyboard.type('5')
    await page.getByRole('textbox', { name: 'EVM address' }).focus()
    await page.keyboard.type(bridge.world.guardian)
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    expect(await page.evaluate(() => document.querySelector('dialog')?.contains(document.activeElement))).to.equal(true)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    expect(await page.getByRole('textbox', { name: 'How much, in BLY' }).inputValue()).to.equal('5')
  })
})
