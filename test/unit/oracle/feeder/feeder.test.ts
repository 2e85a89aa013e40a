/** One feeder's rounds: what it reports, when it says nothing, when it cries. */
import { expect } from 'chai'
import { waitMs } from '../../../../oracle/feeder/backoff.ts'
import { SourceUnreachableError } from '../../../../oracle/feeder/errors.ts'
import { feederMetrics } from '../../../../oracle/feeder/metrics.ts'
import { feederWorld } from '../../../fixtures/oracle/fakeOracle.ts'

const signal = new AbortController().signal
const away = new SourceUnreachableError({ what: 'away', fix: 'wait' })

describe('a feeder', () => {
  it('reports the lower of two prices that agree', async () => {
    const world = feederWorld()
    world.says[1] = 0.0505
    expect(await world.feeder.round(signal)).to.equal(true)
    expect(world.reported).to.deep.equal([{ multiplier: '5000000', decimals: 26 }])
    const [state] = world.feeder.state()
    expect(state!.sources.map(({ price }) => price)).to.deep.equal(['0.05', '0.0505'])
    expect(state!.spreadBps).to.equal(100)
  })

  it('reports nothing when they disagree, or when one alone answers', async () => {
    const world = feederWorld()
    world.says[1] = 0.06
    expect(await world.feeder.round(signal)).to.equal(false)
    world.says[1] = away
    expect(await world.feeder.round(signal)).to.equal(false)
    expect(world.reported).to.deep.equal([])
    expect(world.feeder.failures()).to.equal(2)
    const failed = world.lines.at(-1)!
    expect(failed.what).to.equal('sources do not agree: nothing is reported')
    expect(failed.data!.failed).to.deep.equal(['source-2 FEEDER_SOURCE_UNREACHABLE'])
  })

  it('goes on after a report that was refused', async () => {
    const world = feederWorld()
    world.refusal = new Error('ORACLE_NOT_A_FEEDER')
    expect(await world.feeder.round(signal)).to.equal(false)
    world.refusal = null
    expect(await world.feeder.round(signal)).to.equal(true)
    expect(world.feeder.failures()).to.equal(0)
  })

  it('cries once when the oracle has had no price for too long, and says when it has one again', async () => {
    const world = feederWorld({ alarm_sec: 120 })
    await world.feeder.round(signal)
    world.priced = false
    const cries = () => world.lines.filter(({ level }) => level === 'error').length
    for (const [seconds, expected] of [
      [60, 0],
      [60, 0],
      [1, 1],
      [300, 1],
    ]) {
      world.nowMs += seconds! * 1_000
      await world.feeder.round(signal)
      expect(cries()).to.equal(expected)
    }
    const age = async () =>
      Number(
        /blyan_price_age_seconds\{.*\} (\S+)/.exec(
          await feederMetrics(world.feeder.state, () => world.nowMs).text(),
        )![1],
      )
    expect(await age()).to.equal(421)
    world.priced = true
    await world.feeder.round(signal)
    expect(world.lines.at(-1)!.what).to.equal('the oracle has a price again')
    expect(await age()).to.equal(0)
  })

  it('takes snapshots of the pools it is told to, once a minute and not where another just did', async () => {
    const world = feederWorld({ observe: [0, 3] })
    world.snapshots[3] = world.nowMs - 60_000
    await world.feeder.round(signal)
    expect(world.observed).to.deep.equal([0])
    world.nowMs += 1
    await world.feeder.round(signal)
    expect(world.observed).to.deep.equal([0, 3])
    world.nowMs += 60_000
    await world.feeder.round(signal)
    expect(world.observed).to.deep.equal([0, 3, 0])
  })
})

describe('the wait between rounds', () => {
  const none = (bytes: number) => new Uint8Array(bytes)
  const most = (bytes: number) => new Uint8Array(bytes).fill(255)

  it('doubles with each failure up to five minutes, and is never more than an eighth longer by chance', () => {
    expect([0, 1, 2, 3, 4, 50].map((failures) => waitMs(30_000, failures, none))).to.deep.equal([
      30_000, 60_000, 120_000, 240_000, 300_000, 300_000,
    ])
    expect(waitMs(30_000, 0, most)).to.be.within(33_700, 33_750)
  })

  it('is never shorter than the interval that was asked for', () => {
    expect(waitMs(3_600_000, 9, none)).to.equal(3_600_000)
  })
})
