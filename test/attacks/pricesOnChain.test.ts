/** A pool moved in one block, on the deployed exchange and oracle: what reads the spot price pays, what reads the average does not. */
import { expect } from 'chai'
import type { WirePrice } from '../../contracts/near/oracle/price.ts'
import { comparePrices, isWithin } from '../../contracts/near/oracle/price.ts'
import { BLY, DexChain, ONE, USD } from '../fixtures/dex/dexChain.ts'
import { contractWasm } from '../fixtures/wasm/contractWasm.ts'

const ORACLE = 'oracle.test.near'
const KEEPER = 'keeper.test.near'
const TGAS = 10n ** 12n
/** A pool of 100,000 dollars and two million BLY. */
const POOL = { bly: 2_000_000n * ONE, usd: 100_000n * ONE }
const QUIET: WirePrice = { multiplier: '5', decimals: 20 }

interface Twap {
  price: WirePrice
  snapshots: number
}

async function start(maxStepBps: number): Promise<DexChain> {
  const dex = await DexChain.start({ seed: `prices ${maxStepBps}` })
  const provider = await dex.account('provider', POOL)
  expect(await dex.pool(provider, POOL.bly, POOL.usd)).to.equal(0)
  const oracle = await dex.chain.createAccount(ORACLE)
  const keeper = await dex.chain.createAccount(KEEPER)
  const args = { owner_id: KEEPER, dex_id: dex.names.dex, max_step_bps: maxStepBps }
  await oracle.deploy((await contractWasm('oracle')).wasm, { method: 'init', args })
  const pool = { pool_id: 0, base: BLY, quote: USD, quote_decimals: 18 }
  await keeper.call(ORACLE, 'watch_pool', pool, { deposit: 1n })
  return dex
}

/** A minute passes and somebody observes. */
async function observe(dex: DexChain): Promise<void> {
  await dex.chain.advance(61_000)
  const { value } = await dex.chain.account(KEEPER).call(ORACLE, 'observe', { pool_id: 0 }, { gas: 40n * TGAS })
  expect(value).to.equal(true)
}

const twap = (dex: DexChain): Promise<Twap | null> => dex.chain.account(KEEPER).view(ORACLE, 'get_twap', {})

/** Half an hour of quiet; then one snapshot in which an attacker has bought with 161,000 dollars, and sells back. */
async function attack(maxStepBps: number) {
  const dex = await start(maxStepBps)
  try {
    for (let i = 0; i < 29; i++) await observe(dex)
    const stake = 161_000n * ONE
    const attacker = await dex.account('attacker', { usd: stake })
    await dex.chain.advance(59_000)
    const swap = (token_in: string, token_out: string) => ({
      actions: [{ pool_id: 0, token_in, token_out, min_amount_out: '0' }],
    })
    await dex.transfer(attacker, USD, stake, swap(USD, BLY))
    const { amounts } = await dex.view('get_pool', { pool_id: 0 })
    const spot: WirePrice = { multiplier: `${(BigInt(amounts[1]) * 10n ** 18n) / BigInt(amounts[0])}`, decimals: 36 }
    await observe(dex)
    await dex.transfer(attacker, BLY, await dex.balance(BLY, attacker), swap(BLY, USD))
    await observe(dex)
    return { spot, average: (await twap(dex))!, lost: stake - (await dex.balance(USD, attacker)) }
  } finally {
    await dex.chain.close()
  }
}

describe('a pool moved in one block, on the deployed contracts', function () {
  this.timeout(120_000)

  it('shows 6.7 times the price to who reads the spot, and 3 % more to who reads an average with a wide limit, for under 400 dollars', async () => {
    const { spot, average, lost } = await attack(10_000)
    expect(comparePrices(spot, { multiplier: '33', decimals: 20 }), 'a lender by spot price loses its vault').to.equal(
      1,
    )
    // The largest step that the contract can be set to doubles the price: one of thirty intervals, weighed alike.
    expect(isWithin(average.price, QUIET, 300n)).to.equal(false)
    expect(lost < 400n * ONE).to.equal(true)
  })

  it('leaves the average within 0.07 % with it, and the attacker as much poorer', async () => {
    const { average, lost } = await attack(200)
    expect(average.snapshots).to.be.at.least(30)
    expect(isWithin(average.price, QUIET, 7n)).to.equal(true)
    expect(lost > 300n * ONE).to.equal(true)
  })
})
