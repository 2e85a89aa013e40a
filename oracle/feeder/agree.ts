/** Whether sources say the same. */

export interface Quote {
  readonly name: string
  /** In steps of 10^-24. */
  readonly price: bigint
}

export interface Agreement {
  readonly price: bigint
  /** Names of those that agree. */
  readonly names: readonly string[]
}

const BPS = 10_000n

/**
 * The lower middle price of the largest group whose dearest is at most `spreadBps` above its cheapest. The group must have
 * two members at least, and more than half of all that answered: of two equal camps neither is believed.
 * @returns null without such a group
 */
export function agree(quotes: readonly Quote[], spreadBps: number): Agreement | null {
  const sorted = quotes.toSorted((a, b) => (a.price < b.price ? -1 : a.price > b.price ? 1 : 0))
  let best: readonly Quote[] = []
  for (const [i, { price }] of sorted.entries()) {
    const most = price + (price * BigInt(spreadBps)) / BPS
    const group = sorted.slice(i).filter((each) => each.price <= most)
    if (group.length > best.length) best = group
  }
  if (best.length < 2 || best.length * 2 <= quotes.length) return null
  return { price: best[(best.length - 1) >> 1]!.price, names: best.map(({ name }) => name) }
}

/** How far apart the cheapest and the dearest are, ten-thousandths of the cheapest, rounded up; null of fewer than two. */
export function spreadOf(prices: readonly bigint[]): number | null {
  if (prices.length < 2) return null
  const [low, high] = [prices.reduce((a, b) => (b < a ? b : a)), prices.reduce((a, b) => (b > a ? b : a))]
  return Number(((high - low) * BPS + low - 1n) / low)
}
