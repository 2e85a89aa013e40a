/** The explanation of balances, over whole tasks played by the market's own rules. */
import { expect } from 'chai'
import fc from 'fast-check'
import { type ChainEvent, explain, marketEvents, type TaskFacts, type Why } from '../../../../chain/client/why/index.ts'
import { bonusShare } from '../../../../chain/client/why/rules.ts'
import { shareBonus } from '../../../../contracts/near/market/bonus.ts'
import { taskFacts } from '../../../../scripts/cli/views.ts'
import { type Actor, MarketSim, type SimOptions } from '../../../fixtures/marketSim.ts'
import { MARKET } from '../../../fixtures/marketWorld.ts'

const HONEST: Actor[] = [
  ...['t1', 't2', 't3'].map((name) => ({ account: `${name}.near`, trainer: {} })),
  ...['v1', 'v2', 'v3', 'v4'].map((name) => ({ account: `${name}.near`, validator: {} })),
]

/** Plays the task and lists its events as the chain would. */
function play(options: SimOptions) {
  const log: ChainEvent[] = []
  let seen = 0
  const record = (sim: MarketSim) => {
    const { world } = sim
    for (const { event, data } of world.events.slice(seen)) {
      const height = Number(world.host.blockHeight())
      log.push({ height, at: world.now(), tx: `tx${height}`, contract: MARKET, standard: 'blyan_market', event, data })
    }
    seen = world.events.length
  }
  const sim = new MarketSim({ ...options, check: record })
  record(sim)
  sim.run()
  record(sim)
  return { sim, log }
}

function whyOf({ sim, log }: ReturnType<typeof play>, account: string, task?: string): Why {
  const { world } = sim
  const ledger = world.view('ledger', { account_id: account })
  const node = world.view('get_node', { account_id: account })
  const facts: TaskFacts[] = world.view('get_tasks', {}).map(taskFacts)
  return explain({
    account,
    task,
    events: marketEvents(log, MARKET),
    tasks: new Map(facts.map((each) => [each.id, each])),
    balances: {
      payable: BigInt(ledger.payable),
      locked: BigInt(ledger.locked),
      paying: BigInt(ledger.paying),
      stake: BigInt(node?.stake ?? 0),
      unbonding: ((node?.unbonding ?? []) as { amount: string }[]).reduce(
        (sum, { amount }) => sum + BigInt(amount),
        0n,
      ),
    },
    now: world.now(),
  })
}

const everyone = (played: ReturnType<typeof play>): string[] => [
  ...played.sim.actors.keys(),
  played.sim.requester,
  'cranker.near',
]

