/** The exchange's books under random calls: what it owes, what shares are worth, what storage costs, what events tell. */
import { expect } from 'chai'
import fc from 'fast-check'
import type { CallName } from '../../contracts/near/dex/calls.ts'
import { decodeAmount, KEYS } from '../../contracts/near/dex/storage.ts'
import { DEX, FILLED_TOKENS, NEAR, ONE, RulesDex, refusal, swapOf } from '../fixtures/dex/rulesDex.ts'

const [BLY, USD, MID] = FILLED_TOKENS

describe('dex: the books under random calls', () => {
  const people = ['ann.near', 'ben.near', 'cyd.near']
  const tokens = [...FILLED_TOKENS]
  const person = fc.constantFrom(...people)
  /** The last one never registers. */
  const anyone = fc.constantFrom(...people, 'new.near')
  const token = fc.constantFrom(...tokens)
  const amount = fc.oneof(fc.bigInt({ min: 0n, max: 40n }), fc.bigInt({ min: 0n, max: 3_000n * ONE }))
  const poolId = fc.integer({ min: 0, max: 3 })
  const nonsense = fc.tuple(poolId, token, token)
  const sensible = fc.constantFrom<[number, string, string]>([0, BLY, USD], [0, USD, BLY], [1, USD, MID], [1, MID, USD])
  const action = fc
    .tuple(fc.oneof({ weight: 7, arbitrary: sensible }, { weight: 1, arbitrary: nonsense }), fc.option(amount))
    .map(([[id, from, to], each]) => swapOf(id, from, to, each ?? undefined))
  const actions = fc.array(action, { minLength: 1, maxLength: 4 })
  const step = fc.oneof(
    fc.record({ does: fc.constant('deposit' as const), from: person, token, amount }),
    fc.record({ does: fc.constant('instant' as const), from: anyone, amount, actions }),
    fc.record({ does: fc.constant('swap' as const), from: person, actions, deposit: fc.constantFrom(0n, 1n) }),
    fc.record({ does: fc.constant('join' as const), from: person, poolId, amounts: fc.tuple(amount, amount) }),
    fc.record({ does: fc.constant('leave' as const), from: person, poolId, part: fc.integer({ min: 0, max: 5 }) }),
    fc.record({ does: fc.constant('withdraw' as const), from: person, token, amount, unregister: fc.boolean() }),
    fc.record({ does: fc.constant('claim' as const) }),
    fc.record({ does: fc.constant('donate' as const), from: person, token, amount }),
    fc.record({
      does: fc.constant('pool' as const),
      from: person,
      token,
      other: token,
      fee: fc.constantFrom(0, 5, 30, 9_999),
    }),
    fc.record({
      does: fc.constant('storage' as const),
      from: person,
      method: fc.constantFrom<CallName>('storage_deposit', 'storage_withdraw', 'storage_unregister'),
    }),
    fc.record({
      does: fc.constant('tokens' as const),
      from: person,
      token,
      method: fc.constantFrom<CallName>('register_tokens', 'unregister_tokens'),
    }),
    fc.record({
      does: fc.constant('moods' as const),
      refusing: fc.subarray(tokens),
      holds: fc.boolean(),
      pick: fc.nat(7),
    }),
  )
  type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

  /** Runs one step. @returns whether it was done */
  function run(dex: RulesDex, each: Step): boolean {
    switch (each.does) {
      case 'deposit':
        return (
          dex.balance(each.token, each.from) >= each.amount && dex.transfer(each.from, each.token, each.amount) === null
        )
      case 'instant': {
        const { token_in } = each.actions[0]!
        if (dex.balance(token_in, each.from) < each.amount) return false
        return dex.transfer(each.from, token_in, each.amount, { actions: each.actions }) === null
      }
      case 'donate': {
        if (dex.balance(each.token, each.from) < each.amount) return false
        dex.give(each.token, each.from, -each.amount)
        dex.give(each.token, DEX, each.amount)
        donated.set(each.token, (donated.get(each.token) ?? 0n) + each.amount)
        return true
      }
      case 'claim': {
        const claim = (token_id: string) => dex.call('new.near', 'claim_lostfound', { token_id }, 1n)
        return tokens.filter((id) => refusal(() => claim(id)) === 'nothing refused').length > 0
      }
      case 'moods':
        dex.refusing.clear()
        for (const refusing of each.refusing) dex.refusing.add(refusing)
        if (!each.holds) dex.settle(() => each.pick)
        dex.holds = each.holds
        return true
      default:
        return refusal(() => order(dex, each)) === 'nothing refused'
    }
  }

  function order(dex: RulesDex, each: Step): void {
    switch (each.does) {
      case 'swap':
        return void dex.call(each.from, 'swap', { actions: each.actions }, each.deposit)
      case 'join':
        return void dex.call(
          each.from,
          'add_liquidity',
          { pool_id: each.poolId, amounts: each.amounts.map(String) },
          NEAR / 100n,
        )
      case 'leave': {
        const held = BigInt(dex.view('get_pool_shares', { pool_id: each.poolId, account_id: each.from }) as string)
        const shares = `${each.part === 5 ? held : (held * BigInt(each.part)) / 5n}`
        return void dex.call(
          each.from,
          'remove_liquidity',
          { pool_id: each.poolId, shares, min_amounts: ['0', '0'] },
          1n,
        )
      }
      case 'withdraw': {
        const args = { token_id: each.token, amount: `${each.amount}`, unregister: each.unregister }
        return void dex.call(each.from, 'withdraw', args, 1n)
      }
      case 'pool':
        return void dex.call(
          each.from,
          'add_simple_pool',
          { tokens: [each.token, each.other], fee: each.fee },
          NEAR / 50n,
        )
      case 'storage':
        return void dex.call(each.from, each.method, {}, each.method === 'storage_deposit' ? NEAR / 200n : 1n)
      case 'tokens':
        return void dex.call(each.from, each.method, { token_ids: [each.token] }, 1n)
    }
  }

  let donated = new Map<string, bigint>()

  it('never owes more than it has, never gives out more than came in, and has every byte paid', () => {
    const done = new Map<string, number>()
    const seen = { returned: 0, lost: 0, claimed: 0 }
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 60 }), (steps) => {
        donated = new Map()
        const dex = new RulesDex([BLY, USD], tokens)
        dex.call('ann.near', 'add_simple_pool', { tokens: [BLY, USD], fee: 30 }, NEAR)
        dex.call('ann.near', 'add_simple_pool', { tokens: [USD, MID], fee: 5 }, NEAR)
        for (const account of people) {
          dex.call(account, 'storage_deposit', {}, NEAR / 100n)
          if (account !== 'cyd.near') dex.call(account, 'register_tokens', { token_ids: [MID] }, 1n)
          for (const each of tokens) dex.give(each, account, 10_000n * ONE)
        }
        for (const each of tokens) dex.give(each, 'new.near', 10_000n * ONE)
        for (const each of tokens) dex.transfer('ann.near', each, 4_000n * ONE)
        for (const each of tokens) dex.transfer('ben.near', each, 1_000n * ONE)
        for (const id of [0, 1]) {
          dex.call(
            'ann.near',
            'add_liquidity',
            { pool_id: id, amounts: [`${900n * ONE}`, `${700n * ONE}`] },
            NEAR / 100n,
          )
        }
        for (const each of steps) {
          const worth = shareWorths(dex)
          if (run(dex, each)) done.set(each.does, (done.get(each.does) ?? 0) + 1)
          checkBooks(dex)
          for (const [id, [product, shares]] of shareWorths(dex)) {
            const [was, of] = worth.get(id) ?? [0n, 0n]
            // sqrt(k) for each share never falls: k/s² grows or stays.
            if (of > 0n && shares > 0n) expect(product * of * of >= was * shares * shares).to.equal(true)
          }
          expect(dex.storageSurplus() >= 0n, 'bytes that nobody paid').to.equal(true)
        }
        dex.settle()
        checkBooks(dex)
        const events = dex.host.takeEvents()
        for (const { event } of events) if (event in seen) seen[event as keyof typeof seen]++
        expect(rebuilt(events)).to.deep.equal(booked(dex))
      }),
      { seed: 43, numRuns: 800 },
    )
    for (const name of [
      'deposit',
      'instant',
      'swap',
      'join',
      'leave',
      'withdraw',
      'donate',
      'pool',
      'storage',
      'tokens',
    ]) {
      expect(done.get(name), `successful ${name}`).to.be.above(50)
    }
    expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).to.be.at.least(5)
  })

  /** Reserves, deposits, lost payments and payments on their way, against what each token says that the exchange has. */
  function checkBooks(dex: RulesDex): void {
    const owed = new Map<string, bigint>(tokens.map((each) => [each, donated.get(each) ?? 0n]))
    const add = (each: string, value: bigint) => owed.set(each, owed.get(each)! + value)
    for (const [key, value] of booked(dex)) {
      const [kind, , each] = key.split(' ')
      if (kind !== 'share') add(each!, value)
    }
    for (const { token: each, amount: value } of dex.waiting) add(each, value)
    for (const [each, value] of owed) expect(dex.balance(each, DEX), each).to.equal(value)
  }
})

