/**
 * Named points at which a test kills this process, as a power cut would: `BLYAN_CRASH_AT=after-journal` at the first pass,
 * `BLYAN_CRASH_AT=after-journal:3` at the third. Without the variable a point costs one comparison.
 */
export const CRASH_POINTS = ['after-observe', 'after-journal', 'after-sign', 'before-serve'] as const
export type CrashPoint = (typeof CRASH_POINTS)[number]

const [wanted, pass = '1'] = (process.env.BLYAN_CRASH_AT ?? '').split(':')
let left = Number(pass)

export function crashPoint(point: CrashPoint): void {
  if (wanted !== point) return
  left -= 1
  if (left === 0) process.kill(process.pid, 'SIGKILL')
}
