/** Stake that leaves may stay: what comes back, in which order, and that it neither escapes a bond nor wins a seat. */
import { expect } from 'chai'
import fc from 'fast-check'
import { openMarket } from '../../../contracts/near/market/context.ts'
import { canBond, findNode } from '../../../contracts/near/market/nodes.ts'
import { ALL_SEATS, lengthAt, openSeats, operatorAt, seatsAt } from '../../../contracts/near/market/seats.ts'
import type { NodeRecord } from '../../../contracts/near/market/types.ts'
import { expectBooks, expectSupply } from '../../fixtures/marketChecks.ts'
import { MarketSim } from '../../fixtures/marketSim.ts'
import { BLY, MarketWorld, makeSpec } from '../../fixtures/marketWorld.ts'

const ALICE = 'alice.near'
const PERIOD = 60_000
const bly = (amount: bigint | number) => `${BigInt(amount) * BLY}`
const unstake = (w: MarketWorld, amount: bigint | number) => w.call(ALICE, 'unstake', { amount: bly(amount) }, 1n)
const restake = (w: MarketWorld, amount: bigint | number) => w.call(ALICE, 'restake', { amount: bly(amount) }, 1n)
const node = (w: MarketWorld) => w.view('get_node', { account_id: ALICE })
const record = (w: MarketWorld): NodeRecord => findNode(openMarket(w.host), ALICE)!

/** Alice's places in the list of all seats that a draw of T finds. */
function placesAt(w: MarketWorld, at: number): number {
  const m = openMarket(w.host)
  let found = 0
  for (let i = 0; i < lengthAt(m, ALL_SEATS, at); i++) if (operatorAt(m, ALL_SEATS, i, at) === ALICE) found++
  return found
}

function staked(amount: bigint, roles = ['trainer']): MarketWorld {
  const w = new MarketWorld()
  w.stake(ALICE, amount, { roles })
  return w
}

describe('market: stake that is leaving comes back', () => {
  it('the part that leaves last first, a part of a part if need be; earlier exits keep their time', () => {
    const w = staked(600n)
    unstake(w, 100)
    const first = node(w).unbonding[0]
    w.advance(20_000)
    unstake(w, 200)
    const second = node(w).unbonding[1]
    restake(w, 50)
    expect(node(w).unbonding).to.deep.equal([first, { ...second, amount: bly(150) }])
    expect(restake(w, 200)).to.equal(bly(200))
    expect(node(w)).to.include({ stake: bly(550), seats: 5 })
    expect(node(w).unbonding).to.deep.equal([{ ...first, amount: bly(50) }])
    expect(w.eventsOf('stake_changed').slice(-2)).to.deep.equal([
      { account: ALICE, delta: bly(50), reason: 'RESTAKE', stake: bly(350) },
      { account: ALICE, delta: bly(200), reason: 'RESTAKE', stake: bly(550) },
    ])
    expectBooks(w, [ALICE])
    expectSupply(w)
    w.advance(PERIOD)
    expect(w.call(ALICE, 'withdraw', {}, 1n)).to.equal(bly(50))
    expectBooks(w, [ALICE])
  })

  it('also when it has matured, and then it cannot be withdrawn as well', () => {
    const w = staked(300n)
    unstake(w, 300)
    w.advance(PERIOD)
    restake(w, 300)
    expect(() => w.call(ALICE, 'withdraw', {}, 1n)).to.throw('MARKET_NOTHING_TO_WITHDRAW')
    expect(node(w)).to.include({ stake: bly(300), seats: 3 })
    expectBooks(w, [ALICE])
  })

  it('and its operator counts again, as who it was', () => {
    const w = staked(300n, ['trainer', 'validator'])
    const operators = () => openMarket(w.host).totals.operators
    expect(operators()).to.equal(1)
    unstake(w, 300)
    expect(operators()).to.equal(0)
    restake(w, 40)
    expect(operators(), 'less than a seat').to.equal(0)
    restake(w, 260)
    expect(operators()).to.equal(1)
    expect(node(w).roles).to.deep.equal(['trainer', 'validator'])
    expect(w.eventsOf('node_registered')).to.have.length(1)
  })

  it('makes room for another part that leaves', () => {
    const w = staked(1_000n)
    for (let i = 0; i < 8; i++) unstake(w, 10)
    expect(() => unstake(w, 10)).to.throw('MARKET_UNBONDING_FULL')
    restake(w, 10)
    unstake(w, 10)
    expect(node(w).unbonding).to.have.length(8)
  })

  it('never nothing, nor more than is leaving, nor without the owner’s yocto, nor for who has no stake', () => {
    const w = staked(300n)
    expect(() => restake(w, 1)).to.throw('MARKET_NOT_UNBONDING')
    unstake(w, 100)
    for (const amount of [0, 101]) expect(() => restake(w, amount)).to.throw('MARKET_NOT_UNBONDING')
    expect(() => w.call(ALICE, 'restake', { amount: bly(1) })).to.throw('DEPOSIT_ONE_YOCTO')
    expect(() => w.call('bob.near', 'restake', { amount: bly(1) }, 1n)).to.throw('MARKET_NODE_UNKNOWN')
    expect(node(w)).to.include({ stake: bly(200), seats: 2 })
  })
})

