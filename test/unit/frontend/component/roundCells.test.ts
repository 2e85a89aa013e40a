/** The round card as data, and small deciders of components. */
import { expect } from 'chai'
import { roundCells } from '../../../../frontend/src/component/roundCells.ts'
import { searchTargets } from '../../../../frontend/src/component/searchTarget.ts'
import { createSpeaker, SILENCE_MS } from '../../../../frontend/src/component/speaker.ts'
import { rounds } from '../../../browser/fixtures/data.ts'

const texts = (index: number, account: string) =>
  roundCells(rounds[index]!)
    .find((row) => row.account === account)!
    .cells.map(({ fill, text }) => `${fill}:${text}`)

describe('the round card', () => {
  it('tells a settled round: accepted, caught, and never handed in', () => {
    expect(texts(0, 'trainer-1').at(-1)).to.equal('ok:accepted')
    expect(texts(0, 'poisoner').slice(-2)).to.deep.equal([
      'bad:sample 7 differs',
      'bad:a sample was false: a jury redid it',
    ])
    expect(texts(0, 'free-rider')[1]).to.equal('none:no')
  })

  it('leaves to come what has not come, and claims nothing', () => {
    expect(texts(1, 'trainer-3')).to.deep.equal(['full:ok', 'full:sealed', 'half:..', 'empty:', 'empty:'])
    expect(texts(1, 'trainer-1').slice(-2)).to.deep.equal(['full:2/3 agree', 'empty:'])
    expect(texts(1, 'validator-2').at(-1)).to.equal('half:sealed')
  })
})

describe('search', () => {
  it('knows tasks, receipts, accounts and hashes, and nothing that is none', () => {
    expect(searchTargets('12').map(({ href }) => href)).to.deep.equal(['/task/12', '/receipt/12'])
    expect(searchTargets('receipt 5').map(({ href }) => href)).to.deep.equal(['/receipt/5'])
    expect(searchTargets('near-evm:7')).to.deep.equal([
      { href: '/bridge?transfer=near-evm%3A7', what: 'Transfer near-evm:7' },
    ])
    expect(searchTargets('Alice.near')[0]!.href).to.equal('/why/alice.near')
    expect(searchTargets('9f'.repeat(32))[0]!.href).to.equal(`/receipts?hash=${'9f'.repeat(32)}`)
    expect(searchTargets('<script>')).to.deep.equal([])
    expect(searchTargets('//evil.example')).to.deep.equal([])
  })
})

describe('the voice for screen readers', () => {
  it('speaks at once, then at most every ten seconds, and says the latest', () => {
    let now = 0
    const spoken: string[] = []
    const timers: { job: () => void; ms: number }[] = []
    const speaker = createSpeaker({
      speak: (sentence) => void spoken.push(sentence),
      now: () => now,
      setTimer: (job, ms) => timers.push({ job, ms }),
      clearTimer: () => undefined,
    })
    speaker.say('a')
    now = 3_000
    speaker.say('b')
    speaker.say('c')
    expect(spoken).to.deep.equal(['a'])
    expect(timers).to.have.length(1)
    expect(timers[0]!.ms).to.equal(SILENCE_MS - 3_000)
    now = SILENCE_MS
    timers[0]!.job()
    expect(spoken).to.deep.equal(['a', 'c'])
  })
})
