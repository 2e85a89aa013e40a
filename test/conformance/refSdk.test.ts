/**
 * Ref Finance's SDK, unchanged, at our exchange: `init_env` with our RPC's address, our contract at the account names that it
 * knows. Everything it asks of a NEAR node it asks ours over HTTP, through the near-api-js 0.44.2 that it brings along.
 *
 * What it asks of others:
 * - an indexer of Ref's on the internet: token lists (`getTokens`, `getTokensTiny`, so smart routing), prices
 *   (`getTokenPriceList`) and `fetchAllPools`' first try. `init_env` takes the indexer's address; here it is a stub on the
 *   loopback that serves the two lists and answers 404 to the rest, upon which `fetchAllPools` reads the chain;
 * - `sendTransactionsByMemoryKey` and `getSignedTransactionsByMemoryKey` talk to a provider that is made while the module is
 *   loaded, with the public node of `NEAR_ENV`: `init_env` cannot move it. Here `fetch` leads that one address to our RPC.
 * Not asked: stable, rated and degen pools and the DCL exchange, which are other contracts' or other kinds of pool.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { type RpcServer, serveRpc } from '../../chain/node/rpc/server.ts'
import { ensurePackagesOf } from '../../contracts/toolchain/index.ts'
import { DexChain, ONE } from '../fixtures/dex/dexChain.ts'
import { contractWasm } from '../fixtures/wasm/contractWasm.ts'

const PACKAGE = resolve(import.meta.dirname, 'ref-sdk')
/** constant.ts of the SDK, environment `testnet`. */
const NAMES = { dex: 'ref-finance-101.testnet', node: 'https://rpc.testnet.near.org' }
const [BLY, USD, MID] = ['bly.testnet', 'usd.testnet', 'mid.testnet']
const TOKENS = [BLY, USD, MID]
const YOCTO = { deposit: 1n }

interface Transaction {
  receiverId: string
  functionCalls: { methodName: string; args: { amount: string; msg: string; receiver_id: string }; amount?: string }[]
}
interface Estimate {
  estimate: string
  pool: { id: number; partialAmountIn: string }
}

// biome-ignore lint/suspicious/noExplicitAny: the SDK as it is; its types want packages that only its widget needs
type Sdk = Record<string, (...args: any[]) => any>

