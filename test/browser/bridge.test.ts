/**
 * The bridge through its page alone, in Chromium: a NEAR development wallet and an EIP-6963 wallet over a real bridge of three
 * signers and a relayer, on both chains; then without the relayer, with a guardian's veto, and while it is paused.
 */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { createWalletClient, defineChain, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { guardianCall, nearGuardianCall, sendNear } from '../../chain/client/bridge/index.ts'
import { ONE_BLY } from '../../chain/lib/units.ts'
import { GUARDIAN } from '../../scripts/bridge/start.ts'
import { wordsIn } from '../../scripts/check/words.ts'
import { keyOf } from '../../scripts/up/keys.ts'
import { unregisteredAccount } from '../fixtures/bridgeWorld.ts'
import { seriousFindings } from './fixtures/axe.ts'
import { type BridgePage, startBridgePage } from './fixtures/bridgePage.ts'
import { hasChromium, LOOKS, type Look, openPage, shoot, type WatchedPage } from './fixtures/browser.ts'
import { announceEvmWallet, type EvmWallet } from './fixtures/evmWallet.ts'

const DESK = LOOKS[0]!
const LARGE = 100n * ONE_BLY
/** Longer than this file runs: what is delayed stays so until the guardian has spoken. */
const VETO_DELAY = 3_600n
const ARRIVES_MS = 60_000

async function until(condition: () => boolean): Promise<void> {
  for (const limit = Date.now() + ARRIVES_MS; !condition(); ) {
    if (Date.now() > limit) throw new Error(`not within ${ARRIVES_MS} ms: ${condition}`)
    await new Promise((done) => setTimeout(done, 50))
  }
}

if (!hasChromium()) it.skip('Chromium is absent: the bridge through its page')
else {
  describe('the bridge through its page', function () {
    this.timeout(240_000)
    const home = mkdtempSync(join(tmpdir(), 'blyan-bridge-page-'))
    let site: BridgePage
    let world: BridgePage['world']
    let url: string
    let browser: Browser
    let watched: WatchedPage
    let page: Page
    let wallet: EvmWallet
    let key: BridgePage['key']
    let account: string

    before(async () => {
      site = await startBridgePage(home, DESK, { limits: { largeAmount: LARGE, vetoDelay: VETO_DELAY } })
      ;({ world, url, browser, watched, wallet, key } = site)
      page = watched.page
    })
    afterEach(async function () {
      if (this.currentTest?.state === 'failed') await shoot(page, 'bridge-failed', DESK)
    })
    after(() => site?.close())

    /** Fills the form and opens the review. */
    async function review(way: 'From NEAR to EVM' | 'From EVM to NEAR', amount: string, to?: string): Promise<void> {
      await page.getByText(way).click()
      if (to !== undefined) await page.getByRole('textbox', { name: 'NEAR account' }).fill(to)
      const field = page.getByRole('textbox', { name: 'How much, in BLY' })
      await field.fill(amount)
      await page.getByRole('button', { name: 'Review' }).click()
    }
    /** A browser of somebody else's, whose development wallet holds the key of `owner`. */
    async function visitAs(owner: string, address: string): Promise<WatchedPage> {
      const other = await openPage(browser, DESK)
      const { secretKey } = keyOf(home, owner)
      const { genesisHash } = (await (await fetch(`${url}/api/v1/network`)).json()) as { genesisHash: string }
      const stored = JSON.stringify({ account: owner, secretKey, genesisHash })
      await other.context.addInitScript((text) => localStorage.setItem('blyan.development-wallet', text), stored)
      await other.page.goto(`${url}${address}`)
      await other.page.getByRole('button', { name: 'Sign in' }).first().click()
      await other.page.getByRole('button', { name: 'Use the development wallet' }).click()
      await other.page.getByRole('dialog').waitFor({ state: 'hidden', timeout: 60_000 })
      return other
    }
    const dialog = () => page.getByRole('dialog')
    const chosen = () => page.getByRole('region', { name: 'This transfer' })

    it('moves BLY from NEAR to EVM: storage in the same review, sent once for two clicks, each step shown, arrived', async () => {
      await page.goto(`${url}/bridge`)
      await page.getByRole('button', { name: 'Sign in with NEAR' }).click()
      await page.getByRole('button', { name: 'Use the development wallet' }).click()
      await dialog().waitFor({ state: 'hidden', timeout: 60_000 })
      account = (await page.locator('main bdi.name-whole').first().textContent())!
      expect(account).to.match(/^visitor-/)
      await page.getByRole('button', { name: 'Connect Paper Wallet' }).click()
      await page.getByText('in Paper Wallet').waitFor()
      expect(await page.getByRole('textbox', { name: 'EVM address' }).inputValue()).to.equal(wallet.address)
      const before = await world.balanceNear(account)

      await review('From NEAR to EVM', '5.5')
      await dialog().getByText('NEAR’s storage takes').waitFor()
      await shoot(page, 'bridge-review', DESK)
      expect(await seriousFindings(page)).to.deep.equal([])
      await dialog()
        .getByRole('button', { name: `Sign with ${account}` })
        .dblclick()
      await page.waitForURL('**/bridge?transfer=near-evm%3A0', { timeout: ARRIVES_MS })
      expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).to.equal('This transfer')
      await chosen().getByText('arrived.').first().waitFor({ timeout: ARRIVES_MS })
      expect(await world.near.lockCount()).to.equal(1n)
      expect(await world.balanceEvm(wallet.address)).to.equal((ONE_BLY * 55n) / 10n)
      expect(before - (await world.balanceNear(account))).to.equal((ONE_BLY * 55n) / 10n)
      await chosen().getByText('Signatures and transactions').click()
      await chosen().getByText('checked here').nth(1).waitFor()
      await shoot(page, 'bridge-arrived', DESK)
    })

    it('moves a part of it back from EVM: the wallet is told of the chain by the page, and its refusal is no error', async () => {
      const before = await world.balanceNear(account)
      await page.getByText('From EVM to NEAR').click()
      expect(await page.getByRole('textbox', { name: 'NEAR account' }).inputValue()).to.equal(account)
      await review('From EVM to NEAR', '2')
      wallet.refuseNext()
      await dialog().getByRole('button', { name: 'Sign with Paper Wallet' }).click()
      await dialog().getByText('Nothing was sent.').waitFor()
      expect(await page.getByRole('alert').count()).to.equal(0)
      await dialog().getByRole('button', { name: 'Sign with Paper Wallet' }).dblclick()
      await page.waitForURL('**/bridge?transfer=evm-near%3A0', { timeout: ARRIVES_MS })
      await chosen().getByText('arrived.').first().waitFor({ timeout: ARRIVES_MS })
      expect([...wallet.chains]).to.deep.equal([[world.bridge.deployment.evm.chainId, `${url}/evm`]])
      expect(wallet.sent).to.have.length(1)
      expect((await world.balanceNear(account)) - before).to.equal(2n * ONE_BLY)
      expect(await world.balanceEvm(wallet.address)).to.equal((ONE_BLY * 35n) / 10n)
    })

    it('shows both after a reload, to the same wallets, without asking anybody', async () => {
      await page.goto(`${url}/bridge`)
      const own = page.getByRole('region', { name: 'Your transfers' })
      await own.getByText('5.50 BLY to').waitFor({ timeout: 30_000 })
      await own.getByText('2.00 BLY to').waitFor()
      await page.getByText('in Paper Wallet').waitFor()
      expect(await own.getByText('arrived.').count()).to.equal(2)
    })

    it('what an account cannot take becomes its credit, which it collects when it is ready', async () => {
      const late = 'late.test.near'
      await unregisteredAccount(world, late)
      await review('From EVM to NEAR', '0.5', late)
      await dialog().getByText(`${late} is not registered with BLY yet`).waitFor()
      await dialog().getByRole('button', { name: 'Sign with Paper Wallet' }).click()
      await page.waitForURL('**/bridge?transfer=evm-near%3A1', { timeout: ARRIVES_MS })
      await chosen().getByText('could not be paid out, and waits as a credit.').first().waitFor({ timeout: ARRIVES_MS })
      await shoot(page, 'bridge-credited', DESK)

      const other = await visitAs(late, '/bridge')
      await other.page.getByText('Credit: 0.50 BLY.').waitFor({ timeout: 30_000 })
      await shoot(other.page, 'bridge-credit', DESK)
      await other.page.getByRole('button', { name: 'Collect' }).click()
      await other.page.getByText('The account is registered with BLY first').waitFor()
      await other.page.getByRole('button', { name: `Sign with ${late}` }).dblclick()
      await other.page.getByText('Credit: 0.50 BLY.').waitFor({ state: 'hidden', timeout: ARRIVES_MS })
      expect(await world.balanceNear(late)).to.equal(ONE_BLY / 2n)
      await other.context.close()
    })

    it('an operator links the address that its rewards on EVM go to, and sees when EVM knows it', async () => {
      const operator = 'operator.test.near'
      const { bank } = world
      await bank.open(operator, 1_000n * ONE_BLY)
      const node = { roles: ['trainer'], kind: 'cpu', class: 'edge', peer: 'http://127.0.0.1:4401' }
      await bank.stake(operator, 200n * ONE_BLY, node)
      const { page: own, context } = await visitAs(operator, '/operate')
      await announceEvmWallet(context, 'Paper Wallet', key)
      await own.reload()
      await own.getByRole('tab', { name: 'Link my EVM address' }).click({ timeout: 30_000 })
      await own.getByText('No address is linked yet').waitFor({ timeout: 30_000 })
      await own.getByRole('button', { name: 'Connect Paper Wallet' }).click()
      await own.getByRole('button', { name: `Sign with ${operator}` }).click()
      await own.getByText('on chain, on both sides').waitFor({ timeout: ARRIVES_MS })
      expect((await world.evm.linkOf(operator))?.evm).to.equal(wallet.address.slice(2).toLowerCase())
      await shoot(own, 'bridge-link', DESK)
      expect(await seriousFindings(own)).to.deep.equal([])
      await context.close()
    })

    it('without a relayer one carries it oneself, in both directions', async () => {
      const relayer = world.bridge.process('relayer')
      relayer.child.kill('SIGKILL')
      await relayer.exited
      await review('From NEAR to EVM', '1')
      await dialog()
        .getByRole('button', { name: `Sign with ${account}` })
        .click()
      await chosen().getByRole('button', { name: 'Carry it yourself' }).click({ timeout: ARRIVES_MS })
      await shoot(page, 'bridge-carry', DESK)
      await dialog().getByRole('button', { name: 'Sign with Paper Wallet' }).dblclick()
      await dialog()
        .getByText('Done; waits until')
        .or(dialog().getByText('See what came of it'))
        .first()
        .waitFor({ timeout: ARRIVES_MS })
      await page.keyboard.press('Escape')
      await chosen().getByText('arrived.').first().waitFor({ timeout: ARRIVES_MS })
      expect(await world.balanceEvm(wallet.address)).to.equal(4n * ONE_BLY)

      const before = await world.balanceNear(account)
      await review('From EVM to NEAR', '4')
      const sent = wallet.sent.length
      await dialog().getByRole('button', { name: 'Sign with Paper Wallet' }).click()
      await until(() => wallet.sent.length > sent)
      // The page is closed as soon as it was sent, and opened elsewhere: what is on its way is followed to its end.
      await page.goto(`${url}/bridge?transfer=evm-near:2`)
      await page.getByRole('region', { name: 'On its way' }).waitFor({ state: 'hidden', timeout: ARRIVES_MS })
      await chosen().getByRole('button', { name: 'Carry it yourself' }).click({ timeout: ARRIVES_MS })
      await dialog()
        .getByRole('button', { name: `Sign with ${account}` })
        .click()
      await chosen().getByText('arrived.').first().waitFor({ timeout: ARRIVES_MS })
      expect((await world.balanceNear(account)) - before).to.equal(4n * ONE_BLY)
      await page.keyboard.press('Escape')
    })

    it('a large one waits for the guardian; vetoed, its sender brings it back with the signers’ word', async () => {
      const before = await world.balanceNear(account)
      await review('From NEAR to EVM', '120')
      await dialog().getByText('It is large').waitFor()
      await dialog()
        .getByRole('button', { name: `Sign with ${account}` })
        .click()
      await page.waitForURL('**/bridge?transfer=near-evm%3A2', { timeout: ARRIVES_MS })
      await chosen().getByRole('button', { name: 'Carry it yourself' }).click({ timeout: ARRIVES_MS })
      await dialog().getByRole('button', { name: 'Sign with Paper Wallet' }).click()
      await chosen().getByText('Large: waits so that the guardian may look at it').waitFor({ timeout: ARRIVES_MS })
      await page.keyboard.press('Escape')
      await shoot(page, 'bridge-delayed', DESK)

      await byGuardianOnEvm(guardianCall(world.bridge.deployment, { veto: 2n }))
      await chosen().getByText('Stopped by the guardian: it will never be paid out').waitFor({ timeout: ARRIVES_MS })
      await shoot(page, 'bridge-vetoed', DESK)
      const bring = chosen().getByRole('button', { name: 'Bring it back yourself' })
      const sign = dialog().getByRole('button', { name: `Sign with ${account}` })
      await bring.click({ timeout: ARRIVES_MS })
      // The signers attest a veto once it is final: until then the page says how many have.
      for (const limit = Date.now() + ARRIVES_MS; Date.now() < limit; ) {
        if (!(await sign.isVisible())) break
        await sign.click()
        const outcome = dialog()
          .getByText(/Waiting for your wallet|Sent;|Done;|BRIDGE_SIGNATURES_MISSING/)
          .first()
        await outcome.waitFor({ timeout: 10_000 })
        if (!(await dialog().getByText('BRIDGE_SIGNATURES_MISSING').isVisible())) break
      }
      await chosen().getByText('and given back to').first().waitFor({ timeout: ARRIVES_MS })
      await page.keyboard.press('Escape')
      expect(await world.balanceNear(account)).to.equal(before)
    })

    it('while it is paused the page says since when and until when, and no money button works', async () => {
      const caller = world.bank.as(GUARDIAN)
      const { deployment } = world.bridge
      await sendNear(caller, nearGuardianCall(deployment, { pause: true }))
      await page.getByText('Clock stopped by the guardian or the signers on NEAR').waitFor({ timeout: 30_000 })
      expect(await page.getByRole('button', { name: 'Review' }).isDisabled()).to.equal(true)
      await shoot(page, 'bridge-paused', DESK)
      expect(await seriousFindings(page)).to.deep.equal([])
      await sendNear(caller, nearGuardianCall(deployment, { unpause: true }))
      await page.getByText('Clock stopped').waitFor({ state: 'hidden', timeout: 30_000 })
      // What signers have not seen yet is a 404, which the browser notes.
      expect(watched.complaints.filter((each) => !/status of (404|502)/.test(each))).to.deep.equal([])
    })

    for (const look of LOOKS) {
      it(`stands at ${look.width} pixels, ${look.scheme}: nothing serious for axe, no word that nobody should meet`, async () => {
        await looked(look)
      })
    }

    async function looked(look: Look): Promise<void> {
      await page.setViewportSize({ width: look.width, height: 800 })
      await page.emulateMedia({ colorScheme: look.scheme, reducedMotion: 'reduce' })
      await page.goto(`${url}/bridge?transfer=near-evm:0`)
      await chosen().getByText('arrived.').first().waitFor({ timeout: 30_000 })
      await page.getByRole('region', { name: 'Your transfers' }).getByText('and given back to').first().waitFor()
      await page.getByText('Where the money is, whatever fails').click()
      await page.getByText('Signers, contracts, guardian').click()
      await page.locator('.bridge-signers li').nth(2).waitFor()
      await shoot(page, 'bridge', look)
      expect(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)).to.equal(false)
      expect(await seriousFindings(page)).to.deep.equal([])
      expect(wordsIn(await page.locator('main').innerText())).to.deep.equal([])
    }

    async function byGuardianOnEvm({ to, data }: ReturnType<typeof guardianCall>): Promise<void> {
      const { evm } = world.bridge.deployment
      const nativeCurrency = { name: 'Ether', symbol: 'ETH', decimals: 18 }
      const rpcUrls = { default: { http: [evm.rpcUrls[0]!] } }
      const chain = defineChain({ id: evm.chainId, name: 'EVM', nativeCurrency, rpcUrls })
      const guardian = privateKeyToAccount(world.bridge.guardianEvm.privateKey)
      const hash = await createWalletClient({ account: guardian, chain, transport: http() }).sendTransaction({
        to,
        data,
      })
      const { status } = await world.reader.waitForTransactionReceipt({ hash })
      expect(status).to.equal('success')
    }
  })
}
