/** An explanation as the page shows it: rows, sums, orders. */
import { expect } from 'chai'
import fc from 'fast-check'
import type { WhyReply } from '../../../../chain/client/gateway/index.ts'
import { BLY_DECIMALS, ONE_BLY } from '../../../../chain/lib/units.ts'
import { MINUS, THIN_SPACE } from '../../../../frontend/src/format/amount.ts'
import { addUp } from '../../../../frontend/src/page/why/addUp.ts'
import { columnThatAddsUp } from '../../../../frontend/src/page/why/column.ts'
import { toOrderStrip } from '../../../../frontend/src/page/why/orders.ts'
import { passedGroups, tasksOf, toWhyRows } from '../../../../frontend/src/page/why/rows.ts'

type Line = WhyReply['lines'][number]
const bly = (text: string) => {
  const [whole, fraction = ''] = text.replace('-', '').split('.') as [string, string?]
  const size = BigInt(whole + fraction.padEnd(BLY_DECIMALS, '0'))
  return text.startsWith('-') ? -size : size
}
let block = 0
const line = (change: Partial<Line>): Line => ({
  task: '1',
  round: 0,
  reason: 'BASE_PAY',
  kind: 'pay',
  what: 'samples redone, all right',
  rule: 'base: 9/10 of 10.00',
  figures: {},
  deltaAtto: `${9n * ONE_BLY}`,
  bucket: 'locked',
  evidence: { tx: 't', height: ++block, at: 1 },
  recomputed: true,
  ...change,
})
/** A shown figure as a number of its last digit. */
const units = (shown: string): bigint =>
  BigInt(shown.replaceAll(THIN_SPACE, '').replace(MINUS, '-').replace('+', '').replace('.', ''))

describe('a column of amounts', () => {
  it('adds up in the digits that are shown, whatever the amounts', () => {
    const amount = fc.oneof(
      fc.bigInt({ min: 0n, max: 10n ** 27n }),
      fc.bigInt({ min: 0n, max: 100n }),
      fc.constantFrom(0n, 1n, ONE_BLY, ONE_BLY / 3n),
    )
    fc.assert(
      fc.property(fc.array(amount, { maxLength: 20 }), fc.boolean(), (amounts, losses) => {
        const { parts, total } = columnThatAddsUp(losses ? amounts.map((each) => -each) : amounts, { signed: true })
        const digits = new Set([...parts, total].map(({ shown }) => shown.split('.')[1]!.length))
        expect(digits.size).to.equal(1)
        expect(parts.reduce((sum, { shown }) => sum + units(shown), 0n)).to.equal(units(total.shown))
        for (const [i, { shown }] of parts.entries()) if (amounts[i] !== 0n) expect(units(shown)).not.to.equal(0n)
      }),
    )
  })

  it('shows two decimals where they do, and more only where they must', () => {
    expect(columnThatAddsUp([bly('9'), bly('1.61')]).total.shown).to.equal('10.61')
    expect(columnThatAddsUp([bly('0.005'), bly('0.005')]).parts.map(({ shown }) => shown)).to.deep.equal([
      '0.005',
      '0.005',
    ])
    expect(columnThatAddsUp([bly('-2.5')], { signed: true }).total.shown).to.equal(`${MINUS}2.50`)
    expect(columnThatAddsUp([]).total.shown).to.equal('0.00')
  })
})

