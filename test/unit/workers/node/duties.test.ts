import { expect } from 'chai'
import { ROUND_PHASES } from '../../../../chain/client/words/index.ts'
import { crankOrder, dutiesOf, needsCrank } from '../../../../workers/node/duties.ts'
import type { DisputeView, RoundView, TaskView } from '../../../../workers/node/views.ts'

const task = { id: '1', state: 'InProgress', vested: false, vest_at: null } as TaskView

function round(phase: RoundView['phase'], trainer: string, validator = 'drawn'): RoundView {
  return {
    task: '1',
    round: 0,
    version: 1,
    phase,
    phase_at: 0,
    draw_at: 100,
    deadline: 1000,
    trainers: [{ index: 0, account: 'trainer', state: trainer }],
    validators: [{ index: 0, account: 'validator', state: validator, leaves: [] }],
    disputes: [],
    key: null,
    merge_set: null,
  } as unknown as RoundView
}

const dispute = (phase: DisputeView['phase'], commitment: string | null = null): DisputeView =>
  ({
    id: '1-0-0',
    phase,
    deadline: 500,
    jurors: [{ account: 'juror', state: 'drawn', commitment, middle: null, end: null }],
  }) as DisputeView

const kinds = (r: RoundView, account: string, disputes: DisputeView[] = [], keys = false): string[] =>
  dutiesOf(task, r, disputes, account, keys).map(({ kind }) => kind)

describe('what an account owes to a round', () => {
  it('is one step for a trainer in each phase, and nothing once it has been taken', () => {
    const steps = [
      ['accept', 'drawn', 'accept'],
      ['commit', 'accepted', 'train'],
      ['reveal', 'committed', 'reveal'],
      ['publish', 'revealed', 'publish'],
      ['answer', 'published', 'answer'],
    ] as const
    for (const [phase, state, kind] of steps) {
      expect(kinds(round(phase, state), 'trainer')).to.deep.equal([kind])
      for (const other of ROUND_PHASES.filter((each) => each !== phase))
        expect(kinds(round(other, state), 'trainer'), `${state} in ${other}`).to.deep.equal([])
    }
    expect(kinds(round('commit', 'out'), 'trainer')).to.deep.equal([])
  })

  it('is an audit and its opening for a validator', () => {
    expect(kinds(round('verdict_commit', 'published'), 'validator')).to.deep.equal(['audit'])
    expect(kinds(round('verdict_reveal', 'published', 'committed'), 'validator')).to.deep.equal(['reveal-verdict'])
    expect(kinds(round('verdict_reveal', 'published', 'drawn'), 'validator')).to.deep.equal([])
  })

  it('is the key for who holds it, while it can be opened', () => {
    expect(kinds(round('publish', 'published'), 'requester', [], true)).to.deep.equal(['open-key'])
    expect(kinds(round('commit', 'accepted'), 'requester', [], true)).to.deep.equal([])
  })

  it('is a leaf for a juror: redone, sealed, opened', () => {
    expect(kinds(round('answer', 'published'), 'juror', [dispute('commit')])).to.deep.equal(['judge-leaf'])
    expect(kinds(round('answer', 'published'), 'juror', [dispute('commit', 'aa')])).to.deep.equal([])
    expect(kinds(round('dispute', 'answered'), 'juror', [dispute('reveal', 'aa')])).to.deep.equal(['reveal-judgement'])
    expect(kinds(round('dispute', 'answered'), 'juror', [dispute('reveal')])).to.deep.equal([])
  })

  it('is nothing in a task that has ended', () => {
    expect(dutiesOf({ ...task, state: 'Failed' }, round('accept', 'drawn'), [], 'trainer', false)).to.deep.equal([])
  })
})

describe('moving a task on', () => {
  it('is needed for a draw only after its time, and for any phase after its deadline', () => {
    expect(needsCrank(task, round('judges', 'revealed'), [], 100)).to.equal(false)
    expect(needsCrank(task, round('judges', 'revealed'), [], 101)).to.equal(true)
    expect(needsCrank(task, round('commit', 'accepted'), [], 999)).to.equal(false)
    expect(needsCrank(task, round('commit', 'accepted'), [], 1000)).to.equal(true)
    expect(needsCrank(task, round('answer', 'published'), [dispute('commit')], 499)).to.equal(false)
    expect(needsCrank(task, round('answer', 'published'), [dispute('draw')], 1)).to.equal(true)
  })

  it('ends a completed task when its pay is free, and never again', () => {
    const completed = { ...task, state: 'Completed', vest_at: 2000 } as TaskView
    expect(needsCrank(completed, round('settled', 'answered'), [], 1999)).to.equal(false)
    expect(needsCrank(completed, round('settled', 'answered'), [], 2000)).to.equal(true)
    expect(needsCrank({ ...completed, vested: true }, round('settled', 'answered'), [], 3000)).to.equal(false)
  })

  it('falls to the drawn in their order, then to everybody else', () => {
    const r = round('assign', 'drawn')
    expect(['trainer', 'validator', 'stranger'].map((account) => crankOrder(r, account))).to.deep.equal([0, 1, 2])
  })
})
