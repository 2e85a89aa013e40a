import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { openRoundStore } from '../../../../workers/node/roundStore.ts'
import { freshState, rootsOf, runRound } from '../../../../workers/proof/index.ts'
import { memoryStore, SHAPE, sha256, toyWork } from '../../../fixtures/toyTraining.ts'

describe("a round's kept states", () => {
  let dir: string
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'blyan-round-'))))
  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  const start = freshState(new Float32Array(8).fill(0.5), SHAPE)
  const train = (store: ReturnType<typeof openRoundStore>, stopAfter = Infinity, resume = undefined as never) =>
    runRound(sha256, toyWork(3, memoryStore(), 6), {
      base: start.parameters,
      start,
      resume,
      keep: async (index, state, components, middle) => {
        await store.keep(index, state, components, middle)
        if (index === stopAfter) throw new Error('killed')
      },
    })

  it('let a killed trainer go on where it was, to the same transcript', async () => {
    const whole = await train(openRoundStore(join(dir, 'whole'), SHAPE))
    await train(openRoundStore(join(dir, 'cut'), SHAPE), 3).catch(() => {})
    const resumed = openRoundStore(join(dir, 'cut'), SHAPE)
    const kept = await resumed.resume()
    expect(kept?.middles).to.have.length(3)
    const again = await train(resumed, Infinity, kept as never)
    expect(rootsOf(sha256, again.transcript)).to.deep.equal(rootsOf(sha256, whole.transcript))
  })

  it('forget a last line that was written half', async () => {
    const store = openRoundStore(dir, SHAPE)
    await train(store, 2).catch(() => {})
    appendFileSync(join(dir, 'transcript.jsonl'), '{"index":3,"compon')
    expect((await store.resume())?.boundaries).to.have.length(3)
  })

  it('give back each state and both residuals bit for bit, and keep only the last after trimming', async () => {
    const store = openRoundStore(dir, SHAPE)
    await train(store)
    store.keepResidual('final', new Float32Array([1, -0, 3, 4, 5, 6, 7, 1e-40]))
    expect([...store.residual('final')]).to.deep.equal([1, -0, 3, 4, 5, 6, 7, Math.fround(1e-40)])
    const last = await store.stateAt(6)
    store.trim()
    expect(await store.stateAt(6)).to.deep.equal(last)
    expect(await store.stateAt(2).catch((error) => error.code)).to.equal('ENOENT')
  })
})
