/**
 * A gateway in league with a free-rider wants a sceptic to see "the same" where work was invented: it shows another, honest
 * submission instead. What stands against it: commitments are read over the reader's own RPC, and bytes have addresses.
 */
import { expect } from 'chai'
import type { Rpc } from '../../chain/client/near/rpc.ts'
import { redoSample } from '../../frontend/src/recompute/redo.ts'
import { uncheckedOf } from '../../frontend/src/recompute/words.ts'
import { rpcOf, type TrainedRounds, trainTwoRounds } from '../fixtures/trainedRounds.ts'

const SAMPLE = 1

describe('a gateway that hides invented work from whoever does a sample again', function () {
  this.timeout(60_000)
  let honest: TrainedRounds
  let invented: TrainedRounds
  before(async () => {
    honest = await trainTwoRounds()
    // The end of sample 1 was made up; the same number starts sample 2.
    invented = await trainTwoRounds((transcript) => ({
      ...transcript,
      boundaries: transcript.boundaries.map((components, i) =>
        i === SAMPLE + 1 ? { ...components, parameters: 'cd'.repeat(32) } : components,
      ),
    }))
  })

  /** @param files what the gateway sends, by the address asked for */
  const redo = (rpc: Rpc, files: (cid: string) => Uint8Array | undefined) =>
    redoSample(
      { task: '7', round: 0, submission: 0, leaf: SAMPLE },
      {
        rpc,
        market: 'market.near',
        bytes: async (path) => files(/content\/(\w+)/.exec(path)![1]!)!,
        runtime: async () => honest.runtime,
        tell: () => {},
        now: () => 0,
      },
    )
  const manifestOf = ({ views }: TrainedRounds): string =>
    (views.get('get_round 0') as { trainers: { manifest: string }[] }).trainers[0]!.manifest

  it('succeeds where the chain is read through its own door, as the page warns there', async () => {
    const redone = await redo(rpcOf(honest.views), (cid) => honest.files.get(cid))
    expect(redone.same).to.equal(true)
  })

  it('fails where the reader asks another RPC: the work differs, or bytes are refused and nothing is said', async () => {
    const own = rpcOf(invented.views)
    const redone = await redo(own, (cid) => invented.files.get(cid))
    expect(redone.same).to.equal(false)
    expect(redone.committed).to.not.equal(redone.got)

    const swapped = redo(own, (cid) =>
      cid === manifestOf(invented) ? honest.files.get(manifestOf(honest)) : honest.files.get(cid),
    )
    const why = await swapped.then(String, (error: unknown) => uncheckedOf(error).why)
    expect(why).to.match(/^the gateway sent other bytes/)
  })
})
