/** What a requester chooses: refused with reasons, priced by the market's formula, in columns that add up. */
import { expect } from 'chai'
import fc from 'fast-check'
import { choiceOf, priceOf } from '../../../../chain/client/order/index.ts'
import { ONE_BLY } from '../../../../chain/lib/units.ts'
import { hundredths } from '../../../../frontend/src/format/amount.ts'
import { FIRST_CHOICES, neededBytes, orderOf, STOPS, stopsOf } from '../../../../frontend/src/page/new/choices.ts'
import { localQuote, priceDiffers, quoteLines } from '../../../../frontend/src/page/new/quoteLines.ts'
import { moneyColumn } from '../../../../frontend/src/page/task/column.ts'
import { quote as reply } from '../../../browser/fixtures/data.ts'

const SEED = 'ab'.repeat(16)
const firstOrder = () => {
  const made = orderOf(FIRST_CHOICES, SEED)
  if (!('order' in made)) throw new Error('the first choices are an order')
  return made.order
}
const problemsOf = (change: Partial<typeof FIRST_CHOICES>) => {
  const made = orderOf({ ...FIRST_CHOICES, ...change }, SEED)
  return 'problems' in made ? made.problems : {}
}

describe('choices of a new task', () => {
  it('are an order as they stand, before anything was touched', () => {
    expect(firstOrder()).to.include({
      rounds: 4,
      workers: 3,
      certainty: 50,
      payAtto: String(10n * ONE_BLY),
      seed: SEED,
    })
  })

  it('are refused by name, with what would do', () => {
    expect(problemsOf({ rounds: '0' }).rounds).to.equal('A whole number from 1 to 100.')
    expect(problemsOf({ rounds: '1e3' })).to.have.property('rounds')
    expect(problemsOf({ workers: '33' })).to.have.property('workers')
    expect(problemsOf({ steps: '10', segments: '8' }).segments).to.include('at most 5 of 10 steps')
    expect(problemsOf({ pay: '0' }).pay).to.include('nobody works for 0 BLY')
    expect(problemsOf({ pay: '1,5' }).pay, 'not 15 BLY').to.include('With a point')
    expect(problemsOf({ pay: 'ten' })).to.have.property('pay')
    expect(problemsOf({ pay: '1000000001' })).to.have.property('pay')
  })

  it('cost more and catch more at each stop', () => {
    const stops = stopsOf(firstOrder(), true)
    expect(stops.map(({ certainty }) => certainty)).to.deep.equal([...STOPS])
    for (const [i, stop] of stops.entries()) {
      expect(stop.caughtTenth).to.be.at.least(stop.certainty / 100 - 1e-9)
      if (i > 0) expect(stop.bountyAtto > stops[i - 1]!.bountyAtto).to.equal(true)
    }
  })

  it('are quoted as the market prices them, whatever they are', () => {
    const numbers = fc.record({
      rounds: fc.integer({ min: 1, max: 100 }),
      workers: fc.integer({ min: 1, max: 32 }),
      pay: fc.integer({ min: 1, max: 1_000_000 }),
      certainty: fc.constantFrom(...STOPS),
    })
    fc.assert(
      fc.property(numbers, ({ rounds, workers, pay, certainty }) => {
        const made = orderOf(
          { ...FIRST_CHOICES, rounds: `${rounds}`, workers: `${workers}`, pay: `${pay}`, certainty },
          SEED,
        )
        if (!('order' in made)) throw new Error('refused')
        const local = localQuote(made.order, true)
        const price = priceOf(choiceOf(made.order, { embedded: true, head: '00'.repeat(32) }))
        expect(quoteLines(local).reduce((a, b) => a + b, 0n)).to.equal(price.bounty)
        expect(local.bountyAtto).to.equal(price.bounty)
      }),
      { numRuns: 50 },
    )
  })

  it('notice a gateway that states another price than the formula', () => {
    const local = localQuote(firstOrder(), true)
    expect(priceDiffers(local, { ...reply, bountyAtto: String(local.bountyAtto) })).to.equal(false)
    expect(priceDiffers(local, { ...reply, bountyAtto: String(local.bountyAtto + 1n) })).to.equal(true)
    expect(priceDiffers(local, undefined)).to.equal(false)
  })

  it('say how much text they need: five times the test texts and some', () => {
    expect(neededBytes({ model: 'small', rounds: 1 })).to.equal(128 * 1_024)
    expect(neededBytes({ model: 'demo', rounds: 4 })).to.be.within(5 * 4 * 16_384, 6.5 * 4 * 16_384)
  })
})

describe('a task’s money', () => {
  it('adds up as shown, and is left alone where it is no whole', () => {
    const task = { escrowAtto: '0', returnedAtto: String(ONE_BLY), bountyAtto: String(ONE_BLY + 3n) }
    const column = moneyColumn({ ...task, spent: { base: '1', fee: '2', jury: '0' } })
    expect(column.spent.map(({ name, text }) => [name, text])).to.deep.equal([
      ['base', '< 0.01'],
      ['fee', '0.01'],
    ])
    expect([column.setAside.text, column.returned.text, column.ordered.text]).to.deep.equal(['0.00', '1.00', '1.01'])
    expect(moneyColumn({ ...task, spent: { base: '1' } }).ordered.text).to.equal(null)
    expect(hundredths(0n)).to.equal('0.00')
  })
})