describe('market: stake that came back', () => {
  it('is drawn only for times after it came back, like new stake', () => {
    const w = staked(500n)
    const before = w.now()
    unstake(w, 300)
    const between = w.now()
    w.advance(1_000)
    restake(w, 300)
    const after = w.now()
    for (const [at, seats] of [
      [before, 5],
      [between, 2],
      [after - 1, 2],
      [after, 5],
    ] as const) {
      expect(seatsAt(record(w), at), `record at ${at - before}`).to.equal(seats)
      expect(placesAt(w, at), `list at ${at - before}`).to.equal(seats)
    }
  })

  it('waits its age again, as a top-up does', () => {
    const w = new MarketWorld({ ageMs: 5_000 })
    w.stake(ALICE, 200n, { roles: ['trainer'] })
    w.advance(10_000)
    unstake(w, 200)
    restake(w, 200)
    expect(seatsAt(record(w), w.now())).to.equal(0)
    expect(seatsAt(record(w), w.now() + 5_000)).to.equal(2)
  })

  it('secures the bond of a draw that was made of a time before it left', () => {
    const w = staked(300n)
    const task = w.createTask('requester.near', makeSpec({ pay: bly(30) }))
    w.advance(10)
    unstake(w, 300)
    // B = 5 R: locked of 300 BLY, all of which are leaving.
    w.call('cranker.near', 'crank', { task_id: task })
    expect(node(w)).to.include({ locked: bly(150), stake: '0' })
    restake(w, 100)
    expect(() => unstake(w, 1), 'bonds are not free').to.throw('MARKET_STAKE_LOCKED')
    w.advance(PERIOD)
    expect(() => w.call(ALICE, 'withdraw', {}, 1n), '100 of stake do not secure 150').to.throw('MARKET_STAKE_LOCKED')
    restake(w, 200)
    expect(node(w)).to.include({ locked: bly(150), stake: bly(300), free: bly(150) })
    expect(() => unstake(w, 151)).to.throw('MARKET_STAKE_LOCKED')
    expectBooks(w, [ALICE])
  })

  it('pays the fault of a round that was drawn while it was leaving', () => {
    const lost = (comesBack: boolean) => {
      let moved = false
      const sim = new MarketSim({
        actors: [{ account: ALICE, trainer: { silent: 'commit' }, stake: 300n }, { account: 'v.near' }],
        meddle: ({ world }) => {
          const { locked, free } = node(world)
          if (moved || locked === '0') return
          moved = true
          world.call(ALICE, 'unstake', { amount: free }, 1n)
          world.advance(PERIOD)
          if (comesBack) world.call(ALICE, 'restake', { amount: free }, 1n)
        },
      })
      sim.run()
      expect(moved).to.equal(true)
      expectBooks(sim.world, [ALICE, 'v.near', sim.requester, 'cranker.near'])
      return sim.world.eventsOf('slashed').map(({ account, amount, reason }) => ({ account, amount, reason }))
    }
    expect(lost(true)).to.have.length(1)
    expect(lost(true)).to.deep.equal(lost(false))
  })

  it('lets no draw lock more than the seats of its time: a draw sees no difference to one who stayed away', () => {
    const bondable = (comesBack: boolean) => {
      const w = staked(500n)
      unstake(w, 400)
      const at = w.now()
      w.advance(10)
      if (comesBack) restake(w, 400)
      const m = openMarket(w.host)
      return [99n, 100n, 101n, 400n].map((bond) => canBond(m, record(w), at, bond * BLY))
    }
    expect(bondable(true)).to.deep.equal(bondable(false))
    expect(bondable(true)).to.deep.equal([true, true, false, false])
  })
})

