/** What a transaction may pay for gas: first offer, replacement, cap. Source: EIP-1559; geth's txpool price bump. */

/** Wei for each unit of gas. */
export interface Fees {
  maxFeePerGas: bigint
  maxPriorityFeePerGas: bigint
}

export interface GasPrices {
  baseFeePerGas: bigint
  /** What the node suggests as tip. */
  priorityFeePerGas: bigint
}

/** A first offer that survives six full blocks' rise of the base fee (1.125⁶ ≈ 2); null while gas is dearer than the cap. */
export function firstFees({ baseFeePerGas, priorityFeePerGas }: GasPrices, capWei: bigint): Fees | null {
  if (baseFeePerGas + priorityFeePerGas > capWei) return null
  const wish = 2n * baseFeePerGas + priorityFeePerGas
  return { maxFeePerGas: wish < capWei ? wish : capWei, maxPriorityFeePerGas: priorityFeePerGas }
}

/** A better offer for the same nonce: both fees at least 12.5 % above the last, as nodes ask; null when the cap forbids it. */
export function replacementFees(last: Fees, prices: GasPrices, capWei: bigint): Fees | null {
  const maxPriorityFeePerGas = max(prices.priorityFeePerGas, raised(last.maxPriorityFeePerGas))
  const least = max(raised(last.maxFeePerGas), maxPriorityFeePerGas)
  if (least > capWei) return null
  const wish = 2n * prices.baseFeePerGas + maxPriorityFeePerGas
  return { maxFeePerGas: max(least, wish < capWei ? wish : capWei), maxPriorityFeePerGas }
}

/** Rounded up, and never the same: 12.5 % of 1 wei is a whole wei here. */
const raised = (wei: bigint): bigint => (wei * 1125n + 999n) / 1000n + (wei === 0n ? 1n : 0n)
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b)