/** Everything that the exchange has booked: `reserve POOL TOKEN`, `share POOL ACCOUNT`, `deposit ACCOUNT TOKEN`, `lost …`. */
function booked(dex: RulesDex): Map<string, bigint> {
  const all = new Map<string, bigint>()
  for (const [key, value] of dex.host.storage) {
    const rest = key.slice(1)
    const parts = value.split(' ')
    if (key[0] === KEYS.pool) {
      for (const i of [1, 2]) all.set(`reserve ${rest} ${parts[i]}`, decodeAmount(parts[i + 2]!))
    } else if (key[0] === KEYS.share) all.set(`share ${rest}`, decodeAmount(value))
    else if (key[0] === KEYS.lost) all.set(`lost ${rest}`, decodeAmount(value))
    else if (key[0] === KEYS.tokens) {
      for (let i = 0; i < parts.length; i += 2) all.set(`deposit ${rest} ${parts[i]}`, decodeAmount(parts[i + 1]!))
    }
  }
  for (const [key, value] of all) if (value === 0n) all.delete(key)
  return all
}

/** The same from events alone. */
function rebuilt(events: ReturnType<RulesDex['host']['takeEvents']>): Map<string, bigint> {
  const all = new Map<string, bigint>()
  const pools = new Map<unknown, string[]>()
  const add = (key: string, value: bigint) => all.set(key, (all.get(key) ?? 0n) + value)
  for (const { event, data } of events) {
    const each = data[0] as Record<string, string> & { amounts: string[]; tokens: string[] }
    const sign = event === 'liquidity_added' ? 1n : -1n
    if (event === 'pool_added') pools.set(each.pool_id, each.tokens)
    else if (event === 'swapped') {
      const [amountIn, amountOut] = [BigInt(each.amount_in!), BigInt(each.amount_out!)]
      add(`deposit ${each.account} ${each.token_in}`, -amountIn)
      add(`reserve ${each.pool_id} ${each.token_in}`, amountIn)
      add(`reserve ${each.pool_id} ${each.token_out}`, -amountOut)
      add(`deposit ${each.account} ${each.token_out}`, amountOut)
    } else if (event.startsWith('liquidity_')) {
      for (const [i, token] of pools.get(each.pool_id)!.entries()) {
        add(`deposit ${each.account} ${token}`, -sign * BigInt(each.amounts[i]!))
        add(`reserve ${each.pool_id} ${token}`, sign * BigInt(each.amounts[i]!))
      }
      add(`share ${each.pool_id} ${each.account}`, sign * BigInt(each.shares!))
    } else {
      const change = BigInt(each.amount!)
      const place = event === 'lost' || event === 'claimed' ? 'lost' : 'deposit'
      add(`${place} ${each.account} ${each.token}`, event === 'withdrawn' || event === 'claimed' ? -change : change)
    }
  }
  for (const [key, value] of all) if (value === 0n) all.delete(key)
  return all
}

/** Pool → product of its reserves, shares. */
function shareWorths(dex: RulesDex): Map<number, [bigint, bigint]> {
  const pools = dex.view('get_pools', { from_index: 0, limit: 100 }) as {
    amounts: string[]
    shares_total_supply: string
  }[]
  return new Map(
    pools.map(({ amounts, shares_total_supply }, id) => [
      id,
      [BigInt(amounts[0]!) * BigInt(amounts[1]!), BigInt(shares_total_supply)],
    ]),
  )
}