describe('why', () => {
  it('adds up to the ledger and the stake for everyone, whatever they did', () => {
    const casts: SimOptions[] = [
      { actors: HONEST, spec: { workers: 2, rounds: 2 } },
      {
        actors: [
          ...HONEST,
          { account: 'faker.near', trainer: { fake: 1 } },
          { account: 'poisoner.near', trainer: { poison: true } },
          { account: 'garbage.near', trainer: { garbageMiddles: true } },
          { account: 'lazy.near', validator: { lazy: true } },
          { account: 'accuser.near', validator: { accuse: true } },
        ],
        spec: { workers: 5, rounds: 2 },
        seed: 3,
      },
      {
        actors: [
          ...HONEST,
          ...(['accept', 'commit', 'reveal', 'publish', 'answer'] as const).map((silent) => ({
            account: `${silent}.near`,
            trainer: { silent },
          })),
          { account: 'sealed.near', validator: { silent: 'reveal' as const } },
          { account: 'mute.near', validator: { silent: 'commit' as const } },
        ],
        spec: { workers: 6, rounds: 2 },
        seed: 5,
      },
      { actors: HONEST, spec: { workers: 3, rounds: 1 }, opensKeys: false },
    ]
    for (const options of casts) {
      const played = play(options)
      for (const account of everyone(played)) {
        const why = whyOf(played, account)
        expect(why.differences, account).to.deep.equal([])
        expect(why.agrees).to.equal(true)
      }
    }
  })

  it('tells what left and what stayed after all, and neither is a gain', () => {
    const moved = new Set<string>()
    const played = play({
      actors: HONEST,
      meddle: ({ world }) => {
        const { free } = world.view('get_node', { account_id: 't1.near' })
        if (moved.size > 0 || BigInt(free) === 0n) return
        moved.add('t1.near')
        world.call('t1.near', 'unstake', { amount: free }, 1n)
        world.call('t1.near', 'restake', { amount: '12345' }, 1n)
      },
    })
    const why = whyOf(played, 't1.near')
    expect(why.differences).to.deep.equal([])
    const told = why.lines.filter(({ reason }) => reason === 'UNSTAKE' || reason === 'RESTAKE')
    expect(told.map(({ what, deltaAtto }) => [what, deltaAtto])).to.deep.equal([
      ['began to leave', 0n],
      ['was leaving, stays staked', 0n],
    ])
    expect(told[1]!.figures).to.deep.equal({ amountAtto: '12345' })
    expect(why.balances.stake + why.balances.unbonding).to.equal(why.summed.stake)
  })

  it('leads from the sentence to rule, figures and evidence of a payment', () => {
    const gains = [31_000n, 60_000n, 3_000n]
    const actors = HONEST.map((actor, i) => (actor.trainer ? { ...actor, trainer: { gain: gains[i] } } : actor))
    const played = play({ actors, spec: { workers: 3, rounds: 1 } })
    const why = whyOf(played, 't1.near', '1')
    expect(why.sentence).to.match(/^t1\.near, task 1: earned \d+\.\d\d BLY\.$/)
    const base = why.lines.find((line) => line.reason === 'BASE_PAY')!
    expect(base.rule).to.equal('base: 9/10 of 10.00')
    expect(base.what).to.match(/^3 × 4 samples redone, all right$/)
    expect(base.evidence.receipt).to.be.oneOf([0, 1, 2])
    expect(base.evidence.tx).to.match(/^tx\d+$/)
    const bonus = why.lines.find((line) => line.reason === 'BONUS')!
    expect(bonus.what).to.match(/^helped by 0\.0\d\d bits/)
    expect(bonus.recomputed).to.equal(true)
  })

  it('names fault, dispute and share of the bond of a loss', () => {
    const played = play({ actors: [...HONEST, { account: 'faker.near', trainer: { fake: 1 } }], spec: { workers: 4 } })
    const why = whyOf(played, 'faker.near')
    expect(why.sentence).to.equal('faker.near: lost 50.00 of its stake.')
    const [loss] = why.lines.filter((line) => line.kind === 'loss')
    expect(loss).to.include({
      reason: 'LEAF_FALSE',
      rule: '100 % of 50.00 bond',
      what: 'a sample was false: a jury redid it',
    })
    expect(loss!.evidence.dispute).to.match(/^1-0-\d$/)
    expect(BigInt(loss!.figures.burnedAtto!) > 0n).to.equal(true)
  })

  it('gives a zero its reason too', () => {
    const lazy: Actor = { account: 'lazy.near', validator: { lazy: true } }
    const actors = [...HONEST.filter(({ account }) => account !== 'v4.near' && account !== 'v3.near'), lazy]
    const played = play({ actors, spec: { workers: 3 } })
    const zeros = whyOf(played, 'lazy.near').lines.filter((line) => line.kind === 'pay' && line.deltaAtto === 0n)
    expect(zeros.map((line) => line.what)).to.deep.equal(['its verdict was wrong: no checking fee'])
  })

  it('tells whom draws passed by, and what would have helped', () => {
    const actors = [...HONEST, { account: 'poor.near', trainer: {}, stake: 100n }]
    const played = play({ actors, spec: { workers: 3, pay: (30n * 10n ** 18n).toString() } })
    const why = whyOf(played, 'poor.near')
    expect(why.passedOver.map(({ reason, what }) => [reason, what])).to.deep.equal([
      ['STAKE_FREE_TOO_LOW', '100.00 free, bond 150.00'],
    ])
    expect(why.sentence).to.equal('poor.near: never drawn so far, in 1 draws; no faults.')
  })

  it('shows who ordered where each BLY of the bounty went', () => {
    const played = play({ actors: HONEST, spec: { workers: 2, rounds: 2 } })
    const [order] = whyOf(played, played.sim.requester).orders
    expect(order).to.include({ state: 'Completed', agrees: true, open: 0n })
    expect(order!.returned > 0n).to.equal(true)
  })

  it('fails loudly when the contract says something else than its events', () => {
    const played = play({ actors: HONEST, spec: { workers: 2 } })
    const honest = whyOf(played, 't1.near')
    const events = marketEvents(
      played.log.filter(({ event }) => event !== 'settled'),
      MARKET,
    )
    const broken = explain({
      account: 't1.near',
      events,
      tasks: new Map(),
      balances: { ...honest.balances, payable: 1n },
      now: 0,
    })
    expect(broken.agrees).to.equal(false)
    expect(broken.differences[0]).to.match(/^payable: events add up to \d+, the contract says 1 /)
  })

  it('shares a bonus exactly as the contract does', () => {
    const gain = fc.option(fc.bigInt({ min: -50_000n, max: 90_000n }), { nil: null })
    fc.assert(
      fc.property(
        fc.array(gain, { minLength: 1, maxLength: 8 }),
        fc.bigInt({ min: 10n, max: 10n ** 20n }),
        (gains, pay) => {
          const pool = (pay - (pay * 9n) / 10n) * BigInt(gains.length)
          const ours = gains.map((_, i) => bonusShare(gains, i, pay).bonus)
          expect(ours).to.deep.equal(shareBonus(gains, pool))
        },
      ),
      { seed: 11, numRuns: 300 },
    )
  })
})
