/**
 * Named points at which a test may kill this process, as a power cut would: `BLYAN_FAULT=worker.committed` and
 * `BLYAN_FAULT_AT=2` kill at the second time the point is passed. Without the variable a point costs one comparison.
 */
export const FAULT_POINTS = [
  'worker.salt-journalled',
  'worker.commit-sent',
  'worker.committed',
  'worker.verdict-committed',
  'worker.mid-training',
] as const
export type FaultPoint = (typeof FAULT_POINTS)[number]

const wanted = process.env.BLYAN_FAULT
/** Whether this process is to die there: what leads to the point may cost something then. */
export const isWanted = (point: FaultPoint): boolean => wanted === point

let left = Number(process.env.BLYAN_FAULT_AT ?? 1)

export function faultPoint(point: FaultPoint): void {
  if (wanted !== point) return
  left -= 1
  if (left === 0) process.kill(process.pid, 'SIGKILL')
}
