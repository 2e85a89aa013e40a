/**
 * Named points at which a test kills this process, as a power cut would: `BLYAN_CRASH_AT=after-journal` at the first pass,
 * `BLYAN_CRASH_AT=after-journal:3` at the third. Without the variable a point costs one comparison.
 */
const [wanted, pass = '1'] = (process.env.BLYAN_CRASH_AT ?? '').split(':')
let left = Number(pass)

/** @param _names all points of a program, so that a misspelt one is no type */
export const crashPointsOf =
  <const Name extends string>(_names: readonly Name[]) =>
  (point: Name): void => {
    if (wanted !== point) return
    left -= 1
    if (left === 0) process.kill(process.pid, 'SIGKILL')
  }