describe('@ref-finance/ref-sdk 1.5.0, unchanged', function () {
  this.timeout(600_000) // npm's first installation is the long part
  let world: DexChain
  let rpc: RpcServer
  let indexer: Server
  let sdk: Sdk
  let dir: string
  let maker: string
  const { fetch } = globalThis
  const asked: string[] = []
  const { NEAR_ENV, NEAR_NO_LOGS } = process.env

  before(async () => {
    await ensurePackagesOf(PACKAGE, () => process.stderr.write('installing test/conformance/ref-sdk (277 MB, once)\n'))
    await contractWasm('dex')
    dir = mkdtempSync(join(tmpdir(), 'ref-sdk-'))
    world = await DexChain.start({ seed: 'ref-sdk', names: { dex: NAMES.dex, bly: BLY, usd: USD } })
    rpc = await serveRpc(world.chain.chain, { port: 0 })
    indexer = createServer((request, response) => {
      asked.push(request.url!)
      const list = ['/list-token', '/list-token-v2'].includes(request.url!)
      response.writeHead(list ? 200 : 404, { 'content-type': 'application/json' })
      response.end(list ? JSON.stringify(Object.fromEntries(TOKENS.map((id) => [id, token(id)]))) : '{}')
    })
    await new Promise<void>((done) => indexer.listen(0, '127.0.0.1', done))
    Object.assign(process.env, { NEAR_ENV: 'testnet', NEAR_NO_LOGS: '1' })
    sdk = required('@ref-finance/ref-sdk') as Sdk
    leadPublicNodeTo(rpc.url)
    const { port } = indexer.address() as AddressInfo
    sdk.init_env('testnet', `http://127.0.0.1:${port}`, rpc.url)

    maker = await world.account('maker', { bly: 100_000n * ONE, usd: 100_000n * ONE })
    await world.pool(maker, 10_000n * ONE, 20_000n * ONE, 30)
    await world.pool(maker, 1_000n * ONE, 2_100n * ONE, 100)
    await poolOfUnlisted(world, maker)
  })

  after(async () => {
    globalThis.fetch = fetch
    for (const [name, value] of Object.entries({ NEAR_ENV, NEAR_NO_LOGS })) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
    await rpc?.close()
    await world?.close()
    indexer?.close()
    if (dir) rmSync(dir, { recursive: true, force: true })
  })

  it('knows our exchange under its own account name', () => {
    expect(sdk.getConfig()).to.include({ REF_FI_CONTRACT_ID: NAMES.dex })
  })

  it('lists pools page by page, one by one, by numbers and all at once', async () => {
    const [first, second, third] = [
      { id: 0, tokenIds: [BLY, USD], fee: 30, pool_kind: 'SIMPLE_POOL' },
      { id: 1, tokenIds: [BLY, USD], fee: 100, pool_kind: 'SIMPLE_POOL' },
      { id: 2, tokenIds: [BLY, MID], fee: 5, pool_kind: 'SIMPLE_POOL' },
    ]
    expect(await sdk.getTotalPools()).to.equal(3)
    expect((await sdk.getRefPools()).map(outline)).to.deep.equal([first, second, third])
    expect((await sdk.getRefPools(2, 2)).map(outline)).to.deep.equal([third])
    expect(outline(await sdk.getPool(1))).to.deep.equal(second)
    expect((await sdk.getPool(0)).supplies).to.deep.equal({ [BLY]: `${10_000n * ONE}`, [USD]: `${20_000n * ONE}` })
    expect((await sdk.getPoolByIds([2, 0])).map(outline)).to.deep.equal([third, first])
    const { simplePools, ratedPools, unRatedPools } = await sdk.fetchAllPools()
    expect(asked, 'the indexer is tried first').to.include('/fetchAllPools')
    expect(simplePools.map(outline)).to.deep.equal([first, second, third])
    expect([ratedPools, unRatedPools]).to.deep.equal([[], []])
  })

  it('reads tokens, balances and what registration costs', async () => {
    expect(await sdk.getGlobalWhitelist()).to.deep.equal([BLY, USD])
    expect(await sdk.getUserRegisteredTokens(maker)).to.deep.equal([BLY, USD, MID])
    expect(await sdk.getUserRegisteredTokens('nobody.testnet')).to.deep.equal([])
    expect(await sdk.ftGetTokenMetadata(USD)).to.include({ id: USD, symbol: 'USD', decimals: 18 })
    expect(await sdk.ftGetBalance(USD, maker)).to.equal(`${await world.balance(USD, maker)}`)
    expect(await sdk.ftGetBalance('NEAR', maker)).to.match(/^\d+$/)
    expect(await sdk.ftGetStorageBalance(USD, 'nobody.testnet')).to.equal(null)
    const { min } = await world.chain.root.view<{ min: string }>(USD, 'storage_balance_bounds', {})
    expect(await sdk.getMinStorageBalance(USD)).to.equal(min)
    expect(BigInt(await sdk.getMinStorageBalance(NAMES.dex)) > 0n).to.equal(true)
  })

  it('quotes what the contract would give, from the better of two pools', async () => {
    for (const [tokenIn, tokenOut] of [
      [BLY, USD],
      [USD, BLY],
    ]) {
      for (const amountIn of ['0.001', '12.5', '400']) {
        const [{ estimate, pool }] = await quote(tokenIn, tokenOut, amountIn)
        const exact = await Promise.all([0, 1].map((id) => contractQuote(id, tokenIn, pool.partialAmountIn, tokenOut)))
        const best = exact[0] > exact[1] ? 0 : 1
        expect(pool.id, `${amountIn} ${tokenIn}`).to.equal(best)
        // The SDK reckons in floating point: 15 digits.
        expect(Number(estimate)).to.be.closeTo(Number(exact[best]) / 1e18, (Number(exact[best]) / 1e18) * 1e-12)
      }
    }
  })

  it('swaps for somebody whom neither the exchange nor the wanted token knew', async () => {
    const trader = await world.account('first.testnet', { bly: 100n * ONE, registered: false })
    await world.send(trader, USD, 'storage_unregister', {}, YOCTO)
    const swapTodos = await quote(BLY, USD, '10')
    const expected = await contractQuote(swapTodos[0].pool.id, BLY, `${10n * ONE}`, USD)
    const orders = await order(trader, BLY, USD, '10', swapTodos)
    expect(orders.map(({ receiverId, functionCalls }) => [receiverId, functionCalls[0].methodName])).to.deep.equal([
      [USD, 'storage_deposit'],
      [BLY, 'ft_transfer_call'],
    ])
    expect(orders[1].functionCalls[0].args.receiver_id).to.equal(NAMES.dex)
    const results = await sendByNearApi(trader, orders)
    expect(results.map(({ status }) => 'SuccessValue' in status)).to.deep.equal([true, true])
    expect(Buffer.from(results[1].status.SuccessValue!, 'base64').toString()).to.equal(`"${10n * ONE}"`)
    expect(await world.balance(USD, trader)).to.equal(expected)
    expect(await world.balance(BLY, trader)).to.equal(90n * ONE)
  })

  it('swaps over two pools by its smart routing, signing with a key file of its own', async () => {
    const trader = await world.account('second.testnet', { usd: 100n * ONE, registered: false })
    const swapTodos = await quote(USD, MID, '10', { enableSmartRouting: true })
    expect(asked, 'the list of tokens is the indexer\u2019s').to.include('/list-token-v2')
    expect(swapTodos.map(({ pool }) => pool.id)).to.deep.equal([0, 2])
    const orders = await order(trader, USD, MID, '10', swapTodos)
    const keyPath = join(dir, 'key.json')
    const { secretKey } = world.chain.account(trader).keys
    writeFileSync(keyPath, JSON.stringify({ account_id: trader, private_key: secretKey }), { mode: 0o600 })
    const signedTransactions = await sdk.getSignedTransactionsByMemoryKey({
      transactionsRef: orders,
      AccountId: trader,
      keyPath,
    })
    const results = await sdk.sendTransactionsByMemoryKey({ signedTransactions })
    expect(results).to.have.length(2)
    const { min_amount_out } = JSON.parse(orders[1].functionCalls[0].args.msg).actions[1]
    const got = await world.balance(MID, trader)
    expect(got >= BigInt(min_amount_out) && BigInt(min_amount_out) > 0n).to.equal(true)
    expect(await world.balance(USD, trader)).to.equal(90n * ONE)
  })

  it('gets everything back when the price moved beyond the slippage that it allowed', async () => {
    const trader = await world.account('third.testnet', { bly: 100n * ONE, registered: false })
    const swapTodos = await quote(BLY, USD, '10')
    const orders = await order(trader, BLY, USD, '10', swapTodos)
    const mover = await world.account('mover', { bly: 1_000n * ONE })
    const pool = swapTodos[0].pool.id
    const push = { actions: [{ pool_id: pool, token_in: BLY, token_out: USD, min_amount_out: '0' }] }
    await world.transfer(mover, BLY, 500n * ONE, push)
    const [result] = await sendByNearApi(trader, orders)
    expect(Buffer.from(result.status.SuccessValue!, 'base64').toString()).to.equal('"0"')
    expect(JSON.stringify(result.receipts_outcome)).to.contain('E68: slippage error')
    expect(await world.balance(BLY, trader)).to.equal(100n * ONE)
  })

  async function quote(tokenIn: string, tokenOut: string, amountIn: string, options = {}): Promise<Estimate[]> {
    const simplePools = (await sdk.fetchAllPools()).simplePools
    return sdk.estimateSwap({ tokenIn: token(tokenIn), tokenOut: token(tokenOut), amountIn, simplePools, options })
  }

  async function contractQuote(
    pool_id: number,
    token_in: string,
    amount_in: string,
    token_out: string,
  ): Promise<bigint> {
    return BigInt(await world.view('get_return', { pool_id, token_in, amount_in, token_out }))
  }

  function order(AccountId: string, tokenIn: string, tokenOut: string, amountIn: string, swapTodos: Estimate[]) {
    const swap = { tokenIn: token(tokenIn), tokenOut: token(tokenOut), amountIn, slippageTolerance: 0.5, swapTodos }
    return sdk.instantSwap({ ...swap, AccountId }) as Promise<Transaction[]>
  }

  /** Signs and sends with the near-api-js that the SDK brings along. */
  async function sendByNearApi(trader: string, orders: Transaction[]): Promise<FinalOutcome[]> {
    const { Near, KeyPair, keyStores, transactions } = required('near-api-js')
    const BN = required('bn.js')
    const keyStore = new keyStores.InMemoryKeyStore()
    await keyStore.setKey('testnet', trader, KeyPair.fromString(world.chain.account(trader).keys.secretKey))
    const near = new Near({ networkId: 'testnet', nodeUrl: rpc.url, keyStore, headers: {} })
    const account = await near.account(trader)
    const outcomes: FinalOutcome[] = []
    for (const { receiverId, actions } of sdk.transformTransactions(orders, trader)) {
      const calls = actions.map(({ params }: { params: Record<string, string> }) =>
        transactions.functionCall(params.methodName, params.args, new BN(params.gas), new BN(params.deposit)),
      )
      outcomes.push(await account.signAndSendTransaction({ receiverId, actions: calls }))
    }
    return outcomes
  }
})

