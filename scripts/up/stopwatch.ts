/** Laps of a run, ms. */
import { performance } from 'node:perf_hooks'

export interface Stopwatch {
  lap(name: string): void
  laps(): Record<string, number>
  total(): number
}

export function stopwatch(): Stopwatch {
  const begun = performance.now()
  const laps: Record<string, number> = {}
  let last = begun
  return {
    lap: (name) => {
      laps[name] = Math.round(performance.now() - last)
      last = performance.now()
    },
    laps: () => laps,
    total: () => Math.round(performance.now() - begun),
  }
}
