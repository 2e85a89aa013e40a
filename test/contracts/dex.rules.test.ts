/** The exchange's rules in memory: Ref's own examples, each refusal, and where payments in vain go. */
import { expect } from 'chai'
import fc from 'fast-check'
import { exchange, FIRST_SHARES, join, leave, quote } from '../../contracts/near/dex/constantProduct.ts'
import { MAX_TOKENS } from '../../contracts/near/dex/deposits.ts'
import { LOST_RESERVE } from '../../contracts/near/dex/receive.ts'
import { decodeAmount, encodeAmount, type Pool } from '../../contracts/near/dex/storage.ts'
import { U128_MAX } from '../../contracts/near/lib/money.ts'
import { FILLED_TOKENS, filled, NEAR, ONE, type RulesDex, refusal, swapOf } from '../fixtures/dex/rulesDex.ts'

const [BLY, USD, MID] = FILLED_TOKENS
const pool = (amounts: [bigint, bigint], fee = 30, shares = FIRST_SHARES): Pool => ({
  id: 0,
  tokens: [BLY, USD],
  amounts,
  fee,
  shares,
})
describe('dex: arithmetic of a constant-product pool', () => {
  it('gives what Ref\u2019s own tests expect', () => {
    // ref-exchange/src/simple_pool.rs: test_pool_swap (5 and 10 NEAR, 30 bps, 1 NEAR in) and test_rounding.
    const five: Pool = pool([5n * NEAR, 10n * NEAR])
    const out = exchange(five, { tokenIn: BLY, amountIn: NEAR, tokenOut: USD, minAmountOut: 1n })
    expect(out).to.equal((9970n * NEAR * 10n * NEAR) / (50_000n * NEAR + 9970n * NEAR))
    expect(leave(five, FIRST_SHARES / 2n, [1n, 1n])).to.deep.equal([3n * NEAR, 5n * NEAR - out / 2n - (out % 2n)])
    const uneven = pool([367701466208080431008668441n, 2267116519548219219535n], 30, 35967818779820559673547466n)
    expect(refusal(() => join(uneven, [145782n, 1n]))).to.equal('E32: minting zero shares')
  })

  const reserve = fc.bigInt({ min: 1n, max: 10n ** 30n })
  const fee = fc.integer({ min: 0, max: 9_999 })

  it('never lets a swap make the product of the reserves smaller', () => {
    fc.assert(
      fc.property(
        reserve,
        reserve,
        fee,
        fc.bigInt({ min: 1n, max: 10n ** 31n }),
        fc.boolean(),
        (a, b, bps, amount, back) => {
          const each = pool([a, b], bps)
          const [tokenIn, tokenOut] = back ? [USD, BLY] : [BLY, USD]
          const said = quote(each, tokenIn, amount, tokenOut)
          const out = exchange(each, { tokenIn, amountIn: amount, tokenOut, minAmountOut: said })
          expect(out).to.equal(said)
          expect(each.amounts[0] * each.amounts[1] >= a * b).to.equal(true)
          expect(each.amounts[0] > 0n && each.amounts[1] > 0n).to.equal(true)
        },
      ),
      { seed: 5, numRuns: 2_000 },
    )
  })

  it('gives nobody a unit more for going there and back, at any fee', () => {
    fc.assert(
      fc.property(reserve, reserve, fee, fc.bigInt({ min: 1n, max: 10n ** 30n }), (a, b, bps, amount) => {
        const each = pool([a, b], bps)
        const there = exchange(each, { tokenIn: BLY, amountIn: amount, tokenOut: USD, minAmountOut: 0n })
        if (there === 0n) return
        const back = exchange(each, { tokenIn: USD, amountIn: there, tokenOut: BLY, minAmountOut: 0n })
        expect(back <= amount).to.equal(true)
      }),
      { seed: 6, numRuns: 2_000 },
    )
  })

  it('never gives less for one swap than for the same amount cut in two: no reason to cut', () => {
    fc.assert(
      fc.property(reserve, reserve, fc.bigInt({ min: 2n, max: 10n ** 29n }), (a, b, amount) => {
        // Without a fee the two differ by rounding alone; the fee that stays in the pool makes pieces dearer still or equal.
        const [whole, pieces] = [pool([a, b], 0), pool([a, b], 0)]
        const once = exchange(whole, { tokenIn: BLY, amountIn: amount, tokenOut: USD, minAmountOut: 0n })
        const half = amount / 2n
        let twice = 0n
        for (const part of [half, amount - half]) {
          twice += exchange(pieces, { tokenIn: BLY, amountIn: part, tokenOut: USD, minAmountOut: 0n })
        }
        expect(twice <= once).to.equal(true)
      }),
      { seed: 7, numRuns: 1_000 },
    )
  })

  it('never makes older shares worth less when somebody joins or leaves', () => {
    const shares = fc.bigInt({ min: 10n ** 12n, max: 10n ** 27n })
    fc.assert(
      fc.property(reserve, reserve, shares, reserve, reserve, (a, b, all, x, y) => {
        const each = pool([a, b], 30, all)
        try {
          const { shares: minted, used } = join(each, [x, y])
          expect(used[0] <= x && used[1] <= y).to.equal(true)
          expect(each.amounts[0] * all >= a * each.shares && each.amounts[1] * all >= b * each.shares).to.equal(true)
          const back = leave(each, minted, [0n, 0n])
          expect(back[0] <= used[0] && back[1] <= used[1]).to.equal(true)
          expect(each.amounts[0] >= a && each.amounts[1] >= b && each.shares === all).to.equal(true)
        } catch (error) {
          expect((error as Error).message).to.match(/^E3[26]: /)
        }
      }),
      { seed: 8, numRuns: 2_000 },
    )
  })

  it('reads back every amount that it stores', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: U128_MAX }), (amount) => {
        expect(decodeAmount(encodeAmount(amount))).to.equal(amount)
        expect(encodeAmount(amount)).to.have.length(32)
      }),
      { seed: 3, numRuns: 300 },
    )
    expect(refusal(() => encodeAmount(U128_MAX + 1n))).to.match(/^AMOUNT_INVALID: /)
  })
})

