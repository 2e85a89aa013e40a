/** Who signs when: sets of signers, numbered from 1, each in force from its own second until the next one's. */
import { type Bridge, seconds } from './context.ts'
import { ensure } from './errors.ts'
import { type EpochRecord, findEpoch } from './storage.ts'

export const MAX_SIGNERS = 32
const ZERO = '0'.repeat(40)

/** The latest set that has begun. PERF: two reads at most, because one rotation waits at a time. */
export function activeEpoch(b: Bridge): EpochRecord & { number: number } {
  const { epoch } = b.totals
  const latest = findEpoch(b.host, epoch)!
  if (latest.validFrom <= seconds(b)) return { ...latest, number: epoch }
  return { ...findEpoch(b.host, epoch - 1)!, number: epoch - 1 }
}

/** Whether the latest set has yet to begin. */
export function isRotationPending(b: Bridge): boolean {
  return findEpoch(b.host, b.totals.epoch)!.validFrom > seconds(b)
}

/** 1 ≤ k ≤ n ≤ 32, more than half, ascending, none zero. @throws BRIDGE_SIGNERS_INVALID */
export function requireSignerSet(signers: readonly string[], k: number): void {
  const n = signers.length
  ensure(
    n >= 1 && n <= MAX_SIGNERS && k <= n && 2 * k > n,
    'BRIDGE_SIGNERS_INVALID',
    () => `${k} of ${n} is no majority of at most ${MAX_SIGNERS}`,
  )
  let last = ZERO
  for (let i = 0; i < n; i++) {
    ensure(signers[i] > last, 'BRIDGE_SIGNERS_INVALID', () => `signers[${i}] is not above ${last}`)
    last = signers[i]
  }
}
