/** The seam between the merge and its rules. A new rule is one file and one line in `rules.ts`. */

/**
 * Combines deltas of equal length into one. Pure, and bit for bit the same on every machine: float32, fixed order.
 * @param deltas at least one, in seat order; never changed   @returns a fresh array
 */
export type Aggregator = (deltas: readonly Float32Array[]) => Float32Array

export type RuleName = 'mean' | 'median' | 'trimmed-mean'

/** How the merged delta moves the base. */
export type OuterStep =
  /** base − η·g */
  | { readonly kind: 'plain'; readonly learningRate: number }
  /** Nesterov momentum: b ← μ·b + g, then base − η·(g + μ·b). Source: DiLoCo, arXiv:2311.08105 */
  | { readonly kind: 'nesterov'; readonly learningRate: number; readonly momentum: number }

export interface MergeOptions {
  readonly rule: RuleName
  /** Share dropped at each end by `trimmed-mean`, basis points below 5,000. */
  readonly trimBps?: number
  readonly outer: OuterStep
  /** A delta of greater L2 norm is scaled down to this one before the rule; null where none is set. */
  readonly normClip: number | null
}
