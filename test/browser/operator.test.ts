/** Operate, Receipts, Why and Models in Chromium, against a gateway of fixed answers: states, forgeries, keyboard, money. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import {
  nodeStatus,
  receiptProofReply,
  receiptReply,
  unsignedTransactions,
  whyReply,
} from '../../chain/client/gateway/index.ts'
import { buildFrontend } from '../../scripts/build/frontend.ts'
import { wordsIn } from '../../scripts/check/words.ts'
import { seriousFindings } from './fixtures/axe.ts'
import { hasChromium, LOOKS, type Look, launchChromium, openPage, shoot, type WatchedPage } from './fixtures/browser.ts'
import { asOf, NOW, network } from './fixtures/data.ts'
import { type FixtureGateway, type FixtureRoute, RefusedAnswer, startFixtureGateway } from './fixtures/gateway.ts'
import {
  list,
  OPERATOR,
  proofOf,
  type ReceiptReply,
  receiptLines,
  receiptOf,
  status,
  why,
} from './fixtures/operatorData.ts'
import { marketViews, withRoutes } from './fixtures/operatorRoutes.ts'
import { developmentWallet, walletRpc } from './fixtures/walletRpc.ts'

const WIDE: Look = { width: 1280, scheme: 'light' }
const WHY = `/why/${OPERATOR}`

describe('the operator’s pages in a browser', function () {
  this.timeout(120_000)
  let browser: Browser
  let dir: string | undefined
  const opened: { close(): Promise<unknown> }[] = []

  before(async function () {
    if (!hasChromium()) this.skip()
    // A copy: another run may build the page anew meanwhile.
    dir = mkdtempSync(join(tmpdir(), 'blyan-page-'))
    cpSync((await buildFrontend()).dir, dir, { recursive: true })
    browser = await launchChromium()
  })
  after(async () => {
    await browser?.close()
    if (dir !== undefined) rmSync(dir, { recursive: true, force: true })
  })
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close()
  })

  /** A page of its own at an address, signed in unless told. */
  /** What the gateway offers is not what was asked for: the page says so, and nothing reaches the chain. */
  async function signedAndRefused(page: Page, gateway: FixtureGateway): Promise<void> {
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Sign with/ })
      .click()
    await page.locator('dialog[open] .problem').waitFor()
    expect(await page.locator('dialog[open]').textContent()).to.match(/Nothing was signed.*SDK_TRANSACTION_DIFFERS/s)
    expect(gateway.asked.some(({ body }) => JSON.stringify(body ?? '').includes('send_tx'))).to.equal(false)
  }

  async function visit(
    address: string,
    { look = WIDE, routes = [], signedIn = true }: { look?: Look; routes?: FixtureRoute[]; signedIn?: boolean } = {},
  ): Promise<WatchedPage & { gateway: FixtureGateway }> {
    const gateway = await startFixtureGateway(dir!, withRoutes(...routes))
    const watched = await openPage(browser, look)
    opened.push(watched.context, gateway)
    if (signedIn) await watched.context.addInitScript(() => localStorage.setItem('blyan.signed-in', 'x'))
    await watched.page.goto(gateway.url + address)
    await watched.page.locator('main h1').first().waitFor()
    return { ...watched, gateway }
  }
  const isWide = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)

  for (const look of LOOKS) {
    it(`stand at ${look.width} pixels, ${look.scheme}, with nothing serious for axe and nothing off the machine`, async () => {
      const pages: [string, string, string][] = [
        ['operate', '/operate', 'text=Your money here'],
        ['why', WHY, 'text=Pay in all'],
        ['receipts', '/receipts', 'text=That is all'],
        ['receipt', '/receipt/7', '.stamp:has-text("Verified")'],
        ['models', '/models', 'text=After round 2'],
      ]
      const { page, complaints, gateway } = await visit('/operate', { look })
      for (const [name, address, landmark] of pages) {
        await page.goto(gateway.url + address)
        await page.locator(landmark).first().waitFor()
        await shoot(page, `operator-${name}`, look)
        expect(await isWide(page), `${name} scrolls sideways`).to.equal(false)
        expect(await seriousFindings(page), name).to.deep.equal([])
        expect(wordsIn(await page.locator('main').innerText()), `${name}: words that nobody should meet`).to.deep.equal(
          [],
        )
      }
      expect(complaints).to.deep.equal([])
    })
  }

  describe('a receipt', () => {
    const receiptRoute = (change: (index: number) => Partial<ReceiptReply>): FixtureRoute => ({
      on: 'GET /api/v1/receipts/{n}',
      schema: receiptReply,
      answer: ({ path }) => {
        const index = Number(path.split('/')[4])
        return { ...receiptOf(index), ...change(index) }
      },
    })
    const richer = receiptOf(4, { reward: `${99n * 10n ** 18n}` })
    const forgeries: { name: string; routes: FixtureRoute[]; at: number }[] = [
      { name: 'bytes that are no receipt', routes: [receiptRoute(() => ({ bytes: 'AAEC' }))], at: 0 },
      {
        name: 'a richer reward',
        routes: [receiptRoute((index) => (index === 4 ? { bytes: richer.bytes } : {}))],
        at: 1,
      },
      {
        name: 'a forged receipt before it',
        routes: [receiptRoute((index) => (index === 3 ? { bytes: receiptOf(3, { pool: 99 }).bytes } : {}))],
        at: 2,
      },
      {
        name: 'a step that was bent',
        routes: [
          {
            on: 'GET /api/v1/receipts/{n}/proof',
            schema: receiptProofReply,
            answer: () => ({ ...proofOf(4), proof: ['ef'.repeat(32), ...proofOf(4).proof.slice(1)] }),
          },
        ],
        at: 3,
      },
      {
        name: 'a list that the chain does not know',
        routes: [rpcRoute({ receipt_root: () => ({ ...list, root: '12'.repeat(32) }) })],
        at: 4,
      },
    ]
    for (const { name, routes, at } of forgeries) {
      it(`with ${name} stops at link ${at + 1}, and says what was expected and what came`, async () => {
        const { page } = await visit('/receipt/4', { routes })
        await page.locator('.stamp:has-text("Not verified")').waitFor()
        const states = await page
          .locator('.links li')
          .evaluateAll((items) => items.map((item) => item.getAttribute('data-state')))
        expect(states).to.deep.equal(states.map((_, i) => (i < at ? 'ok' : i === at ? 'broken' : 'not reached')))
        expect(await page.locator('.links-break dd').allTextContents()).to.have.length(2)
        expect(await page.locator('.problem').first().textContent()).to.match(/RECEIPT_\w+_WRONG/)
        expect(await page.locator('.stamp.tone-ok').count()).to.equal(0)
        expect(await page.locator('h1').textContent()).to.match(/^Receipt 4 does not hold: it breaks at its/)
        await shoot(page, `operator-receipt-broken-${at + 1}`, WIDE)
      })
    }

    it('shows what its bytes say, not what the gateway says about them', async () => {
      const { page } = await visit('/receipt/4', {
        routes: [
          receiptRoute(() => ({
            rewardAtto: `${10n ** 27n}`,
            worker: 'mallory.near',
            sentence: 'Mallory was paid a billion.',
          })),
        ],
      })
      await page.locator('.stamp:has-text("Verified")').waitFor()
      expect(await page.locator('h1').textContent()).to.match(new RegExp(`^Receipt 4: ${OPERATOR} was paid 10.61 BLY`))
      expect(await page.locator('main').textContent()).not.to.match(/mallory/i)
    })

    it('waits for an RPC that is away, and is checked once another one is chosen', async () => {
      const { page, gateway } = await visit('/receipt/4', {
        routes: [
          {
            on: 'POST /rpc',
            schema: null,
            answer: () => new RefusedAnswer({ status: 503, code: 'X', what: 'away', fix: 'wait' }),
          },
        ],
      })
      await page.locator('.problem:has-text("PAGE_RPC_AWAY")').waitFor()
      expect(await page.locator('.links li[data-state="ok"]').count()).to.equal(4)
      expect(await page.locator('.stamp').count()).to.equal(0)
      await shoot(page, 'operator-receipt-rpc-away', WIDE)
      await page.getByLabel('RPC of your choice').fill('ftp://x')
      await page.getByRole('button', { name: 'Check again' }).click()
      await page.locator('text=is no address of an RPC').waitFor()
      const asked = gateway.asked.filter(({ path }) => path === '/rpc').length
      expect(asked).to.be.at.least(1)
    })

    it('asks for another proof when the list grew meanwhile, instead of crying forgery', async () => {
      let asked = 0
      const grown = { size: 13, root: '34'.repeat(32) }
      const { page } = await visit('/receipt/4', {
        routes: [rpcRoute({ receipt_root: () => (++asked <= 2 ? grown : list) })],
      })
      await page.locator('.stamp:has-text("Verified")').waitFor()
      expect(asked).to.be.at.least(3)
    })

    it('that does not exist says so, with the gateway’s id', async () => {
      const { page } = await visit('/receipt/999')
      await page.locator('.problem').waitFor()
      expect(await page.locator('main').textContent()).to.match(/There is no receipt 999.*id 7f3a91c2/s)
    })
  })

  describe('why', () => {
    it('opens each line to rule, figures and evidence, and its filter survives a reload', async () => {
      const { page } = await visit(WHY)
      await page.locator('.ledger summary').first().click()
      const opened = page.locator('.ledger details[open]').first()
      expect(await opened.textContent()).to.match(
        /Rule.*base: 9\/10 of 10\.00.*the rule gives this amount.*receipt 2.*block 598/s,
      )
      await page.getByLabel('only unpaid and lost').check()
      expect(await page.locator('.ledger-sum').allTextContents()).to.deep.equal([
        'Pay of the lines shown0.00',
        'Lost in the lines shown−2.50',
      ])
      await page.reload()
      await page.locator('.ledger-sum').first().waitFor()
      expect(await page.getByLabel('only unpaid and lost').isChecked()).to.equal(true)
    })

    it('says that a ledger does not add up, whatever the gateway claims', async () => {
      const wrong = { ...why, balances: { ...why.balances, locked: '1' } }
      const { page } = await visit(WHY, {
        routes: [{ on: 'GET /api/v1/why/{account}', schema: whyReply, answer: () => wrong }],
      })
      await page.locator('.stamp:has-text("Differs")').waitFor()
      expect(await page.locator('main').textContent()).to.match(
        /locked: the lines add up to 31\.97 BLY, the contract says 0\.000000000000000001 BLY/,
      )
      await shoot(page, 'operator-why-differs', WIDE)
    })

    it('of an account without anything says why it is empty, and what to do first', async () => {
      const zero = { payable: '0', locked: '0', paying: '0', stake: '0', unbonding: '0' }
      const none = {
        ...why,
        sentence: 'nobody.near: no work and no order here; nothing to explain.',
        lines: [],
        orders: [],
        passedOver: [],
        drawn: 0,
        balances: zero,
        summed: zero,
      }
      const { page } = await visit('/why/nobody.near', {
        routes: [{ on: 'GET /api/v1/why/{account}', schema: whyReply, answer: () => none }],
      })
      await page.getByRole('link', { name: 'Earn with this machine' }).waitFor()
    })
  })

  describe('an operator', () => {
    const statusRoute = (change: object): FixtureRoute => ({
      on: 'GET /api/v1/nodes/{id}/status',
      schema: nodeStatus,
      answer: () => ({ ...status, ...change }),
    })
    const claim = (amount: string, receiverId = network.contracts.market) => ({
      transactions: [
        {
          receiverId,
          actions: [
            {
              type: 'FunctionCall' as const,
              methodName: 'claim',
              args: { amount },
              gas: '60000000000000',
              deposit: '1',
            },
          ],
        },
      ],
    })
    const claimRoute = (reply: object): FixtureRoute => ({
      on: 'POST /api/v1/user/claim',
      schema: unsignedTransactions,
      answer: () => reply,
    })

    it('who is signed out, unknown, parked, leaving or without pay sees which, and what to do', async () => {
      const states: [string, FixtureRoute[], RegExp, boolean][] = [
        ['signed-out', [], /Sign in to see what your machine earns/, false],
        [
          'begin',
          [
            {
              on: 'GET /api/v1/nodes/{id}/status',
              schema: null,
              answer: () =>
                new RefusedAnswer({ status: 404, code: 'HTTP_NOT_FOUND', what: 'No stake.', fix: 'Stake.' }),
            },
          ],
          /has no stake yet.*it came back.*4\.99.*Collect 4\.99 BLY.*Three commands.*\.\/blyan stake add 200/s,
          true,
        ],
        [
          'parked',
          [statusRoute({ state: 'parked' })],
          /is not drawn: an earlier draw went unanswered.*Start its node again/s,
          true,
        ],
        [
          'leaving',
          [statusRoute({ state: 'left', stakeAtto: '0', freeAtto: '0', bondedAtto: '0', seats: 0 })],
          /is leaving: 200\.00 BLY on the way out/,
          true,
        ],
        [
          'nothing',
          [
            statusRoute({
              payableAtto: '0',
              lockedAtto: '0',
              payableFrom: [],
              draws: [],
              earnings: [],
              faults: 0,
              lostAtto: '0',
              unbonding: [],
              unbondingAtto: '0',
            }),
          ],
          /Nothing is payable: pay appears when a round settles.*No faults.*No stake is leaving.*No earnings yet.*No draw yet/s,
          true,
        ],
      ]
      for (const [name, routes, words, signedIn] of states) {
        const { page, complaints } = await visit('/operate', { routes, signedIn })
        await page.locator('.page').first().waitFor()
        await page.waitForFunction(
          (source) => new RegExp(source, 's').test(document.querySelector('main')?.textContent ?? ''),
          words.source,
        )
        await shoot(page, `operator-operate-${name}`, WIDE)
        expect(wordsIn(await page.locator('main').innerText()), name).to.deep.equal([])
        expect(await seriousFindings(page), name).to.deep.equal([])
        expect(
          complaints.filter((each) => !/404|401/.test(each)),
          name,
        ).to.deep.equal([])
      }
    })

    it('reads what collecting forfeits before anything is asked, and Escape closes it', async () => {
      const { page, gateway } = await visit('/operate')
      await page.getByRole('button', { name: 'Collect 30.31 BLY' }).click()
      const dialog = page.getByRole('dialog')
      expect(await dialog.textContent()).to.match(
        /It forfeits nothing: no seat, no bond, no draw\..*18\.00 BLY stay locked/s,
      )
      await shoot(page, 'operator-collect', WIDE)
      expect(await seriousFindings(page)).to.deep.equal([])
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'hidden' })
      expect(gateway.asked.some(({ path }) => path.includes('claim'))).to.equal(false)
    })

    it('is not shown to the wallet by a gateway that slips in another amount or another receiver', async () => {
      for (const reply of [claim('1'), claim(status.payableAtto, 'mallory.near')]) {
        const { page, gateway } = await visit('/operate', { routes: [claimRoute(reply)] })
        await page.getByRole('button', { name: 'Collect 30.31 BLY' }).click()
        await signedAndRefused(page, gateway)
        expect(await page.evaluate(() => localStorage.getItem('blyan.transactions'))).to.equal(null)
      }
    })

    it('without a wallet here is told so, where the money is, and that nothing was sent', async () => {
      const { page } = await visit('/operate', { routes: [claimRoute(claim(status.payableAtto))] })
      await page.getByRole('button', { name: 'Collect 30.31 BLY' }).click()
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /^Sign with/ })
        .click()
      await page.locator('dialog[open] .steps li[data-state="failed"]').waitFor()
      expect(await page.locator('dialog[open]').textContent()).to.match(
        /No wallet here signs for.*Nothing was sent, nothing changed/s,
      )
      await shoot(page, 'operator-collect-failed', WIDE)
    })

    it('collects once however often it is clicked, follows it over a reload, and calls it done on the ledger’s event', async () => {
      const rpc = walletRpc(OPERATOR, ['claim_paid'])
      rpc.hold(true)
      const { page, context } = await visit('/operate', { routes: [claimRoute(claim(status.payableAtto)), rpc.route] })
      await context.addInitScript(([key, value]) => localStorage.setItem(key!, value!), developmentWallet(OPERATOR))
      await page.reload()
      await page.getByRole('button', { name: 'Collect 30.31 BLY' }).click()
      const sign = page.getByRole('dialog').getByRole('button', { name: /^Sign with/ })
      await sign.evaluate((button: HTMLButtonElement) => {
        button.click()
        button.click()
      })
      await page.locator('dialog[open] .steps li[data-state="now"]:has-text("Sent")').waitFor()
      await shoot(page, 'operator-collect-sent', WIDE)
      await page.reload()
      await page.locator('.move-list .steps li[data-state="now"]:has-text("Sent")').waitFor()
      expect(await page.locator('.move-list .steps li[data-state="to come"]').count()).to.equal(2)
      expect(await page.getByRole('button', { name: 'Collect', exact: true }).isDisabled()).to.equal(true)
      rpc.hold(false)
      await page.waitForFunction(
        () => JSON.parse(localStorage.getItem('blyan.transactions') ?? '[]')[0]?.step === 'final',
        undefined,
        { timeout: 20_000 },
      )
      expect(rpc.sent).to.have.length(1)
    })

    it('is not told that money came when every step went well but the ledger says otherwise', async () => {
      const rpc = walletRpc(OPERATOR, ['claim_restored'])
      const { page, context } = await visit('/operate', { routes: [claimRoute(claim(status.payableAtto)), rpc.route] })
      await context.addInitScript(([key, value]) => localStorage.setItem(key!, value!), developmentWallet(OPERATOR))
      await page.reload()
      await page.getByRole('button', { name: 'Collect 30.31 BLY' }).click()
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /^Sign with/ })
        .click()
      await page.locator('dialog[open] .steps li[data-state="failed"]').waitFor()
      expect(await page.locator('dialog[open]').textContent()).to.match(
        /no claim_paid of .* came of it.*PAGE_EVENT_MISSING/s,
      )
      await shoot(page, 'operator-collect-restored', WIDE)
    })

    it('reads seats and days before removing stake, and cannot remove bonds', async () => {
      const { page } = await visit('/operate')
      await page.getByRole('tab', { name: 'Remove stake' }).click()
      await page.getByLabel('How much, in BLY').fill('351')
      await page.locator('text=are bonds of running rounds').waitFor()
      expect(await page.getByRole('button', { name: /^Sign with/ }).isDisabled()).to.equal(true)
      await page.getByLabel('How much, in BLY').fill('200')
      await page.locator('text=It forfeits 2 seats').waitFor()
      expect(await page.getByRole('button', { name: /^Sign with/ }).isEnabled()).to.equal(true)
    })

    it('removes stake, sees it leaving with time and duty, keeps it staked, and has its seats back', async () => {
      // The gateway as the chain would move it: a sent transaction is taken from what was last offered for signing.
      const whole = 200n * 10n ** 18n
      let held: { stake: bigint; leaving: bigint } = { stake: 700n * 10n ** 18n, leaving: 0n }
      let offered: typeof held | null = null
      const call = (methodName: string, amount: string) => ({
        transactions: [
          {
            ...claim(amount).transactions[0]!,
            actions: [{ ...claim(amount).transactions[0]!.actions[0]!, methodName }],
          },
        ],
      })
      const move = (verb: 'unstake' | 'restake', sign: bigint): FixtureRoute => ({
        on: `POST /api/v1/nodes/${verb}`,
        schema: unsignedTransactions,
        answer: ({ body }) => {
          const { amountAtto } = body as { amountAtto: string }
          offered = { stake: held.stake + sign * BigInt(amountAtto), leaving: held.leaving - sign * BigInt(amountAtto) }
          return call(verb, amountAtto)
        },
      })
      const rpc = walletRpc(OPERATOR, ['stake_changed'])
      const statusNow: FixtureRoute = {
        on: 'GET /api/v1/nodes/{id}/status',
        schema: nodeStatus,
        answer: () => {
          if (rpc.sent.length > 0 && offered !== null) [held, offered] = [offered, null]
          return {
            ...status,
            stakeAtto: `${held.stake}`,
            freeAtto: `${held.stake - BigInt(status.bondedAtto)}`,
            seats: Number(held.stake / (100n * 10n ** 18n)),
            unbondingAtto: `${held.leaving}`,
            unbonding: held.leaving === 0n ? [] : [{ ...status.unbonding[0]!, amountAtto: `${held.leaving}` }],
          }
        },
      }
      const { page, context, gateway, complaints } = await visit('/operate', {
        routes: [statusNow, move('unstake', -1n), move('restake', 1n), rpc.route],
      })
      await context.addInitScript(([key, value]) => localStorage.setItem(key!, value!), developmentWallet(OPERATOR))
      await page.reload()
      await page.locator('text=No stake is leaving.').waitFor()
      await page.getByRole('tab', { name: 'Remove stake' }).click()
      await page.getByLabel('How much, in BLY').fill('200')
      await page.locator('text=it can be kept staked after all').waitFor()
      await page
        .getByRole('tabpanel')
        .getByRole('button', { name: /^Sign with/ })
        .click()

      const line = page.locator('section[aria-labelledby="leaving"] li')
      await line.waitFor()
      expect(await line.textContent()).to.match(
        /UTC \(6 d 21 h\), answers for old draws till then200\.00 BLYKeep staked$/,
      )
      const keep = page.getByRole('button', { name: 'Keep staked: 200.00 BLY' })
      await page.waitForFunction(() => !document.querySelector<HTMLButtonElement>('.operate-leaving button')?.disabled)
      await keep.click()
      const dialog = page.getByRole('dialog', { name: 'Keep 200.00 BLY staked' })
      await dialog.locator('text=700.00 BLY of stake then: 2 seats more').waitFor()
      expect(await dialog.textContent()).to.match(/costs up to that bond.*removed again, it takes 7 d anew/s)
      await shoot(page, 'operator-keep', WIDE)
      expect(await seriousFindings(page)).to.deep.equal([])
      expect(wordsIn(await dialog.innerText())).to.deep.equal([])
      expect(
        gateway.asked.some(({ path }) => path.includes('restake')),
        'nothing is asked before the press',
      ).to.equal(false)
      await dialog.getByRole('button', { name: /^Sign with/ }).click()
      await page.locator('text=No stake is leaving.').waitFor()
      expect(await page.locator('main').textContent()).to.match(/700\.00.*7 seats|7 seats.*700\.00/s)
      expect(rpc.sent).to.have.length(2)
      const [asked] = gateway.asked.filter(({ path }) => path.includes('restake'))
      expect(asked!.body).to.deep.equal({ amountAtto: `${whole}` })
      await shoot(page, 'operator-kept', WIDE)
      expect(complaints).to.deep.equal([])
    })

    it('does not sign for keeping when the gateway offers to remove instead, or keeps another amount', async () => {
      for (const [method, amount] of [
        ['unstake', `${200n * 10n ** 18n}`],
        ['restake', '1'],
      ] as const) {
        const { transactions } = claim(amount)
        const reply = {
          transactions: [{ ...transactions[0]!, actions: [{ ...transactions[0]!.actions[0]!, methodName: method }] }],
        }
        const { page, gateway } = await visit('/operate', {
          routes: [{ on: 'POST /api/v1/nodes/restake', schema: unsignedTransactions, answer: () => reply }],
        })
        await page.getByRole('button', { name: 'Keep staked: 200.00 BLY' }).click()
        await signedAndRefused(page, gateway)
      }
    })

    it('keeps its figures while the gateway is away; money buttons wait and come back', async () => {
      const { page, gateway } = await visit('/operate')
      const collect = page.getByRole('button', { name: 'Collect 30.31 BLY' })
      await collect.waitFor()
      gateway.away(true)
      await page.locator('.banner:not([hidden])').waitFor({ timeout: 40_000 })
      expect(await collect.isDisabled()).to.equal(true)
      expect(await page.locator('main').textContent()).to.include('350.00')
      await shoot(page, 'operator-operate-away', WIDE)
      gateway.away(false)
      await page.waitForFunction(() => document.querySelector('.banner')?.hasAttribute('hidden'), undefined, {
        timeout: 40_000,
      })
      expect(await collect.isEnabled()).to.equal(true)
    })
  })

  describe('charts', () => {
    it('are walked by arrows under one tab stop, read out, and downloaded without formulas', async () => {
      const hostile = status.draws.map((draw, i) => (i === 0 ? { ...draw, why: '=HYPERLINK("http://x")' } : draw))
      const { page } = await visit('/operate', {
        routes: [
          { on: 'GET /api/v1/nodes/{id}/status', schema: nodeStatus, answer: () => ({ ...status, draws: hostile }) },
        ],
      })
      const chart = page.locator('figure.chart').first()
      expect(await chart.locator('[tabindex="0"][role="img"]').count()).to.equal(1)
      await chart.locator('[tabindex="0"][role="img"]').focus()
      await page.keyboard.press('End')
      const read = await chart.locator('.chart-readout').textContent()
      expect(read).to.match(/^\d{4}-\d\d-\d\d: base .* BLY$/)
      expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).to.equal(read)
      await page.keyboard.press('ArrowLeft')
      expect(await chart.locator('.chart-readout').textContent()).not.to.equal(read)

      const draws = page.locator('figure.chart').nth(1)
      await draws.getByText('Figures as a table').click()
      expect(await draws.locator('tbody tr').count()).to.equal(status.draws.length)
      await shoot(page, 'operator-charts-open', WIDE)
      const [saved] = await Promise.all([
        page.waitForEvent('download'),
        draws.getByRole('button', { name: 'Download CSV' }).click(),
      ])
      const text = await streamText(await saved.createReadStream())
      expect(text).to.include(`"'=HYPERLINK(""http://x"")"`)
      expect(text.split('\r\n').some((row) => row.split(',').some((cell) => /^"?=/.test(cell)))).to.equal(false)
    })
  })

  describe('models', () => {
    it('are saved when they hash to what the chain names, and not when they do not', async () => {
      const { page } = await visit('/models')
      await page.locator('summary:has-text("After round 2")').click()
      const button = page.getByRole('button', { name: 'Download parameters' })
      const [saved] = await Promise.all([page.waitForEvent('download'), button.click()])
      expect(saved.suggestedFilename()).to.equal('model-12-2.f32')
      await page.locator('text=checked here').waitFor()
      // The ONNX file's bytes are others than promised.
      await page.getByRole('button', { name: 'Download ONNX' }).click()
      await page.locator('.problem:has-text("Nothing was saved")').waitFor()
      await shoot(page, 'operator-models-wrong-bytes', WIDE)
    })
  })

  it('can be used by keyboard alone: everything that acts is reached, in order, with a ring', async () => {
    const { page } = await visit(WHY)
    await page.locator('.ledger summary').first().waitFor()
    const seen = new Set<string>()
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab')
      const focus = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement
        const { outlineStyle, outlineWidth } = getComputedStyle(element)
        return {
          text: (element.textContent ?? '').slice(0, 40),
          tag: element.tagName,
          ring: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2,
        }
      })
      if (focus.tag === 'BODY') break
      expect(focus.ring, `${focus.tag} ${focus.text}`).to.equal(true)
      seen.add(focus.text)
    }
    expect([...seen].filter((text) => /task 1, round/.test(text)).length).to.be.at.least(3)
    await page.locator('.ledger summary').first().focus()
    await page.keyboard.press('Enter')
    await page.locator('.ledger details[open]').waitFor()
    await page.keyboard.press('/')
    expect(await page.evaluate(() => document.activeElement?.tagName)).to.equal('INPUT')
  })

  it('hold the largest and smallest figures, the longest name, and text from right to left', async () => {
    const account = receiptLines[2]!.worker
    const huge = {
      ...status,
      account,
      payableAtto: '1',
      lockedAtto: `${10n ** 27n}`,
      payableFrom: [{ task: '999999999999999', amountAtto: `${10n ** 27n}`, at: NOW + 1e9 }],
      kind: '‮مرحبا <script>alert(1)</script>',
      stakeAtto: `${10n ** 27n}`,
      freeAtto: `${10n ** 27n - 1n}`,
      bondedAtto: '1',
    }
    const { page } = await visit('/operate', {
      look: { width: 320, scheme: 'light' },
      routes: [{ on: 'GET /api/v1/nodes/{id}/status', schema: nodeStatus, answer: () => huge }],
    })
    await page.getByRole('tab', { name: 'Node' }).click()
    expect(await isWide(page)).to.equal(false)
    const text = (await page.locator('main').textContent()) ?? ''
    expect(text).to.match(/< 0\.01/)
    expect(text).to.include('<script>alert(1)</script>')
    expect(text).to.match(/1.000.000.000\.0/)
    await shoot(page, 'operator-operate-extremes', { width: 320, scheme: 'light' })
  })
})

function rpcRoute(views: typeof marketViews): FixtureRoute {
  return {
    on: 'POST /rpc',
    schema: null,
    answer: ({ body }) => {
      const { id, params } = body as { id: string; params: { method_name: string } }
      const view = (views[params.method_name] ?? marketViews[params.method_name])!({})
      return {
        jsonrpc: '2.0',
        id,
        result: { result: [...Buffer.from(JSON.stringify(view))], logs: [], block_height: asOf.height, block_hash: '' },
      }
    },
  }
}

async function streamText(stream: NodeJS.ReadableStream): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}