describe('rows of an explanation', () => {
  const lines = [
    line({ round: 1, reason: 'BONUS', deltaAtto: `${bly('1.61')}` }),
    line({ round: 1 }),
    line({ reason: 'CRANK', deltaAtto: `${bly('0.02')}`, what: 'moved the task on', recomputed: null }),
    line({ reason: 'CRANK', deltaAtto: `${bly('0.02')}`, what: 'moved the task on', recomputed: null }),
    line({
      task: '2',
      reason: 'NO_COMMIT',
      kind: 'loss',
      deltaAtto: `${bly('-2.5')}`,
      bucket: 'stake',
      figures: { role: 'trainer' },
    }),
    line({
      task: '2',
      round: 2,
      reason: 'VALIDATOR_FEE',
      deltaAtto: '0',
      what: 'no verdict opened: no checking fee',
      bucket: null,
      recomputed: null,
    }),
    line({ reason: 'VEST', kind: 'move', deltaAtto: '5', task: null, round: null }),
  ]

  it('stand by task and round, small bounties last and as one, and add up', () => {
    const { pay, losses, moves, paidTotal, lostTotal } = toWhyRows({ lines })
    expect(pay.map(({ task, round, reason, times }) => [task, round, reason, times])).to.deep.equal([
      ['1', 1, 'CRANK', 2],
      ['1', 2, 'BONUS', 1],
      ['1', 2, 'BASE_PAY', 1],
      ['2', 3, 'VALIDATOR_FEE', 1],
    ])
    expect(pay[0]!.what).to.equal('moved the task on, 2 times')
    expect(pay[0]!.evidence).to.have.length(2)
    expect(paidTotal.shown).to.equal('+10.65')
    expect(lostTotal.shown).to.equal(`${MINUS}2.50`)
    expect([losses.length, moves.length]).to.deep.equal([1, 1])
  })

  it('keep a zero, with its reason', () => {
    const zero = toWhyRows({ lines }).pay.at(-1)!
    expect([zero.amount.shown, zero.what]).to.deep.equal(['0.00', 'no verdict opened: no checking fee'])
  })

  it('are chosen by task, role and what went unpaid, and say how many are hidden', () => {
    expect(toWhyRows({ lines }, { task: '2' }).pay).to.have.length(1)
    expect(toWhyRows({ lines }, { role: 'validator' }).pay.map(({ reason }) => reason)).to.deep.equal(['VALIDATOR_FEE'])
    const unpaid = toWhyRows({ lines }, { unpaid: true })
    expect([unpaid.pay.length, unpaid.losses.length, unpaid.moves.length, unpaid.hidden]).to.deep.equal([1, 1, 0, 3])
    expect(tasksOf({ lines })).to.deep.equal(['1', '2'])
  })

  it('never let one wrong figure hide behind right ones of the same row', () => {
    const [row] = toWhyRows({ lines: [line({}), line({ recomputed: false })] }).pay
    expect(row!.recomputed).to.equal(false)
  })
})

describe('the sums of an explanation', () => {
  const balances = { payable: '0', locked: `${9n * ONE_BLY}`, paying: '0', stake: '0', unbonding: '0' }

  it('are added up here, and a gateway that claims agreement is not believed', () => {
    expect(addUp({ lines: [line({})], balances, differences: [] }).agrees).to.equal(true)
    const wrong = addUp({ lines: [line({}), line({})], balances, differences: [] })
    expect(wrong.agrees).to.equal(false)
    expect(wrong.differences[0]).to.match(/^locked: the lines add up to 18 BLY, the contract says 9 BLY/)
  })
})

describe('an order', () => {
  it('shows where each BLY went, and that it adds up to what was set aside', () => {
    const strip = toOrderStrip({
      task: '7',
      state: 'Completed',
      reason: null,
      bounty: `${bly('151.19')}`,
      spent: {
        base_pay: `${bly('108')}`,
        bonus: `${bly('12')}`,
        validators: `${bly('19.24')}`,
        burned: `${bly('6.96')}`,
        jury: '0',
      },
      returned: `${bly('4.99')}`,
      declined: '0',
      open: '0',
      agrees: true,
    })
    expect(strip.parts.map(({ words, shown }) => [words, shown])).to.deep.equal([
      ['trainers, base', '108.00'],
      ['trainers, bonus', '12.00'],
      ['validators', '19.24'],
      ['burned: fee, unearned bonus', '6.96'],
      ['returned to you', '4.99'],
    ])
    expect([strip.total.shown, strip.agrees]).to.deep.equal(['151.19', true])
  })
})

describe('draws that went by', () => {
  it('are told by reason, with what would change it', () => {
    const at = { tx: 't', height: 1, at: 1 }
    const passed = (reason: 'LOT' | 'STAKE_FREE_TOO_LOW', what: string) =>
      ({
        task: '1',
        round: 0,
        role: 'trainer',
        reason,
        what,
        free: `${bly('40')}`,
        bond: `${bly('50')}`,
        evidence: at,
      }) as const
    const groups = passedGroups([
      passed('LOT', 'the lot fell on others'),
      passed('STAKE_FREE_TOO_LOW', '40.00 free, bond 50.00'),
      passed('STAKE_FREE_TOO_LOW', '40.00 free, bond 50.00'),
    ])
    expect(groups.map(({ what, count, fix }) => [what, count, fix?.addAtto ?? null])).to.deep.equal([
      ['40.00 free, bond 50.00', 2, bly('10')],
      ['the lot fell on others', 1, null],
    ])
  })
})
