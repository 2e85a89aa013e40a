import { expect } from 'chai'
import fc from 'fast-check'
import { applyBlock, touchedBy } from '../../../../../workers/gateway/follow/applyBlock.ts'
import { callsOf } from '../../../../../workers/gateway/follow/calls.ts'
import { EventInvalidError } from '../../../../../workers/gateway/follow/errors.ts'
import { Rows } from '../../../../../workers/gateway/follow/rows.ts'

const CONTRACTS = { bly: 'bly.near', market: 'market.near', bridge: 'bridge.near' }
const EVM = '0x52908400098527886E0F7030069857D2E4169EE7'

type Line = [event: string, data: Record<string, unknown>]

/** Blocks of one line each, from height 1; rows are dropped and made anew by nothing. */
function play(lines: Line[], contract = CONTRACTS.bridge): { rows: Rows; touched: Set<string>[] } {
  const rows = new Rows()
  const touched = lines.map(([event, data], i) => {
    const one = {
      txHash: `tx${i}`,
      receiptId: `r${i}`,
      contract,
      standard: 'blyan_bridge',
      event,
      data: [data],
      index: 0,
    }
    const block = { height: i + 1, hash: `h${i}`, previousHash: '', at: 1_000 + i, events: [one] }
    const read = { block, calls: callsOf(block, CONTRACTS) }
    applyBlock(rows, read)
    return touchedBy([read]).transfers
  })
  return { rows, touched }
}

const locked = (nonce: string, amount = '5'): Line => ['locked', { nonce, sender: 'a.near', receiver: EVM, amount }]
const stateOf = (rows: Rows, id: string) => rows.transfers.get(id)

describe('the index of what crosses the bridge', () => {
  it('keeps a lock as it was made, and the refund that a veto brought', () => {
    const { rows } = play([locked('0'), ['refunded', { nonce: '0', account: 'a.near', amount: '5' }]])
    expect(stateOf(rows, 'near-evm:0')).to.deep.include({
      direction: 'near-evm',
      nonce: 0n,
      sender: 'a.near',
      receiver: EVM,
      amount: 5n,
      state: 'refunded',
      createdHeight: 1,
      updatedHeight: 2,
      tx: 'tx1',
    })
  })

  it('follows a burn through delay, queue and pay-out, and forgets the time when it is over', () => {
    const to = { nonce: '7', amount: '9' }
    const { rows } = play([
      ['delayed', { ...to, receiver: 'b.near', ready_at_ms: 99 }],
      ['queued', { ...to, direction: 'evm-near', account: 'b.near', position: 0 }],
    ])
    expect(stateOf(rows, 'evm-near:7')).to.deep.include({
      state: 'queued',
      readyAt: 99,
      sender: null,
      receiver: 'b.near',
    })
    const paid = play([
      ['delayed', { ...to, receiver: 'b.near', ready_at_ms: 99 }],
      ['unlocked', { ...to, receiver: 'b.near', source: 'ab' }],
    ])
    expect(stateOf(paid.rows, 'evm-near:7')).to.deep.include({ state: 'unlocked', readyAt: null })
  })

  it('tells locks and burns of one nonce apart, whatever order they come in', () => {
    const any = fc.shuffledSubarray<Line>(
      [
        ['unlocked', { nonce: '1', receiver: 'b.near', amount: '3', source: 'ab' }],
        ['credited', { nonce: '2', direction: 'evm-near', account: 'b.near', amount: '4' }],
        locked('1'),
        locked('2'),
      ],
      { minLength: 4 },
    )
    fc.assert(
      fc.property(any, (lines) => {
        const { rows, touched } = play(lines)
        expect([...rows.transfers.keys()].sort()).to.deep.equal([
          'evm-near:1',
          'evm-near:2',
          'near-evm:1',
          'near-evm:2',
        ])
        expect(stateOf(rows, 'near-evm:1')).to.deep.include({ state: 'locked', receiver: EVM })
        // Rows that an event changes are loaded first; a lock is always new.
        for (const [i, [event]] of lines.entries()) expect(touched[i]!.size).to.equal(event === 'locked' ? 0 : 1)
      }),
      { seed: 1, numRuns: 20 },
    )
  })

  it('keeps receiver and sender of a lock whose refund failed', () => {
    const { rows } = play([
      locked('0'),
      ['credited', { nonce: '0', direction: 'near-evm', account: 'a.near', amount: '5' }],
    ])
    expect(stateOf(rows, 'near-evm:0')).to.deep.include({ state: 'credited', sender: 'a.near', receiver: EVM })
  })

  it('takes no word of another contract, and refuses an event that does not fit', () => {
    expect(play([locked('0')], 'thief.near').rows.transfers.size).to.equal(0)
    expect(() => play([['locked', { nonce: '0', sender: 'a.near', amount: '5' }]])).to.throw(EventInvalidError)
    expect(() => play([['queued', { nonce: '0', direction: 'up', account: 'a.near', amount: '5' }]])).to.throw(
      EventInvalidError,
    )
  })
})
