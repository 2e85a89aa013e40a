/** How long to wait before the next round: longer after each failure, never in step with others. */

const LONGEST_MS = 300_000
/** Of the wait, so that feeders started together do not stay together: up to an eighth more. */
const JITTER_SHARE = 8

/**
 * @param failures rounds in a row that reported nothing   @param random so many random bytes
 * @example waitMs(30_000, 2, zeros) // 120_000
 */
export function waitMs(intervalMs: number, failures: number, random: (bytes: number) => Uint8Array): number {
  const base = Math.min(intervalMs * 2 ** Math.min(failures, 16), Math.max(intervalMs, LONGEST_MS))
  const [high = 0, low = 0] = random(2)
  return base + Math.floor((base / JITTER_SHARE) * ((high * 256 + low) / 65_536))
}
