/** The prescribed work of a round: which steps make which segment. Pure, so worker, validator and jury agree. */

export interface Segment {
  /** First step of the round that belongs to the segment. */
  readonly start: number
  /** Step before which the middle state is taken: start < middle < end. */
  readonly middle: number
  /** First step after the segment. */
  readonly end: number
}

/**
 * Splits a round's steps into S segments of nearly equal length, each of at least two steps.
 * @throws RangeError when a segment would have fewer than two steps, since it would have no middle
 * @example segmentAt(0, 96, 48) // { start: 0, middle: 1, end: 2 }
 */
export function segmentAt(index: number, steps: number, segments: number): Segment {
  if (steps < 2 * segments) throw new RangeError(`${steps} steps are too few for ${segments} segments of two steps`)
  if (index < 0 || index >= segments) throw new RangeError(`segment ${index} of ${segments}`)
  const start = Math.floor((index * steps) / segments)
  const end = Math.floor(((index + 1) * steps) / segments)
  return { start, middle: start + Math.floor((end - start) / 2), end }
}
