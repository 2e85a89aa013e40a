/**
 * A validator who approves everything without looking: it commits and reveals in time, reports the gain that is usual,
 * and invents the check values that only recomputation gives.
 */
import { runNode } from '../../../scripts/cli/node.ts'
import { honest, type Strategy } from '../../../workers/node/strategy.ts'
import { inventHash } from './invent.ts'
import { nonsense } from './nonsense.ts'

const USUAL_GAIN = '400000'

const strategy: Strategy = {
  ...honest,
  judge: nonsense,
  audit: async (_context, facts, leaves) => ({
    verdict: 'ok',
    middles: leaves.map((leaf) => inventHash('lazy', facts.task, facts.round, facts.account, leaf)),
  }),
  report: async (_measure, submissions) => Array.from({ length: submissions }, () => USUAL_GAIN),
}

process.exitCode = await runNode(process.argv.slice(2), strategy)
