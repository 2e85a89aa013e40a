/**
 * A trainer who does most of its work: a share FAKE_SHARE of its segments, picked by a seed, it jumps over by inventing
 * the states that training would have given. All else, the delta among it, follows honestly from there.
 */
import { stateHash } from '../../../chain/client/protocol.ts'
import { runNode } from '../../../scripts/cli/node.ts'
import { honest, type Strategy } from '../../../workers/node/strategy.ts'
import { componentsOf, type RunSteps, segmentAt } from '../../../workers/proof/index.ts'
import { inventChoice, inventHash, inventNoise } from './invent.ts'

const share = Number(process.env.FAKE_SHARE ?? '0.2')
/** Root mean square by which a step of the demonstration moves a parameter, about. */
const DRIFT = 1e-3

const strategy: Strategy = {
  ...honest,
  runRound: async (hash, work, options) => {
    const seed = inventHash('partial fake', stateHash(hash, componentsOf(hash, options.start)))
    const faked = inventChoice(seed, work.segments, Math.round(share * work.segments))
    // For whoever runs the experiment; the network never sees this program's output.
    process.stdout.write(`${JSON.stringify({ type: 'faked', at: Date.now(), leaves: faked })}\n`)
    const run: RunSteps = async (state, from, count) => {
      const leaf = leafOf(from, work.steps, work.segments)
      if (!faked.includes(leaf)) return work.run(state, from, count)
      const drift = inventNoise(`${seed}/${from}`, state.parameters.length, DRIFT)
      return { ...state, parameters: state.parameters.map((value, i) => value + drift[i]) }
    }
    return honest.runRound(hash, { ...work, run }, options)
  },
}

function leafOf(step: number, steps: number, segments: number): number {
  for (let leaf = 0; leaf < segments; leaf++) if (step < segmentAt(leaf, steps, segments).end) return leaf
  throw new RangeError(`step ${step} of ${steps}`)
}

process.exitCode = await runNode(process.argv.slice(2), strategy)
