import { expect } from 'chai'
import fc from 'fast-check'
import { taskBytes } from '../../../contracts/near/market/accounts.ts'
import { shareBonus } from '../../../contracts/near/market/bonus.ts'
import { agreedPair } from '../../../contracts/near/market/judgement.ts'
import { PREFIX } from '../../../contracts/near/market/storage.ts'
import { MarketSim } from '../../fixtures/marketSim.ts'

describe('market: parts', () => {
  it('has prefixes of which none begins another', () => {
    const all = Object.values(PREFIX)
    for (const a of all) for (const b of all) if (a !== b) expect(b.startsWith(a), `${a} begins ${b}`).to.equal(false)
  })

  it('asks the requester for at least the storage that its task takes', () => {
    const actors = [0, 1, 2].map((i) => ({ account: `${i}${'t'.repeat(58)}.near`, trainer: {} }))
    const judges = [0, 1, 2, 3].map((i) => ({ account: `${i}${'v'.repeat(58)}.near` }))
    const sim = new MarketSim({
      actors: [...actors, ...judges],
      spec: { workers: 3, rounds: 2, validators: 4, samples: 3 },
    })
    const before = sim.world.host.storageUsage()
    sim.run()
    const used = sim.world.host.storageUsage() - before
    expect(Number(used)).to.be.lessThan(Number(taskBytes(sim.spec, 4, 3)))
  })

  it('shares no more than the pool, and null gains equally', () => {
    const gain = fc.option(fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }))
    fc.assert(
      fc.property(fc.array(gain, { maxLength: 32 }), fc.bigInt({ min: 0n, max: 10n ** 24n }), (gains, pool) => {
        const shares = shareBonus(gains, pool)
        expect(shares.reduce((a, b) => a + b, 0n) <= pool).to.equal(true)
        expect(shares.every((share) => share >= 0n)).to.equal(true)
        gains.forEach((each, i) => {
          if (each === null) expect(shares[i]).to.equal(pool / BigInt(gains.length))
          else if (each <= 0n) expect(shares[i]).to.equal(0n)
        })
      }),
      { seed: 11 },
    )
    expect(shareBonus([null, null], 101n)).to.deep.equal([50n, 50n])
    expect(shareBonus([30n, 10n], 100n)).to.deep.equal([75n, 25n])
  })

  it('lets two thirds of at least three answers decide, and nothing less', () => {
    const pair = (name: string) => ({ middle: `m${name}`, end: `e${name}` })
    const answers = (text: string) => [...text].map(pair)
    expect(agreedPair(answers('aa'))).to.equal(null)
    expect(agreedPair(answers('aab'))).to.deep.equal(pair('a'))
    expect(agreedPair(answers('aabb'))).to.equal(null)
    expect(agreedPair(answers('baaab'))).to.equal(null)
    expect(agreedPair(answers('baaaab'))).to.deep.equal(pair('a'))
    // Both halves must agree: the same end with another middle is another answer.
    expect(agreedPair([pair('a'), { middle: 'x', end: 'ea' }, { middle: 'y', end: 'ea' }])).to.equal(null)
  })
})