type Step = { kind: 'stake' | 'unstake' | 'restake' | 'withdraw' | 'wait'; amount: number }
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('stake', 'unstake', 'unstake', 'restake', 'restake', 'withdraw', 'wait'),
  amount: fc.oneof(fc.integer({ min: 0, max: 450 }), fc.constantFrom(0, 99, 100, 101, 200)),
})

describe('market: stake, leaving and coming back, against a model of ten lines', () => {
  it('agree in every amount, and each draw of the past sees for ever what it saw', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const w = staked(500n)
        const model = { stake: 500, parts: [] as { amount: number; at: number }[] }
        const seen = new Map<number, number>()
        for (const { kind, amount } of steps) {
          seen.set(w.now(), seatsAt(record(w), w.now()))
          try {
            if (kind === 'wait') w.advance(amount * 200)
            if (kind === 'stake') w.transfer(ALICE, BigInt(amount) * BLY, { stake: {} })
            if (kind === 'unstake') unstake(w, amount)
            if (kind === 'restake') restake(w, amount)
            if (kind === 'withdraw') w.call(ALICE, 'withdraw', {}, 1n)
          } catch (error) {
            expect(String(error)).to.match(
              /MARKET_(STAKE_LOCKED|STAKE_TOO_LOW|NOT_UNBONDING|RESTAKE_TOO_OFTEN|UNBONDING_FULL|NOTHING_TO_WITHDRAW|NODE_UNKNOWN)/,
            )
            continue
          }
          if (kind === 'stake') model.stake += amount
          if (kind === 'unstake') {
            model.stake -= amount
            model.parts.push({ amount, at: w.now() + PERIOD })
          }
          if (kind === 'restake') {
            model.stake += amount
            for (let rest = amount; rest > 0; ) {
              const last = model.parts.pop()!
              const kept = Math.max(0, last.amount - rest)
              rest -= last.amount - kept
              if (kept > 0) model.parts.push({ ...last, amount: kept })
            }
          }
          if (kind === 'withdraw') model.parts = model.parts.filter(({ at }) => at > w.now())
          const { stake, unbonding, seats } = node(w)
          expect(stake).to.equal(bly(model.stake))
          expect(unbonding).to.deep.equal(model.parts.map(({ amount, at }) => ({ amount: bly(amount), at })))
          expect(seats).to.equal(Math.min(64, Math.floor(model.stake / 100)))
          expectBooks(w, [ALICE])
          expectSupply(w)
        }
        for (const [at, seats] of seen) {
          expect(seatsAt(record(w), at)).to.equal(seats)
          expect(placesAt(w, at)).to.equal(seats)
        }
        expect(openSeats(record(w))).to.equal(placesAt(w, w.now()))
      }),
      { numRuns: 150, seed: 41 },
    )
  })
})
