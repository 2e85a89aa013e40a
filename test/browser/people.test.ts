/** A requester, an operator and an Ethereum account do what they came for, through pages alone, on a whole network. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { build, type Rolldown } from 'vite'
import { z } from 'zod'
import { publicKeyOf } from '../../chain/lib/key.ts'
import { bly } from '../../scripts/up/bootstrap.ts'
import { DAEMON, member } from '../../scripts/up/fleetPlan.ts'
import { keyPath } from '../../scripts/up/keys.ts'
import { createFleet, type Fleet } from '../../scripts/up/processes.ts'
import { microTask } from '../fixtures/microTask.ts'
import { exampleForNode, exampleForPage, sdkExample } from '../fixtures/sdkExample.ts'
import { type Site, startSite } from '../fixtures/site.ts'
import { seriousFindings } from './fixtures/axe.ts'
import { hasChromium, LOOKS, launchChromium, openPage, shoot, type WatchedPage } from './fixtures/browser.ts'
import { announceEvmWallet } from './fixtures/evmWallet.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const DESK = LOOKS[0]!
const MEMBERS = [
  member('trainer-1', 'trainer'),
  member('trainer-2', 'trainer'),
  member('validator-1', 'validator'),
  member('validator-2', 'validator'),
  member('validator-3', 'validator'),
]
const walletKey = z.object({ account: z.string(), secretKey: z.string() })

if (!hasChromium()) it.skip('Chromium is absent: people through pages')
else {
  describe('people, through pages only', function () {
    this.timeout(600_000)
    let home: string
    let site: Site
    let browser: Browser
    let fleet: Fleet
    before(async () => {
      home = mkdtempSync(join(tmpdir(), 'blyan-people-'))
      site = await startSite({ dir: join(home, 'network'), members: MEMBERS })
      fleet = createFleet(join(home, 'log'), ROOT)
      browser = await launchChromium()
    })
    after(async () => {
      await browser?.close()
      await fleet?.stop()
      await site?.close()
      rmSync(home, { recursive: true, force: true })
    })

    it('a fresh account orders training on its own text, closes the tab, comes back to its model and a receipt', async () => {
      const watched = await openPage(browser, DESK)
      let { page } = watched
      await page.goto(site.url)
      await page.getByRole('link', { name: 'Train a model' }).click()
      await signInWithDevelopmentWallet(page)
      await page.getByText('GPT, 31 k parameters').click()
      const text = readFileSync(String(microTask(home, { seed: 3 }).data))
      await page.locator('input[type=file]').setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: text })
      await page.getByText('Steps, samples, machines, raw order').click()
      for (const [label, value] of [
        ['Rounds', '1'],
        ['Trainers a round', '2'],
        ['BLY for each, a round', '10'],
        ['Steps a round', '16'],
        ['Samples a round', '8'],
      ] as const) {
        await page.getByRole('textbox', { name: label, exact: true }).fill(value)
      }
      await page.getByText('Go on with a small pool').click()
      await shoot(page, 'people-new', DESK)
      await page.getByRole('button', { name: 'Review' }).click()
      await page.getByRole('button', { name: /^Sign for .* BLY$/ }).click({ timeout: 120_000 })
      await page.waitForURL(/\/task\/1$/, { timeout: 120_000 })
      await page.close()

      await vested(site, '1')
      page = await watched.context.newPage()
      await page.goto(`${site.url}/task/1`)
      await page.getByText('COMPLETED', { exact: false }).first().waitFor()
      const download = page.waitForEvent('download')
      await page.getByRole('button', { name: 'Download ONNX' }).click()
      const bytes = readFileSync(await (await download).path())
      const model = (await (await fetch(`${site.url}/api/v1/tasks/1/model`)).json()) as { onnxSha256: string }
      expect(createHash('sha256').update(bytes).digest('hex')).to.equal(model.onnxSha256)
      await page.getByRole('textbox', { name: 'Begin with your own words' }).fill('the task ')
      await page.getByRole('button', { name: 'Write with it' }).click()
      await page.waitForFunction(
        () => (document.querySelector('[data-side=after]')?.textContent?.length ?? 0) > 100,
        null,
        {
          timeout: 120_000,
        },
      )
      expect(await page.locator('[data-side=after]').textContent()).to.match(/^the task /)
      await shoot(page, 'people-task', DESK)
      expect(await seriousFindings(page)).to.deep.equal([])

      await page.getByRole('link', { name: 'Receipts', exact: true }).click()
      await page.locator('a[href="/receipt/0"]').first().click()
      await page.locator('.links li[data-state=ok]').nth(4).waitFor({ timeout: 60_000 })
      expect(await page.title()).to.include('VERIFIED')
      await shoot(page, 'people-receipt', DESK)
      expect(watched.complaints).to.deep.equal([])
      await watched.context.close()
    })

    it('an operator stakes, is drawn and paid, collects, and asks why', async () => {
      const watched = await openPage(browser, DESK)
      const { page } = watched
      await page.goto(`${site.url}/operate`)
      await signInWithDevelopmentWallet(page)
      const stored = await page.evaluate(() => localStorage.getItem('blyan.development-wallet'))
      const { account, secretKey } = walletKey.parse(JSON.parse(stored ?? 'null'))
      const peer = await startDaemon(account, secretKey)

      await page.getByRole('textbox', { name: 'How much, in BLY' }).fill('500')
      await page.getByText('trains models').click()
      await page.getByText('redoes samples of others').click()
      await page.getByRole('textbox', { name: 'Where peers reach it' }).fill(peer)
      await page.getByRole('button', { name: `Sign with ${account}` }).click()
      await page
        .getByText(/500(\.00)?/)
        .first()
        .waitFor({ timeout: 60_000 })
      await until(async () => (await site.views.node(account)) !== null)

      const task = await site.order({ ...microTask(home, { validators: 4, samples: 3, seed: 4 }) })
      await site.ended(task, 300_000)
      await page.getByRole('button', { name: /^Collect [\d.,\s]+ BLY$/ }).click({ timeout: 60_000 })
      await shoot(page, 'people-collect', DESK)
      await page
        .getByRole('dialog')
        .getByRole('button', { name: `Sign with ${account}` })
        .click()
      const { market } = site.bank.network.contracts
      await until(async () => {
        const ledger = await site.bank.client.view<{ payable: string; paying: string }>(market, 'ledger', {
          account_id: account,
        })
        return ledger.payable === '0' && ledger.paying === '0'
      })
      await page.keyboard.press('Escape')
      await page.getByRole('link', { name: /Every line of every task/ }).click()
      await page.getByRole('heading', { level: 1, name: /earned/ }).waitFor({ timeout: 60_000 })
      expect(await seriousFindings(page)).to.deep.equal([])
      await shoot(page, 'people-why', DESK)
      // Before the first stake the chain knows no such operator, and the browser notes the 404.
      expect(watched.complaints.filter((each) => !/status of 404/.test(each))).to.deep.equal([])
      await watched.context.close()
    })

    it('an Ethereum account signs in, and is linked by both proofs to the NEAR account that signs for the market', async () => {
      const watched: WatchedPage = await openPage(browser, DESK)
      const { page, context } = watched
      const wallet = await announceEvmWallet(context, 'Paper Wallet', `0x${'42'.repeat(32)}`)
      await page.goto(`${site.url}/account`)
      await page.getByRole('button', { name: 'Sign in' }).first().click()
      await page.getByRole('dialog').getByRole('button', { name: 'Paper Wallet' }).click()
      await page.getByText(wallet.address).waitFor({ timeout: 60_000 })
      expect(wallet.signed[0]).to.include(new URL(site.url).host).and.include(wallet.address)
      await page.getByRole('button', { name: 'Link a NEAR account' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Use the development wallet' }).click()
      await page.getByText('this account signs for the market').waitFor({ timeout: 60_000 })
      await shoot(page, 'people-linked', DESK)
      expect(await seriousFindings(page)).to.deep.equal([])
      expect(watched.complaints).to.deep.equal([])
      await context.close()
    })

    it('an integrator runs the fifteen lines of the SDK, in Node and in Chromium', async () => {
      expect(sdkExample().trim().split('\n')).to.have.length(15)
      const text = String(microTask(home, { seed: 5 }).data)
      const keys = []
      for (const account of ['node-user.test.near', 'page-user.test.near']) {
        await site.bank.open(account, bly(500))
        keys.push(keyPath(site.dir, account))
      }
      const file = join(home, 'example.ts')
      writeFileSync(file, exampleForNode({ gateway: site.url, key: keys[0]!, text }))
      const { stdout } = await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', file], {
        timeout: 300_000,
      })
      expect(stdout).to.match(/completed.* \d{4,}\n$/)

      const entry = join(home, 'page-example.ts')
      const [key, words] = [readFileSync(keys[1]!, 'utf8'), readFileSync(text, 'utf8')]
      writeFileSync(entry, exampleForPage({ gateway: site.url, key, text: words }))
      const script = await bundle(entry)
      const { page, context, complaints } = await openPage(browser, DESK)
      const html =
        '<!doctype html><title>SDK</title><link rel="icon" href="data:,"><script type="module" src="/sdk-example.js"></script>'
      await page.route(`${site.url}/sdk-example`, (route) => route.fulfill({ contentType: 'text/html', body: html }))
      await page.route(`${site.url}/sdk-example.js`, (route) =>
        route.fulfill({ contentType: 'text/javascript', body: script }),
      )
      await page.goto(`${site.url}/sdk-example`)
      await page.waitForFunction(() => 'said' in window, null, { timeout: 300_000 })
      const [sentence, bytes] = await page.evaluate(() => (window as unknown as { said: [string, number] }).said)
      expect(sentence).to.include('completed')
      expect(bytes).to.be.above(10_000)
      // A new task appears at the gateway with its block; until then it is a 404, which the browser notes.
      expect(complaints.filter((each) => !/status of 404/.test(each))).to.deep.equal([])
      await context.close()
    })

    /** A validator's daemon with the key that the page made, as `blyan node` starts it. @returns its peer address */
    async function startDaemon(account: string, secretKey: string): Promise<string> {
      const keyFile = join(home, `${account}.json`)
      const stored = { account_id: account, public_key: publicKeyOf(secretKey), secret_key: secretKey }
      writeFileSync(keyFile, JSON.stringify(stored), { mode: 0o600 })
      const { market } = site.bank.network.contracts
      const daemon = fleet.start({
        role: 'validator',
        account,
        script: DAEMON,
        args: [
          'node',
          '--role',
          'validator',
          '--rpc',
          site.rpcUrl,
          '--key',
          keyFile,
          '--dir',
          join(home, account),
          '--market',
          market,
          '--json',
        ],
      })
      return String((await daemon.line('ready')).peer)
    }
  })
}

async function signInWithDevelopmentWallet(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign in' }).first().click()
  await page.getByRole('button', { name: 'Use the development wallet' }).click()
  await page.getByRole('dialog').waitFor({ state: 'hidden', timeout: 60_000 })
}

const vested = (site: Site, task: string): Promise<void> =>
  until(async () => (await site.views.task(task)).vested, 300_000)

async function until(condition: () => Promise<boolean>, timeoutMs = 120_000): Promise<void> {
  for (const limit = Date.now() + timeoutMs; !(await condition()); ) {
    if (Date.now() > limit) throw new Error(`not within ${timeoutMs} ms: ${condition}`)
    await new Promise((done) => setTimeout(done, 250))
  }
}

/** One script of a TypeScript file and all that it imports. */
async function bundle(entry: string): Promise<string> {
  const built = (await build({
    configFile: false,
    logLevel: 'silent',
    root: ROOT,
    build: { write: false, minify: false, lib: { entry, formats: ['es'], fileName: 'example' } },
  })) as Rolldown.RolldownOutput[]
  return built[0]!.output[0].code
}
