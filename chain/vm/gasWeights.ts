/** Shares out the gas that a call leaves: to the calls it made, by the weights they asked for. Source: nearcore receipt_manager.rs. */
import type { VMOutcome } from './types.ts'

/** Adds to the calls' gas in `outcome`, rounded down; the last of them takes the rest. With no weights nothing changes. */
export function distributeGas(outcome: VMOutcome, prepaidGas: bigint): void {
  const weighted = outcome.receipts
    .flatMap(({ actions }) => actions)
    .filter((action) => action.kind === 'functionCall')
    .filter(({ gasWeight }) => gasWeight > 0n)
  const unused = prepaidGas - outcome.usedGas
  const last = weighted.at(-1)
  if (last === undefined || unused <= 0n) return
  const weights = weighted.reduce((sum, { gasWeight }) => sum + gasWeight, 0n)
  let left = unused
  for (const action of weighted) {
    const share = (unused * action.gasWeight) / weights
    action.gas += share
    left -= share
  }
  last.gas += left
  outcome.usedGas += unused
}
