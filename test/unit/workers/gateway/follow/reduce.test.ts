import { expect } from 'chai'
import fc from 'fast-check'
import { applyBlock } from '../../../../../workers/gateway/follow/applyBlock.ts'
import { callsOf } from '../../../../../workers/gateway/follow/calls.ts'
import { EventInvalidError, IndexedReceiptError } from '../../../../../workers/gateway/follow/errors.ts'
import { Rows, type TaskFacts, type TotalName } from '../../../../../workers/gateway/follow/rows.ts'

const CONTRACTS = { bly: 'bly.near', market: 'market.near' }
const FACTS: TaskFacts = {
  spec: {
    workers: 1,
    rounds: 1,
    certainty: 50,
    small_pool: true,
    profile: 'canonical',
    windows: { accept: 10, commit: 10 },
  },
  quote: { trainer_bond: '50', validator_bond: '60' },
  validators: 3,
  samples: 4,
}

type Line = [event: string, ...data: Record<string, unknown>[]]

/** Applies one call a list of lines. */
function play(calls: Line[][], contract = CONTRACTS.market, rows = new Rows()): Rows {
  calls.forEach((lines, i) => {
    rows.taskFacts.set(1, FACTS)
    const standard = contract === CONTRACTS.market ? 'blyan_market' : 'nep141'
    const events = lines.map(([event, ...data], index) => ({
      txHash: `tx${i}`,
      receiptId: `receipt${i}`,
      contract,
      standard,
      event,
      data,
      index,
    }))
    const block = { height: i + 1, hash: `h${i}`, previousHash: '', at: 1_000 + i, events }
    applyBlock(rows, { block, calls: callsOf(block, CONTRACTS) })
  })
  return rows
}

const created = (bounty: bigint): Line => [
  'task_created',
  { task: '1', requester: 'r.near', bounty: `${bounty}`, nonce: '1' },
]
const ledger = (account: string, delta: bigint, reason: string, bucket = 'payable'): Record<string, unknown> => ({
  account,
  delta: `${delta}`,
  reason,
  bucket,
  task: '1',
  round: 0,
})
const total = (rows: Rows, name: TotalName) => rows.totals.get(name)?.amount ?? 0n
const amounts = fc.bigInt({ min: 1n, max: 10n ** 30n })

