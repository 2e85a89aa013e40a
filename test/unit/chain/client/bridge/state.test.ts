/** Where a transfer stands: one function, checked over everything that chains and signers can show. */
import { expect } from 'chai'
import fc from 'fast-check'
import {
  awaitedOf,
  isEnded,
  type Payout,
  parseTransferId,
  stateOf,
  TRANSFER_STATES,
  type TransferFacts,
  transferId,
} from '../../../../../chain/client/bridge/index.ts'

const PAYOUTS = ['paid', 'queued', 'delayed', 'vetoed', 'credited'] as const
const facts: fc.Arbitrary<TransferFacts> = fc.record({
  direction: fc.constantFrom('near-evm', 'evm-near'),
  sourceFinal: fc.boolean(),
  refunded: fc.boolean(),
  signed: fc.nat(32),
  needed: fc.integer({ min: 1, max: 32 }),
  payout: fc.constantFrom<Payout | null>(null, ...PAYOUTS),
})

/** What a transfer may go through, in order; each step is one thing that a chain or a signer adds. */
const PATHS: readonly (readonly Partial<TransferFacts>[])[] = [
  [{}, { sourceFinal: true }, { signed: 1 }, { signed: 2 }, { payout: 'paid' }],
  [{}, { sourceFinal: true }, { signed: 2 }, { payout: 'queued' }, { payout: 'paid' }],
  [{}, { sourceFinal: true }, { signed: 2 }, { payout: 'delayed' }, { payout: 'queued' }, { payout: 'credited' }],
  [{}, { sourceFinal: true }, { signed: 2 }, { payout: 'delayed' }, { payout: 'vetoed' }, { refunded: true }],
]
const FRESH: TransferFacts = {
  direction: 'near-evm',
  sourceFinal: false,
  refunded: false,
  signed: 0,
  needed: 2,
  payout: null,
}

describe('the state of a transfer', () => {
  it('is one of the named ones, and says who is awaited exactly until it has ended', () => {
    fc.assert(
      fc.property(facts, fc.option(fc.nat(), { nil: null }), fc.nat(), (given, readyAt, now) => {
        const state = stateOf(given)
        expect(TRANSFER_STATES).to.include(state)
        const awaited = awaitedOf(given, readyAt, now)
        if (isEnded(state)) expect([null, 'receiver']).to.include(awaited)
        else expect(awaited).to.not.equal(null)
      }),
    )
  })

  it('is what the chains say, however many signers come, go or lie afterwards', () => {
    fc.assert(
      fc.property(facts, fc.nat(32), fc.boolean(), (given, signed, sourceFinal) => {
        fc.pre(given.payout !== null || given.refunded)
        expect(stateOf({ ...given, signed, sourceFinal })).to.equal(stateOf(given))
      }),
    )
  })

  it('never shows money as arrived that the paying chain has not paid', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const paid = ['minted', 'unlocked', 'credited'].includes(stateOf(given))
        expect(paid).to.equal(!given.refunded && (given.payout === 'paid' || given.payout === 'credited'))
      }),
    )
  })

  it('never falls back on any way that a transfer can take', () => {
    for (const path of PATHS) {
      for (const direction of ['near-evm', 'evm-near'] as const) {
        let given: TransferFacts = { ...FRESH, direction }
        const seen: string[] = []
        for (const step of path) {
          given = { ...given, ...step }
          const state = stateOf(given)
          if (seen.at(-1) !== state) expect(seen, path.map((each) => JSON.stringify(each)).join()).to.not.include(state)
          if (seen.at(-1) !== state) seen.push(state)
        }
        expect(isEnded(stateOf(given))).to.equal(true)
      }
    }
  })

  it('waits for time while a delay runs, and for anyone once it is over', () => {
    const delayed: TransferFacts = { ...FRESH, payout: 'delayed' }
    expect(awaitedOf(delayed, 100, 99)).to.equal('delay')
    expect(awaitedOf(delayed, 100, 100)).to.equal('relayer')
  })

  it('has a name that leads back to it, and no other text does', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('near-evm' as const, 'evm-near' as const),
        fc.bigInt(0n, 2n ** 64n - 1n),
        (direction, nonce) => {
          expect(parseTransferId(transferId(direction, nonce))).to.deep.equal({ direction, nonce })
        },
      ),
    )
    for (const text of [
      '',
      'near-evm',
      'near-evm:',
      'near-evm:01',
      'near-evm:-1',
      'evm-evm:1',
      'near-evm:1 ',
      `near-evm:${2n ** 64n}`,
    ]) {
      expect(() => parseTransferId(text), text).to.throw('names no transfer')
    }
  })
})
