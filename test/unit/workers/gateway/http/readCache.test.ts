/** What is kept of answers, for how long, and what goes first. */
import { expect } from 'chai'
import { createReadCache, type MadeAnswer } from '../../../../../workers/gateway/http/readCache.ts'

describe('the cache of reads', () => {
  let [time, version, stale, made] = [0, 1, false, 0]
  const cacheOf = (maxBytes?: number) =>
    createReadCache({ maxBytes, version: () => `${version}`, state: () => `${stale}`, now: () => time })
  const answer =
    (size = 10, settled = false) =>
    async (): Promise<MadeAnswer> => {
      made++
      return { body: Buffer.alloc(size, made), contentType: 'text/plain', fileName: null, settled }
    }
  beforeEach(() => {
    ;[time, version, stale, made] = [0, 1, false, 0]
  })

  it('makes an answer anew after each block, and after a second without one', async () => {
    const cache = cacheOf()
    await cache.get('a', 'exact', answer())
    await cache.get('a', 'exact', answer())
    expect(made).to.equal(1)
    version++
    await cache.get('a', 'exact', answer())
    expect(made).to.equal(2)
    time = 1_000
    await cache.get('a', 'exact', answer())
    expect(made).to.equal(3)
  })

  it('keeps what no block changes across blocks, for half a minute, but never as fresh while the chain is away', async () => {
    const cache = cacheOf()
    await cache.get('a', 'exact', answer(10, true))
    version += 5
    time = 29_000
    await cache.get('a', 'exact', answer(10, true))
    expect(made).to.equal(1)
    stale = true
    await cache.get('a', 'exact', answer(10, true))
    expect(made).to.equal(2)
    stale = false
    time = 30_000
    await cache.get('a', 'exact', answer(10, true))
    expect(made).to.equal(3)
  })

  it('gives the overview of the block before while the next is made, for a second at most; others wait for theirs', async () => {
    const cache = cacheOf()
    const first = await cache.get('a', 'overview', answer())
    version++
    expect(await cache.get('a', 'overview', answer())).to.equal(first)
    expect(made).to.equal(2)
    const second = await cache.get('a', 'overview', answer())
    expect(second.body).not.to.deep.equal(first.body)
    version++
    time = 1_000
    expect((await cache.get('a', 'overview', answer())).body).not.to.deep.equal(second.body)
    const exact = await cache.get('b', 'exact', answer())
    version++
    expect(await cache.get('b', 'exact', answer())).not.to.equal(exact)
  })

  it('makes one answer for all who ask at once, and none of them waits for a failed one again', async () => {
    const cache = cacheOf()
    const failing = async (): Promise<MadeAnswer> => {
      made++
      throw new Error('away')
    }
    const asked = await Promise.allSettled([1, 2, 3].map(() => cache.get('a', 'exact', failing)))
    expect(asked.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected', 'rejected'])
    expect(made).to.equal(1)
    await cache.get('a', 'exact', answer())
    expect(made).to.equal(2)
  })

  it('stays within its bytes: what was asked longest ago goes first, and one large answer pushes nothing out', async () => {
    const cache = cacheOf(16 * 1_300)
    for (let i = 0; i < 16; i++) await cache.get(`k${i}`, 'exact', answer(1_000))
    await cache.get('k0', 'exact', answer(1_000))
    for (let i = 16; i < 20; i++) await cache.get(`k${i}`, 'exact', answer(1_000))
    expect(cache.stats.bytes).to.be.at.most(16 * 1_300)
    const before = made
    await cache.get('k0', 'exact', answer(1_000))
    expect(made).to.equal(before)
    await cache.get('k1', 'exact', answer(1_000))
    expect(made).to.equal(before + 1)
    await cache.get('large', 'exact', answer(5_000))
    await cache.get('large', 'exact', answer(5_000))
    expect(made).to.equal(before + 3)
  })
})
