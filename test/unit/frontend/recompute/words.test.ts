/** What the page says of a recomputation: never more than came out, and from whom it has it. */
import { expect } from 'chai'
import { GatewayProblem } from '../../../../frontend/src/api/errors.ts'
import { drawnSamples, handedValues, type RoundFacts } from '../../../../frontend/src/recompute/chainFacts.ts'
import type { Redone } from '../../../../frontend/src/recompute/messages.ts'
import {
  checkValueSentence,
  progressSentence,
  resultSentence,
  uncheckedOf,
} from '../../../../frontend/src/recompute/words.ts'

const [A, B, ZERO] = ['aa'.repeat(32), 'bb'.repeat(32), '00'.repeat(32)]
const redone = (change: Partial<Redone>): Redone => ({
  same: true,
  committed: A,
  got: A,
  checkValue: A,
  handed: [],
  steps: 2,
  trainingMs: 900,
  ms: 1_234,
  evidence: [],
  ...change,
})
const round = {
  trainers: [
    { account: 'trainer.near', middles: [{ leaf: 3, hash: A }] },
    { account: 'silent.near', middles: null },
  ],
  validators: [
    { account: 'v1.near', leaves: [[5, 3], [1]], verdicts: [{ submission: 0, middles: [B, A] }] },
    { account: 'v2.near', leaves: [[3], [0]], verdicts: [{ submission: 0, middles: [ZERO] }] },
    { account: 'v3.near', leaves: [[7], []], verdicts: null },
  ],
} as unknown as RoundFacts

describe('words of a recomputation', () => {
  it('say same only of the same end, and name both ends where they differ', () => {
    expect(resultSentence(redone({}))).to.equal(
      'Same to the last bit: 2 steps done again in 1.2 s, and this machine got aaaa..aa, as the trainer said before anybody drew it.',
    )
    const different = resultSentence(redone({ same: false, got: B }))
    expect(different).to.equal(
      'Different: the trainer said aaaa..aa, this machine got bbbb..bb; 2 steps done again in 1.2 s.',
    )
    expect(resultSentence(redone({ steps: 0 }))).to.include('the update made again')
  })

  it('tell whose check value is another one, and say nothing where none was handed in', () => {
    const handed = [
      { who: 'v1.near', value: A },
      { who: 'v2.near', value: B },
    ]
    expect(checkValueSentence({ checkValue: A, handed: handed.slice(0, 1) })).to.equal(
      'Its check value aaaa..aa is also what v1.near handed in.',
    )
    expect(checkValueSentence({ checkValue: A, handed })).to.equal(
      'Its check value is aaaa..aa here; v2.near handed in another one; v1.near handed in the same.',
    )
    expect(checkValueSentence({ checkValue: A, handed: [] })).to.equal(null)
    expect(checkValueSentence({ checkValue: null, handed })).to.equal(null)
  })

  it('take check values from the trainer’s answer and from opened verdicts, each by its own place, and no zero', () => {
    expect(drawnSamples(round, 0)).to.deep.equal([3, 5, 7])
    expect(handedValues(round, 0, 3)).to.deep.equal([
      { who: 'trainer.near', value: A },
      { who: 'v1.near', value: A },
    ])
    expect(handedValues(round, 0, 5)).to.deep.equal([{ who: 'v1.near', value: B }])
    expect(handedValues(round, 1, 1)).to.deep.equal([])
    expect(handedValues(round, 9, 1)).to.deep.equal([])
  })

  it('accuse nobody where the page could not look, and keep the code’s own words for the drawer', () => {
    const gone = new GatewayProblem({
      type: '/docs',
      title: 'Bad Gateway',
      status: 502,
      code: 'STORAGE_NOT_FOUND',
      what: 'Nobody asked holds it.',
      fix: '',
      fault: 'peer',
      data: {},
      id: 'x',
    })
    const { why, detail } = uncheckedOf(gone)
    expect(why).to.match(/^nobody serves its start any more/)
    expect(detail).to.equal('STORAGE_NOT_FOUND: Nobody asked holds it.')
    expect(uncheckedOf(new Error('the tab ran out of memory')).why).to.include('the tab ran out of memory')
  })

  it('count steps from one', () => {
    expect(progressSentence({ doing: 'training', done: 0, of: 4 })).to.equal('Training, step 1 of 4')
    expect(progressSentence({ doing: 'fetching', done: 2, of: null })).to.equal('Fetching and checking file 3')
  })
})
