import { sha256 } from '@noble/hashes/sha2.js'
import { expect } from 'chai'
import fc from 'fast-check'
import { drawLeaves } from '../../../contracts/near/lib/pure/index.ts'
import { BLY, keyChain, MarketWorld, makeSpec } from '../../fixtures/marketWorld.ts'

/** A world with `n` trainers of different stake and six validators. */
function world(n: number): MarketWorld {
  const w = new MarketWorld()
  for (let i = 0; i < n; i++) w.stake(`t${i}.near`, BigInt(300 + 100 * (i % 5)), { roles: ['trainer'] })
  for (let i = 0; i < 6; i++) w.stake(`v${i}.near`, 500n, { roles: ['validator'] })
  return w
}

const spec = makeSpec({
  workers: 3,
  small_pool: true,
  heldout: { ...makeSpec().heldout, head: keyChain('task', 1).head },
})
const drawn = (w: MarketWorld, task: string) => w.view('draw', { task_id: task, round: 0 }).trainers

describe('market: draws are functions of seats as of T and the first beacon after T', () => {
  it('does not depend on who cranks, nor on how much later', () => {
    const results = [1, 2, 3].map((variant) => {
      const w = world(12)
      const task = w.createTask('requester.near', spec)
      w.advance(10)
      w.call('ticker.near', 'tick')
      if (variant > 1) w.advance(3_600_000 * variant)
      if (variant === 3) for (let i = 0; i < 40; i++) w.call('ticker.near', 'tick')
      w.call(`cranker${variant}.near`, 'crank', { task_id: task })
      return drawn(w, task)
    })
    expect(results[1]).to.deep.equal(results[0])
    expect(results[2]).to.deep.equal(results[0])
    expect(results[0].drawn).to.have.length(3)
  })

  it('changes nothing when somebody stakes, tops up or leaves after T', () => {
    const results = ['nothing', 'top-up', 'newcomer', 'leaver'].map((what) => {
      const w = world(12)
      const task = w.createTask('requester.near', spec)
      w.advance(10)
      if (what === 'top-up') w.transfer('t0.near', 5_000n * BLY, { stake: {} })
      if (what === 'newcomer') w.stake('new.near', 6_000n, { roles: ['trainer'] })
      if (what === 'leaver') w.call('t1.near', 'unstake', { amount: `${300n * BLY}` }, 1n)
      // The same beacon in each world, whatever came before it.
      w.host.seed = sha256(new Uint8Array([7]))
      w.host.timeNs = 1_800_000_000_000_000_000n
      w.host.height = 9_000n
      const seed = w.host.seed
      w.host.advance = (ms: number) => {
        w.host.timeNs += BigInt(ms) * 1_000_000n
        w.host.height += 1n
        w.host.seed = seed
      }
      w.call('cranker.near', 'crank', { task_id: task })
      return drawn(w, task)
    })
    for (const result of results) expect(result).to.deep.equal(results[0])
  })

  it('never draws one operator twice, the requester, or a trainer as its own judge', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 1, max: 9 }), (seed, n) => {
        const w = new MarketWorld()
        w.host.seed = sha256(Buffer.from(`${seed}`))
        for (let i = 0; i < n; i++) w.stake(`b${i}.near`, BigInt(300 + 200 * i), { roles: ['trainer', 'validator'] })
        const task = w.createTask('b0.near', makeSpec({ workers: 2 }))
        w.advance(10)
        w.call('cranker.near', 'crank', { task_id: task })
        const { drawn: list, spares } = drawn(w, task)
        const all: string[] = [...list, ...spares]
        expect(new Set(all).size).to.equal(all.length)
        expect(all).to.not.include('b0.near')
      }),
      { numRuns: 40, seed: 7 },
    )
  })

  it('locks a bond for every drawn seat, and does not draw who cannot bond', () => {
    const w = new MarketWorld()
    w.stake('poor.near', 100n, { roles: ['trainer'] })
    w.stake('rich.near', 1_000n, { roles: ['trainer'] })
    // B = 5 R = 150 BLY: one seat is too little.
    const task = w.createTask('requester.near', makeSpec({ workers: 2, pay: `${30n * BLY}` }))
    w.advance(10)
    w.call('cranker.near', 'crank', { task_id: task })
    expect(drawn(w, task).drawn).to.deep.equal(['rich.near'])
    expect(w.view('get_node', { account_id: 'rich.near' }).locked).to.equal(`${150n * BLY}`)
    expect(() => w.call('rich.near', 'unstake', { amount: `${851n * BLY}` }, 1n)).to.throw('MARKET_STAKE_LOCKED')
  })

  it('draws trainers of the class that the requester wants, judges of any', () => {
    const w = new MarketWorld()
    w.stake('cloud.near', 500n, { roles: ['trainer'], class: 'cloud' })
    w.stake('edge.near', 500n, { roles: ['trainer'], class: 'edge' })
    const task = w.createTask('requester.near', makeSpec({ class: 'edge', workers: 2 }))
    w.advance(10)
    w.call('cranker.near', 'crank', { task_id: task })
    expect(drawn(w, task).drawn).to.deep.equal(['edge.near'])
  })

  it('waits for a tick boundary after T where ticks are 30 s', () => {
    const w = new MarketWorld({ tickMs: 30_000 })
    w.stake('t.near', 500n, { roles: ['trainer'] })
    w.call('x.near', 'tick')
    const task = w.createTask('requester.near', makeSpec())
    w.advance(1_000)
    expect(w.call('x.near', 'crank', { task_id: task })).to.equal(false)
    w.advance(30_000)
    expect(w.call('x.near', 'crank', { task_id: task })).to.equal(true)
    const { beacon } = drawn(w, task)
    const tick = Math.floor(w.now() / 30_000)
    expect(w.view('get_beacon', { tick })).to.include({ value: beacon, tick })
    expect(w.view('get_beacon', { tick: tick + 1 })).to.equal(null)
    expect(w.call('x.near', 'tick')).to.equal(false)
  })

  it('shows the leaves that anyone can draw again from the beacon', () => {
    const seed = { beacon: 'ab'.repeat(32), task: '1', round: 0, validator: 'v.near', submission: 0 }
    const leaves = drawLeaves(sha256, seed, 48, 3)
    expect(leaves).to.deep.equal([...leaves].sort((a, b) => a - b))
    expect(new Set(leaves).size).to.equal(3)
  })

  it('finds a seat as fast among many as among few', () => {
    const reads = [20, 400].map((n) => {
      const w = new MarketWorld()
      for (let i = 0; i < n; i++) w.stake(`t${i}.near`, 200n, { roles: ['trainer'] })
      const task = w.createTask('requester.near', makeSpec({ workers: 4 }))
      w.advance(10)
      let count = 0
      const read = w.host.read.bind(w.host)
      w.host.read = (key) => {
        count += 1
        return read(key)
      }
      w.call('cranker.near', 'crank', { task_id: task })
      return count
    })
    expect(reads[1]).to.be.lessThan(reads[0] * 2)
  })
})
