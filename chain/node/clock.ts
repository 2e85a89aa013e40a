/** Where a chain's time comes from: the wall in `up`, a test's own hand under test. */

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
}

export interface ManualClock extends Clock {
  advance(ms: number): void
  /** Time may only go forward: a chain's timestamps rise. */
  set(ms: number): void
}

export const wallClock: Clock = { now: () => Date.now() }

export function manualClock(startMs: number): ManualClock {
  let time = startMs
  return {
    now: () => time,
    advance: (ms) => {
      time += ms
    },
    set: (ms) => {
      time = Math.max(time, ms)
    },
  }
}