describe('dex: refusals', () => {
  const cases: { what: string; code: string; work: (dex: RulesDex) => unknown }[] = [
    {
      what: 'a second init',
      code: 'DEX_INITIALISED',
      work: (dex) => dex.call('thief.near', 'init', { whitelisted_tokens: [] }),
    },
    {
      what: 'a pool of a token with itself',
      code: 'E92',
      work: (dex) => dex.call('a.near', 'add_simple_pool', { tokens: [BLY, BLY], fee: 30 }, NEAR),
    },
    {
      what: 'a pool of three',
      code: 'E89',
      work: (dex) => dex.call('a.near', 'add_simple_pool', { tokens: [BLY, USD, MID], fee: 30 }, NEAR),
    },
    {
      what: 'a fee of all',
      code: 'E90',
      work: (dex) => dex.call('a.near', 'add_simple_pool', { tokens: [BLY, USD], fee: 10_000 }, NEAR),
    },
    {
      what: 'a pool that nobody pays for',
      code: 'ERR_STORAGE_DEPOSIT',
      work: (dex) => dex.call('a.near', 'add_simple_pool', { tokens: [BLY, USD], fee: 30 }, 1n),
    },
    {
      what: 'a pool that is not there',
      code: 'E85',
      work: (dex) => dex.view('get_pool', { pool_id: 7 }),
    },
    {
      what: 'liquidity without a yocto',
      code: 'E35',
      work: (dex) => dex.call('maker.near', 'add_liquidity', { pool_id: 0, amounts: ['1', '1'] }),
    },
    {
      what: 'liquidity of one token',
      code: 'E31',
      work: (dex) => dex.call('maker.near', 'add_liquidity', { pool_id: 0, amounts: ['1000', '0'] }, 1n),
    },
    {
      what: 'liquidity of three amounts',
      code: 'E89',
      work: (dex) => dex.call('maker.near', 'add_liquidity', { pool_id: 0, amounts: ['1', '1', '1'] }, 1n),
    },
    {
      what: 'liquidity below its minimum',
      code: 'E86',
      work: (dex) =>
        dex.call(
          'maker.near',
          'add_liquidity',
          { pool_id: 0, amounts: [`${ONE}`, `${9n * ONE}`], min_amounts: ['0', `${9n * ONE}`] },
          NEAR,
        ),
    },
    {
      what: 'liquidity that is not deposited',
      code: 'E22',
      work: (dex) =>
        dex.call('maker.near', 'add_liquidity', { pool_id: 0, amounts: [`${9_000n * ONE}`, `${18_000n * ONE}`] }, NEAR),
    },
    {
      what: 'shares of somebody without any',
      code: 'E13',
      work: (dex) => dex.call('a.near', 'remove_liquidity', { pool_id: 0, shares: '1', min_amounts: ['0', '0'] }, 1n),
    },
    {
      what: 'more shares than there are',
      code: 'E91',
      work: (dex) =>
        dex.call(
          'maker.near',
          'remove_liquidity',
          { pool_id: 0, shares: `${FIRST_SHARES + 1n}`, min_amounts: ['0', '0'] },
          1n,
        ),
    },
    {
      what: 'leaving below the minimum',
      code: 'E68',
      work: (dex) =>
        dex.call(
          'maker.near',
          'remove_liquidity',
          { pool_id: 0, shares: `${FIRST_SHARES}`, min_amounts: [`${1_000n * ONE + 1n}`, '0'] },
          1n,
        ),
    },
    {
      what: 'no swap at all',
      code: 'E72',
      work: (dex) => dex.call('maker.near', 'swap', { actions: [] }, 1n),
    },
    {
      what: 'a swap of a stranger',
      code: 'E10',
      work: (dex) => dex.call('a.near', 'swap', { actions: [swapOf(0, BLY, USD, 1n)] }, 1n),
    },
    {
      what: 'a first swap without an amount',
      code: 'E41',
      work: (dex) => dex.call('maker.near', 'swap', { actions: [swapOf(0, BLY, USD)] }, 1n),
    },
    {
      what: 'a swap into the same token',
      code: 'E73',
      work: (dex) => dex.call('maker.near', 'swap', { actions: [swapOf(0, BLY, BLY, 1n)] }, 1n),
    },
    {
      what: 'a swap of nothing',
      code: 'E76',
      work: (dex) => dex.call('maker.near', 'swap', { actions: [swapOf(0, BLY, USD, 0n)] }, 1n),
    },
    {
      what: 'a token of another pool',
      code: 'E102',
      work: (dex) => dex.view('get_return', { pool_id: 0, token_in: BLY, amount_in: '1', token_out: MID }),
    },
    {
      what: 'a swap below its minimum',
      code: 'E68',
      work: (dex) => dex.call('maker.near', 'swap', { actions: [swapOf(0, BLY, USD, ONE, 2n * ONE)] }, 1n),
    },
    {
      what: 'a swap of more than is deposited',
      code: 'E22',
      work: (dex) => dex.call('maker.near', 'swap', { actions: [swapOf(0, BLY, USD, 9_000n * ONE)] }, 1n),
    },
    {
      what: 'a swap of a token that was never deposited',
      code: 'E21',
      work: (dex) => dex.call('maker.near', 'swap', { actions: [swapOf(0, MID, USD, 1n)] }, 1n),
    },
    {
      what: 'a withdrawal of a token that was never deposited',
      code: 'E21',
      work: (dex) => dex.call('maker.near', 'withdraw', { token_id: MID, amount: '0' }, 1n),
    },
    {
      what: 'a withdrawal without a signature in person',
      code: 'DEPOSIT_ONE_YOCTO',
      work: (dex) => dex.call('maker.near', 'withdraw', { token_id: BLY, amount: '1' }),
    },
    {
      what: 'forgetting a token of which something is left',
      code: 'E24',
      work: (dex) => dex.call('maker.near', 'unregister_tokens', { token_ids: [BLY] }, 1n),
    },
    {
      what: 'a callback by anybody else',
      code: 'CALLBACK_ONLY',
      work: (dex) =>
        dex.call('maker.near', 'exchange_callback_post_withdraw', {
          token_id: BLY,
          sender_id: 'maker.near',
          amount: `${ONE}`,
        }),
    },
    {
      what: 'claiming what was never lost',
      code: 'E29',
      work: (dex) => dex.call('maker.near', 'claim_lostfound', { token_id: BLY }, 1n),
    },
    {
      what: 'a registration for less than it costs',
      code: 'E17',
      work: (dex) => dex.call('a.near', 'storage_deposit', {}, 1n),
    },
    {
      what: 'leaving with tokens or shares inside',
      code: 'E18',
      work: (dex) => dex.call('maker.near', 'storage_unregister', { force: true }, 1n),
    },
    {
      what: 'taking out storage money that records lock',
      code: 'E16',
      work: (dex) => dex.call('maker.near', 'storage_withdraw', { amount: `${NEAR}` }, 1n),
    },
    {
      what: 'an amount beyond u128',
      code: 'AMOUNT_INVALID',
      work: (dex) => dex.call('maker.near', 'withdraw', { token_id: BLY, amount: `${U128_MAX + 1n}` }, 1n),
    },
  ]
  for (const { what, code, work } of cases) {
    it(`${what} is ${code}, and changes nothing`, () => {
      const dex = filled()
      const before = new Map(dex.host.storage)
      expect(refusal(() => work(dex)).split(':')[0]).to.equal(code)
      expect(dex.host.storage).to.deep.equal(before)
    })
  }

  it('a second swap without a yocto may not fill an account with tokens that nobody asked for: E27', () => {
    const dex = filled()
    dex.call('maker.near', 'add_simple_pool', { tokens: [BLY, MID], fee: 30 }, NEAR)
    const actions = [swapOf(1, BLY, MID, 1n)]
    expect(refusal(() => dex.call('maker.near', 'swap', { actions }))).to.match(/^E27: /)
    expect(refusal(() => dex.call('maker.near', 'swap', { actions }, 1n))).to.match(/^E76: /)
  })

  it('a deposit of a token that is neither listed nor registered returns: E12', () => {
    const dex = filled()
    dex.give(MID, 'maker.near', ONE)
    expect(dex.transfer('maker.near', MID, ONE)).to.match(/^E12: /)
    expect(dex.balance(MID, 'maker.near')).to.equal(ONE)
    dex.call('maker.near', 'register_tokens', { token_ids: [MID] }, 1n)
    expect(dex.transfer('maker.near', MID, ONE)).to.equal(null)
  })

  it('a message that is none returns the tokens: E28', () => {
    const dex = filled()
    for (const message of ['hello', '{}', '[]', 'null', '{"actions":{}}', '{"actions":[{"pool_id":-1}]}']) {
      expect(dex.transfer('maker.near', BLY, ONE, message), message).to.match(/^E28: /)
    }
    expect(dex.balance(BLY, 'maker.near')).to.equal(5_000n * ONE)
  })

  it('an account cannot hold more tokens than it reads back in one call, nor store what it did not pay for', () => {
    const dex = filled()
    const many = Array.from({ length: MAX_TOKENS - 1 }, (_, i) => `t${i}.near`)
    expect(refusal(() => dex.call('maker.near', 'register_tokens', { token_ids: many }, 1n))).to.match(
      /^DEX_TOO_MANY_TOKENS: /,
    )
    dex.call('a.near', 'storage_deposit', { registration_only: true }, NEAR)
    expect(refusal(() => dex.call('a.near', 'register_tokens', { token_ids: [BLY] }, 1n))).to.match(/^E11: /)
    expect(refusal(() => dex.call('a.near', 'storage_withdraw', {}, 1n))).to.match(/^E15: /)
  })
})

