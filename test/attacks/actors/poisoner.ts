/**
 * A trainer who does the work and then hands in another update: the sign flipped and scaled, well-formed, finite and of
 * a norm that passes any bound an honest update passes. It wants the model worse and the pay all the same.
 */
import { runNode } from '../../../scripts/cli/node.ts'
import { honest, type Strategy } from '../../../workers/node/strategy.ts'
import { nonsense } from './nonsense.ts'

const FLIP = -1.25

const strategy: Strategy = {
  ...honest,
  encode: (encode) => (update, residual) =>
    encode(
      update.map((value) => value * FLIP),
      residual,
    ),
  judge: nonsense,
}

process.exitCode = await runNode(process.argv.slice(2), strategy)