describe('the index’s reducers', () => {
  it('keep an escrow equal to its bounty less everything that left it, whatever is paid in whatever order', () => {
    const paid = fc.constantFrom('BASE_PAY', 'HALF_PAY', 'BONUS', 'VALIDATOR_FEE', 'CRANK', 'REFUND', 'DECLINED')
    const payment = fc.oneof(
      fc
        .tuple(paid, amounts)
        .map(([reason, n]): [Line, bigint] => [['ledger_changed', ledger('a.near', n, reason)], n]),
      amounts.map((n): [Line, bigint] => [['burned_pending', { amount: `${n}`, reason: 'FEE', task: '1' }], n]),
      amounts.map((n): [Line, bigint] => [['treasury_changed', { delta: `${n}`, task: '1' }], n]),
      // What leaves bonds, or moves inside the ledger, is not the escrow's.
      amounts.map((n): [Line, bigint] => [['burned_pending', { amount: `${n}`, reason: 'SLASH', task: '1' }], 0n]),
      amounts.map((n): [Line, bigint] => [['ledger_changed', ledger('a.near', n, 'FINDER_FEE')], 0n]),
      amounts.map((n): [Line, bigint] => [['ledger_changed', ledger('a.near', n, 'HARMED')], 0n]),
    )
    fc.assert(
      fc.property(amounts, fc.array(payment, { maxLength: 30 }), (bounty, payments) => {
        const rows = play([[created(bounty)], ...payments.map(([line]) => [line])])
        const { task } = rows.task(1)
        const left = bounty - payments.reduce((sum, [, n]) => sum + n, 0n)
        expect(task.escrow).to.equal(left)
        const { basePay, bonus, validatorsPay, jury, cranks, burned, treasury, returned, declined } = task
        const parts = [basePay, bonus, validatorsPay, jury, cranks, burned, treasury, returned, declined]
        expect(parts.reduce((sum, each) => sum + each, task.escrow)).to.equal(bounty)
        expect(total(rows, 'escrow')).to.equal(left)
      }),
    )
  })

  it('take from the escrow only what a loser’s bond did not give to its jury', () => {
    fc.assert(
      fc.property(
        fc.array(amounts, { minLength: 1, maxLength: 9 }),
        fc.bigInt({ min: 0n, max: 100n }),
        (fees, percent) => {
          const sum = fees.reduce((all, each) => all + each, 0n)
          const fromBond = (sum * percent) / 100n
          const stake: Line[] = [
            ['node_registered', { account: 'loser.near', roles: ['trainer'], kind: '', class: 'cloud', peer: '' }],
            ['stake_changed', { account: 'loser.near', delta: `${sum}`, reason: 'STAKE', stake: `${sum}` }],
          ]
          const decided: Line[] = [
            ['ledger_changed', ...fees.map((fee, i) => ledger(`juror-${i}.near`, fee, 'JURY_FEE'))],
            [
              'stake_changed',
              { account: 'loser.near', delta: `-${fromBond}`, reason: 'JURY', stake: `${sum - fromBond}` },
            ],
          ]
          const rows = play([stake, [created(sum)], decided])
          expect(rows.task(1).task.jury).to.equal(sum - fromBond)
          expect(rows.task(1).task.escrow).to.equal(fromBond)
          expect(rows.nodes.get('loser.near')!.stake).to.equal(sum - fromBond)
        },
      ),
    )
  })

  it('keep the sum of balances equal to what was minted less what was burned', () => {
    const account = fc.integer({ min: 0, max: 4 }).map((i) => `a${i}.near`)
    const move = fc.tuple(account, account, amounts, fc.boolean())
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
        const minted: Line[] = [['ft_mint', { owner_id: 'a0.near', amount: `${10n ** 35n}` }]]
        const lines = moves.map(([from, to, n, burns]): Line[] =>
          burns
            ? [['ft_burn', { owner_id: from, amount: `${n}` }]]
            : [['ft_transfer', { old_owner_id: from, new_owner_id: to, amount: `${n}` }]],
        )
        const rows = play([minted, ...lines], CONTRACTS.bly)
        const sum = [...rows.accounts.values()].reduce((all, { balance }) => all + balance, 0n)
        expect(sum).to.equal(total(rows, 'bly_supply'))
        expect(total(rows, 'bly_supply') + total(rows, 'bly_burned')).to.equal(10n ** 35n)
      }),
    )
  })

  it('take a bond from stake first and from what is unbonding after it, as the event’s two figures say', () => {
    fc.assert(
      fc.property(amounts, amounts, fc.bigInt({ min: 0n, max: 100n }), (stake, unbonding, percent) => {
        const slash = ((stake + unbonding) * percent) / 100n
        const left = slash > stake ? 0n : stake - slash
        const all = stake + unbonding
        const rows = play([
          [
            ['node_registered', { account: 'a.near', roles: ['trainer'], kind: '', class: 'cloud', peer: '' }],
            ['stake_changed', { account: 'a.near', delta: `${all}`, reason: 'STAKE', stake: `${all}` }],
          ],
          [['stake_changed', { account: 'a.near', delta: `-${unbonding}`, reason: 'UNSTAKE', stake: `${stake}` }]],
          [['stake_changed', { account: 'a.near', delta: `-${slash}`, reason: 'SLASH', stake: `${left}` }]],
        ])
        const node = rows.nodes.get('a.near')!
        expect(node.stake + node.unbonding).to.equal(all - slash)
        expect(node.stake).to.equal(left)
        expect(total(rows, 'stake')).to.equal(node.stake)
        expect(total(rows, 'unbonding')).to.equal(node.unbonding)
      }),
    )
  })

  it('move what stays after all from unbonding back to stake, and a bond is taken from both as before', () => {
    fc.assert(
      fc.property(amounts, amounts, fc.bigInt({ min: 0n, max: 100n }), (stays, leaves, percent) => {
        const all = stays + leaves
        const back = (leaves * percent) / 100n
        const account = 'a.near'
        const changed = (delta: bigint, reason: string, stake: bigint): Line[] => [
          ['stake_changed', { account, delta: `${delta}`, reason, stake: `${stake}` }],
        ]
        const rows = play([
          [
            ['node_registered', { account, roles: ['trainer'], kind: '', class: 'cloud', peer: '' }],
            ...changed(all, 'STAKE', all),
          ],
          changed(-leaves, 'UNSTAKE', stays),
          changed(back, 'RESTAKE', stays + back),
        ])
        const node = rows.nodes.get(account)!
        expect(node.stake).to.equal(stays + back)
        expect(node.unbonding).to.equal(leaves - back)
        expect(total(rows, 'stake')).to.equal(node.stake)
        expect(total(rows, 'unbonding')).to.equal(node.unbonding)
      }),
    )
  })

  it('keep an event that this version does not know, and refuse a known one with other data', () => {
    const rows = play([[['moon_reached', { account: 'a.near', task: '7', crew: ['b'] }]]])
    expect(rows.inserted.events[0]).to.include({ name: 'moon_reached', task: 7 })
    expect(rows.inserted.events[0]!.accounts).to.deep.equal(['a.near'])
    expect(() => play([[['burn_sent', { amount: '-1' }]]])).to.throw(EventInvalidError)
  })

  it('refuse a receipt that does not hash to what the chain says', () => {
    const receipt = { index: 0, hash: '0'.repeat(64), task: '1', round: 0, worker: 'a.near', reward: '1', gain: null }
    expect(() => play([[created(1n)], [['receipt', receipt]]])).to.throw(IndexedReceiptError)
  })
})
