/**
 * Attacks on the exchange. Each is carried out first where its defence is missing, with what it takes from whom; then against
 * the exchange as it is. On the deployed wasm where the defence is the caller's or the chain's, on the rules where a defence of
 * the contract must be taken out.
 */
import { expect } from 'chai'
import { exchange, quote } from '../../contracts/near/dex/constantProduct.ts'
import { getPool } from '../../contracts/near/dex/storage.ts'
import { BLY, DEX, DexChain, ONE, USD } from '../fixtures/dex/dexChain.ts'
import { moodyToken } from '../fixtures/dex/moodyToken.ts'
import * as rules from '../fixtures/dex/rulesDex.ts'
import { tinyContract } from '../fixtures/wasm/tinyContract.ts'

const TGAS = 10n ** 12n
const NEAR = 10n ** 24n
const YOCTO = { deposit: 1n }
const swap = (token_in: string, token_out: string, min = 0n) => ({
  actions: [{ pool_id: 0, token_in, token_out, min_amount_out: `${min}` }],
})
/** Hundredths of a percent. */
const bps = (part: bigint, whole: bigint) => Number((part * 10_000n) / whole)

describe('attacks on the exchange', function () {
  this.timeout(120_000)

  describe('a pool moved before and after somebody\u2019s swap (sandwich)', () => {
    const VICTIM_PAYS = 100n * ONE
    const ATTACKER_PAYS = 2_000n * ONE
    let dex: DexChain
    let victim: string
    let attacker: string
    let fair: bigint
    const quoted = { pool_id: 0, token_in: BLY, amount_in: `${VICTIM_PAYS}`, token_out: USD }

    beforeEach(async () => {
      dex = await DexChain.start({ seed: 'sandwich' })
      const maker = await dex.account('maker', { bly: 10_000n * ONE, usd: 20_000n * ONE })
      await dex.pool(maker, 10_000n * ONE, 20_000n * ONE)
      victim = await dex.account('victim', { bly: VICTIM_PAYS, registered: false })
      attacker = await dex.account('attacker', { bly: ATTACKER_PAYS, registered: false })
      fair = BigInt(await dex.view('get_return', quoted))
    })
    afterEach(() => dex.close())

    async function blockOfSwap(tx_hash: string): Promise<string> {
      const asked = { tx_hash, sender_account_id: victim, wait_until: 'FINAL' }
      const { receipts_outcome } = (await dex.chain.rpc('tx', asked)) as {
        receipts_outcome: { block_hash: string; outcome: { logs: string[] } }[]
      }
      const swapped = ({ outcome }: { outcome: { logs: string[] } }) =>
        outcome.logs.some((line) => /^Swapped/.test(line))
      return receipts_outcome.find(swapped)!.block_hash
    }

    /** What the victim got and the attacker gained, in units of USD and BLY. */
    async function sandwich(min: bigint): Promise<{ got: bigint; gained: bigint; used: unknown }> {
      await dex.transfer(attacker, BLY, ATTACKER_PAYS, swap(BLY, USD))
      const used = await dex.transfer(victim, BLY, VICTIM_PAYS, swap(BLY, USD, min))
      await dex.transfer(attacker, USD, await dex.balance(USD, attacker), swap(USD, BLY))
      const gained = (await dex.balance(BLY, attacker)) - ATTACKER_PAYS
      return { got: await dex.balance(USD, victim), gained, used }
    }

    it('takes 30 % from a victim that names no minimum, and pays the attacker for its fees', async () => {
      const { got, gained } = await sandwich(0n)
      expect(bps(fair - got, fair), 'loss of the victim, bps').to.be.within(2_900, 3_100)
      expect(gained > 15n * ONE, `${gained}`).to.equal(true)
    })

    it('does so within a single block, for an attacker with tokens of both kinds in stock', async () => {
      const bought = await dex.view('get_return', { ...quoted, amount_in: `${ATTACKER_PAYS}` })
      const stock = await dex.account('stock', { usd: BigInt(bought), registered: false })
      const send = (account: string, token: string, amount: bigint, message: object) => {
        const args = { receiver_id: DEX, amount: `${amount}`, msg: JSON.stringify(message) }
        return dex.chain.account(account).call(token, 'ft_transfer_call', args, { deposit: 1n })
      }
      const done = await Promise.all([
        send(attacker, BLY, ATTACKER_PAYS, swap(BLY, USD)),
        send(victim, BLY, VICTIM_PAYS, swap(BLY, USD)),
        send(stock, USD, BigInt(bought), swap(USD, BLY)),
      ])
      const blocks = new Set<string>()
      for (const { txHash } of done) blocks.add(await blockOfSwap(txHash))
      expect(blocks.size, 'all three swaps in one block').to.equal(1)
      expect(bps(fair - (await dex.balance(USD, victim)), fair), 'loss of the victim, bps').to.be.within(2_900, 3_100)
      expect(await dex.balance(USD, attacker), 'its dollars are as many as before').to.equal(BigInt(bought))
      expect((await dex.balance(BLY, stock)) > ATTACKER_PAYS + 15n * ONE).to.equal(true)
    })

    it('takes nothing from one that names 99.5 % of the quote, and costs the attacker both fees', async () => {
      const { got, gained, used } = await sandwich((fair * 995n) / 1_000n)
      expect(used, 'all of it came back').to.equal('0')
      expect(got).to.equal(0n)
      expect(await dex.balance(BLY, victim)).to.equal(VICTIM_PAYS)
      // Twice 0.3 % of what it moved, less what rounding and curvature leave: it went to the pool.
      expect(bps(-gained, ATTACKER_PAYS), 'cost to the attacker, bps').to.be.within(45, 62)
    })

    it('takes at most the half percent that the victim allowed, where the attacker moves just so far', async () => {
      const min = (fair * 995n) / 1_000n
      await dex.transfer(attacker, BLY, 20n * ONE, swap(BLY, USD))
      expect(await dex.transfer(victim, BLY, VICTIM_PAYS, swap(BLY, USD, min))).to.equal(`${VICTIM_PAYS}`)
      await dex.transfer(attacker, USD, await dex.balance(USD, attacker), swap(USD, BLY))
      expect((await dex.balance(USD, victim)) >= min).to.equal(true)
      const gained = (await dex.balance(BLY, attacker)) - ATTACKER_PAYS
      expect(gained < (VICTIM_PAYS * 5n) / 1_000n, `${gained}`).to.equal(true)
    })
  })

  describe('tokens sent to the exchange without a message (donation)', () => {
    it('move the price of an exchange that counts its balance as reserves, and none of this one: the giver loses them', () => {
      const dex = rules.filled()
      const [bly, usd] = rules.FILLED_TOKENS
      const pool = getPool(dex.host, 0)
      const before = quote(pool, bly, ONE, usd)
      dex.give(usd, rules.DEX, 2_000n * ONE)
      // Off: reserves as the token says them, as a pool that calls ft_balance_of would see.
      const counted = pool.amounts.map((reserve, i) => (i === 1 ? reserve + 2_000n * ONE : reserve)) as [bigint, bigint]
      expect(quote({ ...pool, amounts: counted }, bly, ONE, usd) > before + ONE / 2n).to.equal(true)
      expect(quote(getPool(dex.host, 0), bly, ONE, usd)).to.equal(before)
      const shares = dex.view('get_pool_shares', { pool_id: 0, account_id: 'maker.near' }) as string
      const out = dex.call('maker.near', 'remove_liquidity', { pool_id: 0, shares, min_amounts: ['0', '0'] }, 1n)
      expect(out, 'nobody gets them').to.deep.equal([`${1_000n * ONE}`, `${2_000n * ONE}`])
    })

    it('do not let a first maker of one unit steal the next one\u2019s liquidity by dear shares', () => {
      const [bly, usd] = rules.FILLED_TOKENS
      const gift = 1_000n * ONE
      // Off: shares in units of the first deposit, worth what the balance says; the second deposit rounds down to no share.
      const naive = { shares: 1n, balance: 1n + gift }
      const second = (gift * naive.shares) / naive.balance
      expect(second, 'the second maker\u2019s shares of 1000 tokens').to.equal(0n)

      const dex = new rules.RulesDex([bly, usd])
      for (const account of ['first.near', 'second.near']) {
        dex.call(account, 'storage_deposit', {}, NEAR)
        for (const token of [bly, usd]) {
          dex.give(token, account, 2n * gift)
          dex.transfer(account, token, gift)
        }
      }
      dex.call('first.near', 'add_simple_pool', { tokens: [bly, usd], fee: 30 }, NEAR)
      dex.call('first.near', 'add_liquidity', { pool_id: 0, amounts: ['1', '1'] }, NEAR)
      for (const token of [bly, usd]) {
        dex.give(token, 'first.near', -gift)
        dex.give(token, rules.DEX, gift)
      }
      const amounts = [`${ONE / 10_000n}`, `${ONE / 10_000n}`]
      dex.call('second.near', 'add_liquidity', { pool_id: 0, amounts }, NEAR)
      const shares = dex.view('get_pool_shares', { pool_id: 0, account_id: 'second.near' }) as string
      const args = { pool_id: 0, shares, min_amounts: ['0', '0'] }
      const back = (dex.call('second.near', 'remove_liquidity', args, 1n) as string[]).map(BigInt)
      for (const each of back) expect(BigInt(amounts[0]!) - each <= 1n, 'one unit of rounding').to.equal(true)
      expect(dex.balance(bly, 'first.near'), 'the gift is gone').to.equal(0n)
    })
  })

  describe('ft_on_transfer by somebody who is no token, or a worthless one', () => {
    it('empties an exchange that lets the message say which token came; here it gets E12 and E21', async () => {
      // Off: the rule believes that BLY calls, as one would that read the token from its arguments.
      const fooled = rules.filled()
      const [bly, usd] = rules.FILLED_TOKENS
      const word = (msg: object) => ({ sender_id: 'thief.near', amount: `${9_000n * ONE}`, msg: JSON.stringify(msg) })
      fooled.call(bly, 'ft_on_transfer', word(swap(bly, usd)))
      expect(bps(fooled.balance(usd, 'thief.near'), 2_000n * ONE), 'of all USD in the pool, bps').to.be.above(8_900)

      const dex = await DexChain.start({ seed: 'false' })
      try {
        const maker = await dex.account('maker', { bly: 1_000n * ONE, usd: 2_000n * ONE })
        await dex.pool(maker, 1_000n * ONE, 2_000n * ONE)
        const thief = await dex.account('thief')
        const call = (msg: string) =>
          dex.call(thief, 'ft_on_transfer', { sender_id: thief, amount: `${9_000n * ONE}`, msg }).then(
            () => 'nothing refused',
            (error: Error) => error.message,
          )
        expect(await call('')).to.match(/^E12: /)
        expect(await call(JSON.stringify(swap(BLY, USD)))).to.match(/^E21: /)
        expect(await call(JSON.stringify(swap(thief, USD)))).to.match(/^E102: /)
        expect(await dex.view('get_deposits', { account_id: thief })).to.deep.equal({})
      } finally {
        await dex.close()
      }
    })

    it('buys nothing with a token of one\u2019s own making but what others put beside it', async () => {
      const dex = await DexChain.start({ seed: 'worthless' })
      try {
        const maker = await dex.account('maker', { bly: 1_000n * ONE, usd: 2_000n * ONE })
        await dex.pool(maker, 1_000n * ONE, 2_000n * ONE)
        const thief = await dex.account('thief', { bly: ONE })
        const token = await moodyToken(dex, 'worthless', 'lie')
        await dex.call(thief, 'register_tokens', { token_ids: [token.id] }, YOCTO)
        await dex.call(thief, 'add_simple_pool', { tokens: [token.id, BLY], fee: 0 }, { deposit: NEAR })
        await token.credit(thief, 10n ** 30n)
        await dex.transfer(thief, BLY, ONE)
        await dex.call(thief, 'add_liquidity', { pool_id: 1, amounts: ['1000', `${ONE}`] }, { deposit: NEAR })
        const first = {
          pool_id: 1,
          token_in: token.id,
          amount_in: `${10n ** 29n}`,
          token_out: BLY,
          min_amount_out: '0',
        }
        await dex.call(thief, 'swap', { actions: [first] }, YOCTO)
        await dex.call(thief, 'withdraw', { token_id: BLY, amount: '0' }, YOCTO)
        expect((await dex.balance(BLY, thief)) <= ONE, 'its own BLY, at most').to.equal(true)
        expect((await dex.view('get_pool', { pool_id: 0 })).amounts).to.deep.equal([
          `${1_000n * ONE}`,
          `${2_000n * ONE}`,
        ])
        expect(await dex.balance(BLY, DEX), 'still covers the pool').to.satisfy((held: bigint) => held >= 1_000n * ONE)
      } finally {
        await dex.close()
      }
    })

    it('cannot fill somebody\u2019s account with tokens that it did not ask for, at the victim\u2019s storage', async () => {
      const dex = await DexChain.start({ seed: 'dust' })
      try {
        const victim = await dex.account('victim')
        const before = await dex.view('storage_balance_of', { account_id: victim })
        const token = await moodyToken(dex, 'dust', 'lie')
        await token.credit(victim, 1n).catch(() => {})
        expect(await dex.view('get_user_whitelisted_tokens', { account_id: victim })).to.deep.equal([])
        // Off: the victim asks for it itself, and pays for the bytes.
        await dex.call(victim, 'register_tokens', { token_ids: [token.id] }, YOCTO)
        await token.credit(victim, 1n)
        const after = await dex.view('storage_balance_of', { account_id: victim })
        expect(BigInt(after.available) < BigInt(before.available)).to.equal(true)
      } finally {
        await dex.close()
      }
    })
  })

  describe('a token whose transfer fails', () => {
    it('costs the trader all it swapped where nobody looks at the outcome; here it is a deposit again', () => {
      const [bly, usd] = rules.FILLED_TOKENS
      for (const looks of [false, true]) {
        const dex = rules.filled()
        dex.call('trader.near', 'storage_deposit', {}, NEAR)
        dex.give(bly, 'trader.near', ONE)
        if (looks) dex.refusing.add(usd)
        else dex.holds = true
        dex.transfer('trader.near', bly, ONE, swap(bly, usd))
        const [payment] = dex.waiting
        if (!looks) {
          // Off: the payment failed and its callback takes no notice.
          const deaf = { freeYocto: () => 0n, succeeded: () => true }
          dex.callback(payment!, deaf)
        }
        const { [usd]: kept = '0' } = dex.view('get_deposits', { account_id: 'trader.near' }) as Record<string, string>
        expect(dex.balance(usd, 'trader.near'), 'nothing arrived').to.equal(0n)
        expect(BigInt(kept) > ONE, looks ? 'and nothing is lost' : 'and all is lost').to.equal(looks)
      }
    })

    it('holds up nobody else: the other output of the same swap, and other traders, are paid', async () => {
      const dex = await DexChain.start({ seed: 'refusing' })
      try {
        const maker = await dex.account('maker', { bly: 1_000n * ONE, usd: 2_000n * ONE })
        await dex.pool(maker, 500n * ONE, 1_000n * ONE)
        const token = await moodyToken(dex, 'refusing', 'panic')
        await dex.call(maker, 'register_tokens', { token_ids: [token.id] }, YOCTO)
        await dex.call(maker, 'add_simple_pool', { tokens: [BLY, token.id], fee: 30 }, { deposit: NEAR })
        await token.credit(maker, 1_000n * ONE)
        await dex.transfer(maker, BLY, 100n * ONE)
        const amounts = [`${100n * ONE}`, `${100n * ONE}`]
        await dex.call(maker, 'add_liquidity', { pool_id: 1, amounts }, { deposit: NEAR })
        const trader = await dex.account('trader', { bly: 2n * ONE, registered: false })
        const half = (pool_id: number, token_out: string) => ({
          pool_id,
          token_in: BLY,
          amount_in: `${ONE}`,
          token_out,
          min_amount_out: '1',
        })
        const both = { actions: [half(1, token.id), half(0, USD)] }
        expect(await dex.transfer(trader, BLY, 2n * ONE, both)).to.equal(`${2n * ONE}`)
        expect((await dex.balance(USD, trader)) > ONE).to.equal(true)
        const lost = await dex.view('get_lostfound_token', { account_id: trader, token_id: token.id })
        expect(BigInt(lost) > 0n).to.equal(true)
      } finally {
        await dex.close()
      }
    })
  })

  describe('calls between a payment and its callback (re-entrancy)', () => {
    it('pay twice where the balance changes only in the callback; here the second withdrawal is E22', async () => {
      const [bly] = rules.FILLED_TOKENS
      // Off: the withdrawal's debit is undone until the callback, as if it came there.
      const late = rules.filled()
      late.call('thief.near', 'storage_deposit', {}, NEAR)
      late.give(bly, 'thief.near', 10n * ONE)
      late.transfer('thief.near', bly, 10n * ONE)
      late.holds = true
      for (const _ of [1, 2]) {
        const undebited = late.host.snapshot()
        late.call('thief.near', 'withdraw', { token_id: bly, amount: `${10n * ONE}` }, 1n)
        undebited()
      }
      late.settle()
      expect(late.balance(bly, 'thief.near'), 'ten deposited, twenty out of others\u2019 reserves').to.equal(20n * ONE)

      const dex = await DexChain.start({ seed: 'twice' })
      try {
        const maker = await dex.account('maker', { bly: 1_000n * ONE, usd: 2_000n * ONE })
        await dex.pool(maker, 500n * ONE, 1_000n * ONE)
        const thief = await dex.account('thief', { bly: 10n * ONE })
        await dex.transfer(thief, BLY, 10n * ONE)
        const args = { token_id: BLY, amount: `${10n * ONE}` }
        const withdraw = { do: 'call', account: DEX, method: 'withdraw', args, deposit: 1n, gas: 60n * TGAS } as const
        await dex.chain.account(thief).deploy(tinyContract({ go: [withdraw, withdraw] }))
        await dex.send(thief, thief, 'go', {}, {})
        expect(dex.last.failures.map(({ code }) => code)).to.deep.equal(['E22'])
        expect(await dex.balance(BLY, thief)).to.equal(10n * ONE)
        expect(await dex.balance(BLY, DEX)).to.equal(500n * ONE)
      } finally {
        await dex.close()
      }
    })

    it('leave the same in whatever order callbacks come, also when the token trades while it refuses', () => {
      const [bly, usd] = rules.FILLED_TOKENS
      for (const order of [0, 1, 2, 5]) {
        const dex = rules.filled()
        dex.call('thief.near', 'storage_deposit', {}, NEAR)
        dex.give(usd, 'thief.near', 30n * ONE)
        dex.transfer('thief.near', usd, 30n * ONE)
        dex.holds = true
        dex.refusing.add(usd)
        for (const amount of [5n, 10n, 15n]) {
          dex.call('thief.near', 'withdraw', { token_id: usd, amount: `${amount * ONE}` }, 1n)
        }
        // Nothing is left to trade with until a refusal is known.
        const trade = { actions: [{ ...swap(usd, bly).actions[0], amount_in: '1' }] }
        expect(rules.refusal(() => dex.call('thief.near', 'swap', trade, 1n))).to.match(/^E22: /)
        dex.settle(() => order)
        expect(dex.view('get_deposit', { account_id: 'thief.near', token_id: usd })).to.equal(`${30n * ONE}`)
      }
    })

    it('let a token that calls back while it pays do only what the account of that token may', async () => {
      const dex = await DexChain.start({ seed: 'callback' })
      try {
        const maker = await dex.account('maker', { bly: 1_000n * ONE, usd: 2_000n * ONE })
        await dex.pool(maker, 500n * ONE, 1_000n * ONE)
        await dex.transfer(maker, BLY, 100n * ONE)
        const stolen = { token_id: BLY, sender_id: 'caller.test.near', amount: `${100n * ONE}` }
        const token = await moodyToken(dex, 'caller', [
          // As if a payment of BLY to it had failed, then a withdrawal of what it thereby had.
          { do: 'call', account: DEX, method: 'exchange_callback_post_withdraw', args: stolen, gas: (8n * TGAS) / 4n },
          {
            do: 'call',
            account: DEX,
            method: 'withdraw',
            args: { token_id: BLY, amount: '0' },
            deposit: 1n,
            gas: 5n * TGAS,
          },
        ])
        await dex.call(maker, 'register_tokens', { token_ids: [token.id] }, YOCTO)
        await token.credit(maker, 7n)
        await dex.call(maker, 'withdraw', { token_id: token.id, amount: '7' }, YOCTO)
        const codes = dex.last.failures.map(({ code }) => code)
        expect(codes).to.include.members(['E10', 'CALLBACK_ONLY'])
        expect(await dex.view('get_deposit', { account_id: maker, token_id: BLY })).to.equal(`${100n * ONE}`)
        expect(await dex.balance(BLY, DEX)).to.equal(600n * ONE)
      } finally {
        await dex.close()
      }
    })
  })

  describe('roundings taken many times', () => {
    it('pay a trader who rounds for itself, never one of this pool', () => {
      const [bly, usd] = rules.FILLED_TOKENS
      const tiny = () => ({ id: 0, tokens: [bly, usd] as [string, string], fee: 0, shares: NEAR })
      // Off: ⌈…⌉ instead of ⌊…⌋: one unit in, one out, and the pool of 1000 and 1 000 000 drains.
      const naive = { ...tiny(), amounts: [1_000n, 1_000_000n] as [bigint, bigint] }
      let gained = 0n
      for (let i = 0; i < 500; i++) {
        naive.amounts[1] += 1n
        const out = (1n * naive.amounts[0] + naive.amounts[1] - 1n) / naive.amounts[1]
        naive.amounts[0] -= out
        gained += out
      }
      expect(gained, '500 units worth half a million, for 500').to.equal(500n)
      const ours = { ...tiny(), amounts: [1_000n, 1_000_000n] as [bigint, bigint] }
      let paid = 0n
      for (let i = 0; i < 500; i++)
        paid += exchange(ours, { tokenIn: usd, amountIn: 1n, tokenOut: bly, minAmountOut: 0n })
      expect(paid).to.equal(0n)
    })
  })
})