interface FinalOutcome {
  status: { SuccessValue?: string }
  receipts_outcome: unknown
}

// biome-ignore lint/suspicious/noExplicitAny: packages of the SDK, without types here
const required = (name: string): any => createRequire(join(PACKAGE, 'package.json'))(name)

const outline = ({ id, tokenIds, fee, pool_kind }: Record<string, unknown>) => ({ id, tokenIds, fee, pool_kind })

/** A pool of BLY and a token that the exchange does not list: its maker registers it first. */
async function poolOfUnlisted(world: DexChain, maker: string): Promise<void> {
  await world.token(MID, 'Middle', 'MID')
  for (const account of [NAMES.dex, maker]) await world.register(MID, account)
  await world.mint(MID, maker, 10_000n * ONE)
  await world.call(maker, 'add_simple_pool', { tokens: [BLY, MID], fee: 5 }, { deposit: 10n ** 23n })
  await world.call(maker, 'register_tokens', { token_ids: [MID] }, YOCTO)
  await world.transfer(maker, MID, 5_000n * ONE)
  await world.transfer(maker, BLY, 5_000n * ONE)
  const amounts = [`${5_000n * ONE}`, `${5_000n * ONE}`]
  await world.call(maker, 'add_liquidity', { pool_id: 2, amounts }, { deposit: 10n ** 22n })
}

const token = (id: string) => ({
  id,
  spec: 'ft-1.0.0',
  name: id,
  symbol: id.split('.')[0].toUpperCase(),
  decimals: 18,
  icon: '',
})

/** near-api-js puts a `fetch` of its own into the global object; this goes before it. */
function leadPublicNodeTo(url: string): void {
  const theirs = globalThis.fetch
  globalThis.fetch = (resource, init) => theirs(resource === NAMES.node ? url : resource, init)
}