describe('dex: instant swaps and payments in vain', () => {
  it('swaps over two pools with the tokens of one transfer and sends the result to their sender', () => {
    const dex = filled()
    dex.call('maker.near', 'add_simple_pool', { tokens: [USD, MID], fee: 5 }, NEAR)
    dex.call('maker.near', 'register_tokens', { token_ids: [MID] }, 1n)
    dex.give(MID, 'maker.near', 1_000n * ONE)
    dex.transfer('maker.near', MID, 1_000n * ONE)
    dex.call('maker.near', 'add_liquidity', { pool_id: 1, amounts: [`${500n * ONE}`, `${1_000n * ONE}`] }, NEAR)
    dex.give(BLY, 'new.near', ONE)
    const [first, second] = [swapOf(0, BLY, USD, ONE / 2n), swapOf(1, USD, MID)]
    expect(dex.transfer('new.near', BLY, ONE, { force: 0, actions: [first, second], client_note: 'x' })).to.equal(null)
    expect(dex.balance(BLY, 'new.near'), 'what no action used').to.equal(ONE / 2n)
    expect(dex.balance(USD, 'new.near')).to.equal(0n)
    expect(dex.balance(MID, 'new.near') > 0n).to.equal(true)
    expect(dex.view('get_deposits', { account_id: 'new.near' })).to.deep.equal({})
  })

  it('keeps what could not be sent as a deposit of the sender, or for it to claim once it has an account', () => {
    const dex = filled()
    const message = { actions: [swapOf(0, BLY, USD)] }
    dex.call('known.near', 'storage_deposit', {}, NEAR)
    dex.refusing.add(USD)
    for (const account of ['known.near', 'new.near']) {
      dex.give(BLY, account, ONE)
      expect(dex.transfer(account, BLY, ONE, message)).to.equal(null)
    }
    const { [USD]: returned } = dex.view('get_deposits', { account_id: 'known.near' }) as Record<string, string>
    expect(BigInt(returned!) > ONE).to.equal(true)
    const lost = dex.view('get_lostfound_token', { account_id: 'new.near', token_id: USD }) as string
    expect(BigInt(lost) > ONE).to.equal(true)
    expect(dex.call('new.near', 'claim_lostfound', { token_id: USD }, 1n), 'still refused').to.equal('0')
    expect(dex.view('get_lostfound_token', { account_id: 'new.near', token_id: USD })).to.equal(lost)
    dex.refusing.clear()
    expect(dex.call('new.near', 'claim_lostfound', { token_id: USD }, 1n)).to.equal(lost)
    expect(dex.balance(USD, 'new.near')).to.equal(BigInt(lost))
    expect(refusal(() => dex.call('new.near', 'claim_lostfound', { token_id: USD }, 1n))).to.match(/^E29: /)
  })

  it('refuses strangers\u2019 instant swaps while it could not pay for recording their loss', () => {
    const dex = filled()
    dex.give(BLY, 'new.near', 2n * ONE)
    dex.near -= dex.freeYocto() - LOST_RESERVE + 1n
    expect(dex.transfer('new.near', BLY, ONE, { actions: [swapOf(0, BLY, USD)] })).to.match(/^E11: /)
    expect(dex.balance(BLY, 'new.near')).to.equal(2n * ONE)
    dex.call('new.near', 'storage_deposit', {}, NEAR / 100n)
    expect(dex.transfer('new.near', BLY, ONE, { actions: [swapOf(0, BLY, USD)] })).to.equal(null)
  })

  it('keeps it to be claimed, too, for an account without storage for one token more, whose records stay as they were', () => {
    for (const rows of [0, 1]) {
      const dex = filled()
      const { min } = dex.view('storage_balance_bounds') as { min: string }
      const oneRow = BigInt(rows) * (1n + 10n + 8n + 1n + 32n + 40n) * 10n ** 19n
      dex.call('tight.near', 'storage_deposit', {}, BigInt(min) + oneRow)
      dex.give(BLY, 'tight.near', 2n * ONE)
      if (rows === 1) expect(dex.transfer('tight.near', BLY, ONE)).to.equal(null)
      const [deposits, surplus] = [dex.view('get_deposits', { account_id: 'tight.near' }), dex.storageSurplus()]
      dex.refusing.add(USD)
      expect(dex.transfer('tight.near', BLY, ONE, { actions: [swapOf(0, BLY, USD)] })).to.equal(null)
      expect(dex.view('get_deposits', { account_id: 'tight.near' })).to.deep.equal(deposits)
      const lost = dex.view('get_lostfound_token', { account_id: 'tight.near', token_id: USD }) as string
      expect(BigInt(lost) > ONE).to.equal(true)
      expect(dex.storageSurplus()).to.equal(surplus)
    }
  })

  it('puts a withdrawal in vain back, also for an account that left meanwhile', () => {
    const dex = filled()
    dex.call('a.near', 'storage_deposit', {}, NEAR)
    dex.give(USD, 'a.near', 10n)
    dex.transfer('a.near', USD, 10n)
    dex.refusing.add(USD)
    expect(dex.call('a.near', 'withdraw', { token_id: USD, amount: '4' }, 1n)).to.equal('0')
    expect(dex.view('get_deposit', { account_id: 'a.near', token_id: USD })).to.equal('10')
    dex.holds = true
    dex.call('a.near', 'withdraw', { token_id: USD, amount: '0', unregister: true }, 1n)
    expect(dex.call('a.near', 'storage_unregister', {}, 1n)).to.equal(true)
    dex.settle()
    expect(dex.view('get_lostfound_token', { account_id: 'a.near', token_id: USD })).to.equal('10')
  })
})
