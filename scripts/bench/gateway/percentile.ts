/** Percentiles and the figures of a benchmark's result. */

/** Nearest rank. @param share 0 to 100 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)] ?? Number.NaN
}

/** Median, least and largest of several measurements. */
export function resultOf(values: readonly number[]): { median: number; min: number; max: number; n: number } {
  return { median: percentile(values, 50), min: Math.min(...values), max: Math.max(...values), n: values.length }
}

/** A figure that one run gives once, from `n` samples. */
export const single = (value: number, n: number) => ({ median: value, min: value, max: value, n })
