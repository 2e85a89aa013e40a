import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { actor, member } from '../../scripts/up/fleetPlan.ts'
import { microTask } from '../fixtures/microTask.ts'
import { type Network, type Outcome, startNetwork } from '../fixtures/network.ts'

const HOW = ['corrupt', 'oversized', 'unserved']

describe('trainers whose updates cannot be used', function () {
  this.timeout(300_000)
  let dir: string
  let network: Network
  let outcome: Outcome
  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'blyan broken '))
    const members = [
      member('honest', 'trainer'),
      ...HOW.map((how) => member(how, 'trainer', actor('brokenDelta'))),
      ...[1, 2, 3].map((i) => member(`validator-${i}`, 'validator')),
    ]
    const env = Object.fromEntries(HOW.map((how) => [how, { BROKEN_DELTA: how }]))
    network = await startNetwork({ dir, members, env })
    outcome = await network.ended(await network.order(microTask(dir, { workers: 4 })), 240_000)
  })
  after(async () => {
    await network?.close()
    rmSync(dir, { recursive: true, force: true })
  })

  const seat = (name: string) => outcome.rounds[0].trainers.find(({ account }) => account === `${name}.test.near`)!
  const lost = (name: string) =>
    outcome.slashed.filter(({ account }) => account === `${name}.test.near`).map(({ reason }) => reason)
  const paid = (name: string) =>
    outcome.paid.filter(({ account }) => account === `${name}.test.near`).map(({ reason }) => reason)

  it('a flipped byte costs the bond: a jury redoes the last step and gets other bytes', () => {
    expect(seat('corrupt').outcome).to.equal('rejected')
    expect(lost('corrupt')).to.deep.equal(['LEAF_FALSE'])
  })

  it('an update too long to fetch, or served by nobody, is not paid and not slashed: that is a vote', () => {
    for (const name of ['oversized', 'unserved']) {
      expect(seat(name).outcome, name).to.equal('rejected')
      expect(lost(name), name).to.deep.equal([])
      expect(paid(name), name).to.not.include('BASE_PAY')
    }
  })

  it('nobody else loses anything: the honest update is merged alone, and the task completes', () => {
    expect(outcome.task.state).to.equal('Completed')
    expect(outcome.rounds[0].merge_set).to.deep.equal([seat('honest').index])
    expect(paid('honest')).to.include.members(['BASE_PAY', 'BONUS'])
    expect(outcome.slashed.map(({ account }) => account)).to.deep.equal(['corrupt.test.near'])
    expect(outcome.rounds[0].validators.map(({ state }) => state)).to.deep.equal(['revealed', 'revealed', 'revealed'])
    expect(outcome.missingAtto).to.equal(0n)
  })
})
