/**
 * A trainer who does no work: every state is invented from a seed and kept, so that it can be published when asked and
 * on time; the update is noise of the norm that honest updates have.
 */
import { stateHash } from '../../../chain/client/protocol.ts'
import { runNode } from '../../../scripts/cli/node.ts'
import { honest, type Strategy } from '../../../workers/node/strategy.ts'
import { componentsOf, runCodec, type State } from '../../../workers/proof/index.ts'
import { inventHash, inventNoise } from './invent.ts'
import { nonsense } from './nonsense.ts'

/** Root mean square by which an honest round of the demonstration moves a parameter. */
const DRIFT = 0.05

const strategy: Strategy = {
  ...honest,
  judge: nonsense,
  runRound: async (hash, work, { base, start, keep, onProgress, signal }) => {
    const seed = inventHash('free ride', stateHash(hash, componentsOf(hash, start)))
    const boundaries = [componentsOf(hash, start)]
    const middles: string[] = []
    let state: State = start
    await keep(0, start, boundaries[0], null)
    for (let index = 1; index <= work.segments; index++) {
      signal?.throwIfAborted()
      const reach = (DRIFT * index) / work.segments
      const drift = inventNoise(`${seed}/${index}`, base.length, reach)
      state = {
        ...start,
        parameters: base.map((value, i) => value + drift[i]),
        m: inventNoise(`${seed}/m/${index}`, start.m.length, 1e-3),
        v: inventNoise(`${seed}/v/${index}`, start.v.length, 1e-5).map(Math.abs),
        counters: start.counters,
      }
      const components = componentsOf(hash, state)
      const middle = inventHash(seed, 'middle', index)
      await keep(index, state, components, middle)
      boundaries.push(components)
      middles.push(middle)
      onProgress?.({ segment: index, segments: work.segments })
    }
    const codec = await runCodec(hash, work, base, state)
    const { final, delta, chunkRoot } = codec
    return { transcript: { boundaries, middles, final, delta, chunkRoot }, codec }
  },
}

process.exitCode = await runNode(process.argv.slice(2), strategy)
