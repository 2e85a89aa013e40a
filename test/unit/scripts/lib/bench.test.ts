/** What a benchmark reports. */
import { expect } from 'chai'
import { benchReport, measure, stats } from '../../../../scripts/lib/bench.ts'

describe('benchmarks', () => {
  it('run ours and the peer in turn and leave the warm-up out', async () => {
    const order: string[] = []
    const ours = () => order.push('A')
    const peer = { name: 'other', version: '1.0', run: () => order.push('B') }
    const result = await measure({ id: 'x.y', unit: 'ms', better: 'lower', n: 3, warmup: 1, ours, peer })
    expect(order.join('')).to.equal('ABABABAB')
    expect(result).to.deep.include({
      median: 5,
      min: 3,
      max: 7,
      n: 3,
      peer: { name: 'other', version: '1.0', median: 6, min: 4, max: 8, n: 3 },
    })
  })

  it('give a ratio above 1 exactly when ours is better', async () => {
    const ratio = async (better: 'higher' | 'lower') =>
      (
        await measure({
          id: 'x',
          unit: 'u',
          better,
          n: 1,
          ours: () => 10,
          peer: { name: 'p', version: '1', run: () => 5 },
        })
      ).ratio
    expect(await ratio('higher')).to.equal(2)
    expect(await ratio('lower')).to.equal(0.5)
  })

  it('take the middle of an even number of samples, and refuse none', () => {
    expect(stats([4, 1, 3, 2])).to.deep.equal({ median: 2.5, min: 1, max: 4, n: 4 })
    expect(() => stats([])).to.throw(RangeError)
  })

  it('say on what machine and commit they ran', () => {
    const report = benchReport('chain', 7, [])
    expect(report).to.include({ schema: 'blyan.bench/1', name: 'chain', seed: 7 })
    expect(report.machine.cores).to.be.greaterThan(0)
    expect(report.machine.node).to.equal(process.version)
    if (report.commit !== null) expect(report.commit).to.match(/^[0-9a-f]{40}$/)
  })
})
