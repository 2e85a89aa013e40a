/** Sentences that terminal, page and gateway share. */
import { expect } from 'chai'
import {
  eventSentence,
  outcomeSentence,
  ROUND_PHASES,
  receiptSentence,
  shownPhase,
  shownTaskPhase,
  taskSentence,
} from '../../../../../chain/client/words/index.ts'

const FORBIDDEN = /middle state|merkle|beacon|\btick\b|crank|epoch|nonce|atto|yocto|tgas|basis point|\bleaf\b|slashed/i

describe('shared sentences', () => {
  const task = {
    id: '7',
    state: 'InProgress',
    reason: null,
    rounds: 3,
    roundsSettled: 1,
    vested: false,
    vestAt: null,
    escrow: 5n * 10n ** 18n,
  }
  const round = {
    round: 1,
    phaseAt: 0,
    deadline: 60_000,
    trainers: [{ account: 'a.near', state: 'accepted' }],
    validators: [],
    disputes: 2,
  }

  it('names whom each phase waits for, in words of the page only', () => {
    for (const phase of ROUND_PHASES) {
      const sentence = taskSentence(task, { ...round, phase }, 1_000)
      expect(sentence).to.match(/^task 7: round 2 of 3, .*waits .*\.$/)
      expect(sentence).not.to.match(FORBIDDEN)
    }
    expect(taskSentence(task, { ...round, phase: 'commit' }, 1_000)).to.contain('waits for a.near to hand in')
  })

  it('shows a phase of the page for each of the contract, and payable only once pay is free', () => {
    for (const phase of ROUND_PHASES) expect(shownPhase(phase)).not.to.equal('payable')
    expect(shownPhase('something new')).to.equal('choosing')
    expect(shownTaskPhase({ state: 'Completed', vested: false }, 'settled')).to.equal('settled')
    expect(shownTaskPhase({ state: 'Completed', vested: true }, 'settled')).to.equal('payable')
    expect(shownTaskPhase({ state: 'InProgress', vested: false }, 'dispute')).to.equal('disputed')
  })

  it('tells of events in the same words, the smaller steps only on a task’s own page', () => {
    const item = { task: '7', round: 0, account: 'a.near', outcome: 'accepted' }
    expect(eventSentence('settled', item)).to.equal(null)
    expect(outcomeSentence('settled', item)).to.deep.equal({ who: 'a.near', what: 'round 1: its work was accepted' })
    expect(eventSentence('vested', item)).to.deep.equal(outcomeSentence('vested', item))
    expect(outcomeSentence('something_new', item)).to.equal(null)
  })

  it('says who was paid for what in a receipt’s sentence', () => {
    const receipt = { index: 4, worker: 'a.near', round: 0, task: '7', reward: 10n ** 18n }
    expect(receiptSentence(receipt)).to.match(/^Receipt 4: a\.near was paid 1(\.00)? BLY for round 1 of task 7\.$/)
  })
})
