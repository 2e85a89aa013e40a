/** A sample redone as the page does it, in the runtime that daemons use, on a round that was really trained. */
import { expect } from 'chai'
import type { HandedValue, Progress, Sample } from '../../../../frontend/src/recompute/messages.ts'
import { redoSample } from '../../../../frontend/src/recompute/redo.ts'
import { uncheckedOf } from '../../../../frontend/src/recompute/words.ts'
import { rpcOf, SEGMENTS, type TrainedRounds, trainTwoRounds } from '../../../fixtures/trainedRounds.ts'

describe('a sample done again by the page', function () {
  this.timeout(60_000)
  let played: TrainedRounds
  before(async () => {
    played = await trainTwoRounds()
  })

  const redo = (
    at: Partial<Sample>,
    {
      rpc = rpcOf(played.views),
      files = played.files,
      runtime = played.runtime,
      told = [] as Progress[],
      paths = [] as string[],
    } = {},
  ) => {
    let now = 0
    return redoSample(
      { task: '7', round: 0, submission: 0, leaf: 1, ...at },
      {
        rpc,
        market: 'market.near',
        bytes: async (path) => {
          paths.push(path)
          return files.get(/content\/(\w+)/.exec(path)![1]!) ?? Promise.reject(new Error('nobody serves it'))
        },
        runtime: async () => runtime,
        tell: (progress) => void told.push(progress),
        now: () => (now += 100),
      },
    )
  }

  it('ends where the trainer said, though its steps are run one by one, and gives the same check value', async () => {
    const told: Progress[] = []
    const paths: string[] = []
    for (const leaf of [0, 1, 3]) {
      const redone = await redo({ leaf }, { told, paths })
      expect(redone.same, `sample ${leaf}`).to.equal(true)
      expect(redone.got).to.equal(redone.committed)
      expect(redone.steps).to.equal(4)
      expect(redone.checkValue).to.equal(played.transcripts[0]!.middles[leaf])
      expect(redone.handed).to.deep.include({ who: played.trainer, value: redone.checkValue! } satisfies HandedValue)
    }
    expect(told.filter(({ doing }) => doing === 'training').map(({ done }) => done)).to.deep.equal([
      ...[0, 1, 2, 3],
      ...[0, 1, 2, 3],
      ...[0, 1, 2, 3],
    ])
    // The task's own documents are asked for as such, what was published as this submission's.
    expect(paths[0]).to.match(/^\/api\/v1\/tasks\/7\/content\/b\w+$/)
    expect(paths.at(-1)).to.match(/\?round=0&submission=0$/)
  })

  it('of a later round begins with the merge, computed here from the first parameters on', async () => {
    const paths: string[] = []
    const first = await redo({ round: 1, leaf: 0 }, { paths })
    expect(first.same).to.equal(true)
    expect(paths.filter((path) => path.endsWith('?round=0&submission=0'))).to.have.length(1)
    expect((await redo({ round: 1, leaf: SEGMENTS })).same, 'the update').to.equal(true)
  })

  it('differs where the trainer committed itself to another end, start or update', async () => {
    const { views } = played
    const lying = new Map(views)
    const round = structuredClone(views.get('get_round 1')) as { trainers: { delta: string; chunk_root: string }[] }
    round.trainers[0]!.chunk_root = 'ab'.repeat(32)
    lying.set('get_round 1', round)
    const update = await redo({ round: 1, leaf: SEGMENTS }, { rpc: rpcOf(lying) })
    expect(update.same).to.equal(false)
    expect(update.got).to.not.equal(update.committed)
    // Another first round's merge, so another start than the trainer's of the second one.
    const other = new Map(views)
    other.set('get_round 0', { ...(views.get('get_round 0') as object), merge_set: [] })
    expect((await redo({ round: 1, leaf: 0 }, { rpc: rpcOf(other) })).same).to.equal(false)
    // In the middle of the round nothing of the merge is asked.
    expect((await redo({ round: 1, leaf: 2 }, { rpc: rpcOf(other) })).same).to.equal(true)
  })

  it('is not called anything where bytes, commitment, runtime or publication are not there', async () => {
    const { files, views, runtime } = played
    const why = (made: Promise<unknown>) => made.then(String, (error: unknown) => uncheckedOf(error).why)
    const bent = new Map([...files].map(([cid, bytes]) => [cid, bytes.map((byte, i) => (i === 9 ? byte ^ 1 : byte))]))
    expect(await why(redo({}, { files: bent }))).to.match(/^the gateway sent other bytes/)
    const round = structuredClone(views.get('get_round 0')) as { trainers: Record<string, unknown>[] }
    const withSeat = (change: object) =>
      rpcOf(new Map(views).set('get_round 0', { ...round, trainers: [{ ...round.trainers[0], ...change }] }))
    expect(await why(redo({}, { rpc: withSeat({ boundary_root: 'ab'.repeat(32) }) }))).to.match(/not what it committed/)
    expect(await why(redo({}, { rpc: withSeat({ manifest: null }) }))).to.match(/published no states/)
    expect(await why(redo({}, { runtime: { ...runtime, version: '0.0.1' } }))).to.match(/this machine has 0\.0\.1/)
    expect(await why(redo({}, { rpc: async () => ({ result: [], block_height: 1 }) }))).to.match(
      /RPC .* does not speak/,
    )
  })
})
