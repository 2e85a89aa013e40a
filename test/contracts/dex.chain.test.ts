/** The exchange's wasm on the embedded chain: what promises do, who pays storage, and gas against the committed table. */
import { expect } from 'chai'
import { GAS_FOR_FT_TRANSFER, GAS_FOR_POST_WITHDRAW } from '../../contracts/near/dex/gas.ts'
import { LOST_RESERVE } from '../../contracts/near/dex/receive.ts'
import { STORAGE_PRICE } from '../../contracts/near/lib/money.ts'
import { BLY, DEX, DexChain, ONE, USD } from '../fixtures/dex/dexChain.ts'
import { moodyToken } from '../fixtures/dex/moodyToken.ts'
import { holdGasTable } from '../fixtures/gasTable.ts'
import { contractWasm } from '../fixtures/wasm/contractWasm.ts'

const YOCTO = { deposit: 1n }
const NEAR = 10n ** 24n

const swapOf = (pool_id: number, token_in: string, token_out: string, amount_in?: bigint, min = 0n) => ({
  pool_id,
  token_in,
  token_out,
  ...(amount_in !== undefined && { amount_in: `${amount_in}` }),
  min_amount_out: `${min}`,
})

describe('dex on the embedded chain', function () {
  this.timeout(120_000)
  let dex: DexChain
  let maker: string

  before(async () => {
    await contractWasm('dex')
    dex = await DexChain.start()
    maker = await dex.account('maker', { bly: 100_000n * ONE, usd: 100_000n * ONE })
    await dex.pool(maker, 10_000n * ONE, 20_000n * ONE)
  })
  after(() => dex?.close())

  const refusal = (call: Promise<unknown>): Promise<string> =>
    call.then(
      () => 'nothing refused',
      (error: Error) => error.message,
    )
  const contract = () => dex.chain.account(DEX).state()!

  it('answers in Ref\u2019s shapes', async () => {
    expect(await dex.view('get_pool', { pool_id: 0 })).to.deep.equal({
      pool_kind: 'SIMPLE_POOL',
      token_account_ids: [BLY, USD],
      amounts: [`${10_000n * ONE}`, `${20_000n * ONE}`],
      total_fee: 30,
      shares_total_supply: `${NEAR}`,
      amp: 0,
    })
    expect(await dex.view('get_pool_by_ids', { pool_ids: [0] })).to.deep.equal(
      await dex.view('get_pools', { from_index: 0, limit: 100 }),
    )
    expect(await dex.view('get_deposits', { account_id: maker })).to.deep.equal({ [BLY]: '0', [USD]: '0' })
    expect(await dex.view('get_user_whitelisted_tokens', { account_id: maker })).to.deep.equal([BLY, USD])
    expect(await dex.view('get_pool_shares', { pool_id: 0, account_id: maker })).to.equal(`${NEAR}`)
    expect(await dex.view('get_pool_total_shares', { pool_id: 0 })).to.equal(`${NEAR}`)
    expect(await refusal(dex.view('get_pool', { pool_id: 1 }))).to.match(/^E85: /)
  })

  it('pays out exactly what get_return said, to the last unit', async () => {
    const said = BigInt(
      await dex.view('get_return', { pool_id: 0, token_in: BLY, amount_in: `${ONE}`, token_out: USD }),
    )
    const trader = await dex.account('trader', { bly: ONE, registered: false })
    expect(await dex.transfer(trader, BLY, ONE, { actions: [swapOf(0, BLY, USD, undefined, said)] })).to.equal(`${ONE}`)
    expect(await dex.balance(USD, trader)).to.equal(said)
    const log = dex.last.logs.find((line) => line.startsWith('Swapped'))
    expect(log, 'the line that Ref\u2019s indexers read').to.equal(`Swapped ${ONE} ${BLY} for ${said} ${USD}`)
  })

  it('locks of an account exactly the bytes that its records take, and gives all NEAR back to who leaves', async () => {
    const alice = await dex.account('alice', { bly: 10n * ONE, usd: 20n * ONE, registered: false })
    const before = contract()
    await dex.call(alice, 'storage_deposit', {}, { deposit: NEAR / 10n })
    await dex.transfer(alice, BLY, 10n * ONE)
    await dex.transfer(alice, USD, 20n * ONE)
    const amounts = [`${10n * ONE}`, `${20n * ONE}`]
    await dex.call(alice, 'add_liquidity', { pool_id: 0, amounts }, { deposit: NEAR })
    const { total, available } = await dex.view('storage_balance_of', { account_id: alice })
    expect(total, 'what add_liquidity did not need returned').to.equal(`${NEAR / 10n}`)
    const grown = (contract().storageUsage - before.storageUsage) * STORAGE_PRICE
    // The registration is priced at the longest account id and balance.
    const { min } = await dex.view('storage_balance_bounds')
    const locked = BigInt(total) - BigInt(available)
    expect(locked >= grown && locked - grown < BigInt(min)).to.equal(true)

    const shares = await dex.view('get_pool_shares', { pool_id: 0, account_id: alice })
    await dex.call(alice, 'remove_liquidity', { pool_id: 0, shares, min_amounts: ['1', '1'] }, YOCTO)
    for (const token_id of [BLY, USD]) {
      await dex.call(alice, 'withdraw', { token_id, amount: '0', unregister: true }, YOCTO)
    }
    expect(await dex.call(alice, 'storage_unregister', {}, YOCTO)).to.equal(true)
    expect(contract().storageUsage).to.equal(before.storageUsage)
    // What it keeps beyond that is its share of the gas burnt.
    const kept = contract().amount - before.amount
    expect(kept >= 0n && kept < NEAR / 100n, `${kept}`).to.equal(true)
  })

  it('puts a withdrawal that the token refuses back into the deposits', async () => {
    const token = await moodyToken(dex, 'refuses', 'panic')
    const user = await dex.account('user1')
    await dex.call(user, 'register_tokens', { token_ids: [token.id] }, YOCTO)
    await token.credit(user, 500n)
    expect(await dex.call(user, 'withdraw', { token_id: token.id, amount: '0' }, YOCTO)).to.equal('0')
    expect(await dex.view('get_deposit', { account_id: user, token_id: token.id })).to.equal('500')
  })

  it('does so also when the token burns all the gas it was given', async () => {
    const token = await moodyToken(dex, 'hungry', 'loop')
    const user = await dex.account('user2')
    await dex.call(user, 'register_tokens', { token_ids: [token.id] }, YOCTO)
    await token.credit(user, 500n)
    const gas = 60n * 10n ** 12n
    expect(await dex.call(user, 'withdraw', { token_id: token.id, amount: '200' }, { deposit: 1n, gas })).to.equal('0')
    expect(await dex.view('get_deposit', { account_id: user, token_id: token.id })).to.equal('500')
    const burnt = dex.last.outcomes.find(({ executorId }) => executorId === token.id)!.gasBurnt
    expect(burnt <= GAS_FOR_FT_TRANSFER + 10n ** 12n, 'no more than its share').to.equal(true)
  })

  it('keeps what it could not send to somebody without an account until it is claimed', async () => {
    const trader = await dex.account('leaver', { bly: ONE, registered: false })
    await dex.send(trader, USD, 'storage_unregister', {}, YOCTO)
    expect(await dex.transfer(trader, BLY, ONE, { actions: [swapOf(0, BLY, USD)] })).to.equal(`${ONE}`)
    const lost = await dex.view('get_lostfound_token', { account_id: trader, token_id: USD })
    expect(BigInt(lost) > ONE).to.equal(true)
    await dex.register(USD, trader)
    expect(await dex.call(trader, 'claim_lostfound', { token_id: USD }, YOCTO)).to.equal(lost)
    expect(await dex.balance(USD, trader)).to.equal(BigInt(lost))
  })

  it('refuses strangers\u2019 instant swaps when its own NEAR is all locked, and returns their tokens', async () => {
    const poor = await DexChain.start({ seed: 'poor', dexNear: LOST_RESERVE / 2n })
    try {
      const rich = await poor.account('rich', { bly: 1_000n * ONE, usd: 1_000n * ONE })
      await poor.pool(rich, 100n * ONE, 100n * ONE)
      const stranger = await poor.account('stranger', { bly: ONE, registered: false })
      const message = { actions: [swapOf(0, BLY, USD)] }
      expect(await poor.transfer(stranger, BLY, ONE, message)).to.equal('0')
      expect(poor.last.failures.map(({ code }) => code)).to.deep.equal(['E11'])
      expect(await poor.balance(BLY, stranger)).to.equal(ONE)
      await poor.call(stranger, 'storage_deposit', {}, { deposit: NEAR / 100n })
      expect(await poor.transfer(stranger, BLY, ONE, message)).to.equal(`${ONE}`)
    } finally {
      await poor.close()
    }
  })

  it('costs what the committed gas table says', async () => {
    const other = 'other.test.near'
    await dex.token(other, 'Other', 'OTH')
    const user = await dex.account('measured', { bly: 1_000n * ONE, usd: 1_000n * ONE, registered: false })
    for (const account of [DEX, user]) await dex.register(other, account)
    await dex.mint(other, user, 1_000n * ONE)
    const calls: Record<string, number> = {}
    const note = (name: string) => {
      calls[name] = Math.round(dex.last.gasBurntTGas * 1000) / 1000
    }
    const measure = async (name: string, method: string, args: object, deposit = 1n) => {
      await dex.call(user, method, args, { deposit })
      note(name)
    }
    await measure('storage_deposit', 'storage_deposit', {}, NEAR / 10n)
    await measure('register_tokens', 'register_tokens', { token_ids: [other] })
    await measure('add_simple_pool', 'add_simple_pool', { tokens: [USD, other], fee: 5 }, NEAR / 10n)
    const second = ((await dex.view('get_number_of_pools')) as number) - 1
    for (const token of [USD, other, BLY]) await dex.transfer(user, token, 500n * ONE)
    note('deposit')
    await dex.transfer(user, BLY, ONE)
    note('deposit.again')
    const hundred = `${100n * ONE}`
    await measure('add_liquidity', 'add_liquidity', { pool_id: second, amounts: [hundred, hundred] }, NEAR / 10n)
    await measure('swap', 'swap', { actions: [swapOf(0, BLY, USD, ONE)] })
    const hops = [swapOf(0, BLY, USD, ONE), swapOf(second, USD, other)]
    await measure('swap.two', 'swap', { actions: hops })
    await dex.transfer(user, BLY, ONE, { actions: [swapOf(0, BLY, USD)] })
    note('instant')
    await dex.transfer(user, BLY, ONE, { actions: hops })
    note('instant.two')
    await measure('withdraw', 'withdraw', { token_id: BLY, amount: `${ONE}` })
    calls.post_withdraw = callbackGas(dex)
    const refusing = await moodyToken(dex, 'moody', 'panic')
    await measure('register_tokens.again', 'register_tokens', { token_ids: [refusing.id] })
    await refusing.credit(user, 100n)
    await measure('withdraw.in_vain', 'withdraw', { token_id: refusing.id, amount: '100' })
    calls['post_withdraw.returned'] = callbackGas(dex)
    const nobody = await dex.account('nobody', { bly: ONE, registered: false })
    await dex.send(nobody, USD, 'storage_unregister', {}, YOCTO)
    await dex.transfer(nobody, BLY, ONE, { actions: [swapOf(0, BLY, USD)] })
    note('instant.in_vain')
    calls['post_withdraw.lost'] = callbackGas(dex)
    const shares = await dex.view('get_pool_shares', { pool_id: second, account_id: user })
    await measure('remove_liquidity', 'remove_liquidity', { pool_id: second, shares, min_amounts: ['1', '1'] })
    await holdGasTable('dex', calls)
    const room = Number(GAS_FOR_POST_WITHDRAW / 10n ** 9n) / 1000
    for (const name of ['post_withdraw', 'post_withdraw.returned', 'post_withdraw.lost']) {
      expect(calls[name]! * 2, `${name} has twice the gas that it burns here`).to.be.at.most(room)
    }
  })
})

/** TGas that the last callback of the exchange itself burnt. */
function callbackGas(dex: DexChain): number {
  const own = dex.last.outcomes.filter(({ executorId }) => executorId === DEX)
  return Math.round(Number(own.at(-1)!.gasBurnt / 10n ** 6n) / 1000) / 1000
}
