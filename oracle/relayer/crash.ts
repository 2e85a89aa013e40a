/**
 * Points at which a test may kill this process, as a power cut would: `BLYAN_CRASH_AT=after-submit` kills at the first pass,
 * `after-submit:3` at the third. Without the variable a point costs one comparison.
 */
export const CRASH_POINTS = ['before-submit', 'after-submit', 'after-inclusion', 'before-record'] as const
export type CrashPoint = (typeof CRASH_POINTS)[number]

const [wanted, nth = '1'] = (process.env.BLYAN_CRASH_AT ?? '').split(':')
let left = Number(nth)

export function crashPoint(point: CrashPoint): void {
  if (wanted !== point) return
  left -= 1
  if (left === 0) process.kill(process.pid, 'SIGKILL')
}
