/** A price feeder under kill -9, by seed; `npm run soak:bridge-kills` has it five times at each point. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { rng } from '../../workers/engine/rng.ts'
import {
  drawnPrice,
  FEEDER_KILL_POINTS,
  type FeederKillWorld,
  startFeederKills,
} from '../fixtures/oracle/feederKills.ts'

describe('a price feeder that is killed while three others go on', function () {
  this.timeout(90_000)
  const dir = mkdtempSync(join(tmpdir(), 'blyan-feeder-kills-'))
  const random = rng('00000001', 'feeder/kills')
  let world: FeederKillWorld

  before(async () => {
    world = await startFeederKills(dir)
  })
  after(async () => {
    await world?.close()
    rmSync(dir, { recursive: true, force: true })
  })

  for (const [i, point] of FEEDER_KILL_POINTS.entries()) {
    // In flight at an even pass: its report is kept back, and refused when it comes after the next one.
    const pass = point === 'in-flight' ? 2 : 1 + (i % 2)
    it(`${point.replace('-', ' ')} has reported just that often, comes back by itself and reports anew`, async () => {
      await world.killOnce(point, pass, drawnPrice(random))
    })
  }

  it('leaves no price that fewer than a quorum of fresh reports made, and none at all when too few are left', async () => {
    await world.starve()
    const { prices, reports } = await world.checkPrices()
    expect(prices).to.be.greaterThan(10)
    expect(reports).to.be.greaterThan(20)
  })
})
