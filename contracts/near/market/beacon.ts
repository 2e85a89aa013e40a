/**
 * One random value per tick serves all draws. A draw for T uses the first beacon whose tick began after T, so neither
 * who cranks nor when changes it.
 */
import { toHex } from '../lib/pure/index.ts'
import type { Market } from './context.ts'
import { keys, PREFIX } from './storage.ts'
import type { Beacon } from './types.ts'

/** Records this tick's beacon, once. Returns whether it did. */
export function tick(m: Market): boolean {
  const { tick_ms } = m.config
  const height = Number(m.host.blockHeight())
  const number = tick_ms === 0 ? height : Math.floor(m.now / tick_ms)
  const { totals } = m
  if (totals.beacons > 0 && totals.last_tick >= number) return false
  const beacon: Beacon = {
    tick: number,
    at: tick_ms === 0 ? m.now : number * tick_ms,
    value: toHex(m.host.randomSeed()),
  }
  m.store.put(keys.beacon(totals.beacons), beacon)
  totals.beacons += 1
  totals.last_tick = number
  m.store.put(PREFIX.totals, totals)
  m.emit('beacon', beacon)
  return true
}

/** The first beacon after T, recording this tick's when that is the one; null while there is none. */
export function beaconAfter(m: Market, at: number): string | null {
  const known = findBeacon(m, at)
  if (known !== null) return known.value
  tick(m)
  return findBeacon(m, at)?.value ?? null
}

/** The first recorded beacon after T. PERF: two reads when it is the newest, else log2 of those recorded since T. */
export function findBeacon(m: Market, at: number): Beacon | null {
  return firstBeacon(m, (beacon) => beacon.at > at)
}

/** The beacon of a tick; null when nobody recorded it. */
export function beaconOfTick(m: Market, number: number): Beacon | null {
  const beacon = firstBeacon(m, (each) => each.tick >= number)
  return beacon !== null && beacon.tick === number ? beacon : null
}

function firstBeacon(m: Market, reached: (beacon: Beacon) => boolean): Beacon | null {
  let high = m.totals.beacons - 1
  if (high < 0 || !reached(getBeacon(m, high))) return null
  let low = -1
  for (let step = 1; high - step >= 0; step *= 2) {
    if (!reached(getBeacon(m, high - step))) {
      low = high - step
      break
    }
    high -= step
  }
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (reached(getBeacon(m, middle))) high = middle
    else low = middle
  }
  return getBeacon(m, high)
}

function getBeacon(m: Market, n: number): Beacon {
  return m.store.get<Beacon>(keys.beacon(n))!
}
