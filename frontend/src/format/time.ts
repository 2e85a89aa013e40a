/** Times as people read them: relative below a day, the absolute one beside; seconds only below two minutes. */
const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Length of a span. @example spanText(83_000) // '83 s'  @example spanText(597_600_000) // '6 d 22 h' */
export function spanText(ms: number): string {
  const span = Math.max(0, ms)
  if (span < 2 * MINUTE) return `${Math.round(span / SECOND)} s`
  if (span < 2 * HOUR) return `${Math.round(span / MINUTE)} min`
  if (span < 2 * DAY) return `${Math.round(span / HOUR)} h`
  const hours = Math.round(span / HOUR)
  return hours % 24 === 0 || hours > 14 * 24
    ? `${Math.round(hours / 24)} d`
    : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** @example whenText(at, at + 5_000) // '5 s ago' ; further than a day it is the date */
export function whenText(at: number, now: number, zone?: string): string {
  const distance = now - at
  if (Math.abs(distance) >= DAY) return dateText(at, zone)
  if (Math.abs(distance) < SECOND) return 'now'
  return distance > 0 ? `${spanText(distance)} ago` : `in ${spanText(-distance)}`
}

/** With its zone named. @param zone IANA name; the reader's own unless told */
export function absoluteText(at: number, zone?: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZone: zone,
    timeZoneName: 'short',
  }).format(at)
}

/** Time of day alone, as the stale banner says it. @example clockText(at) // '14:02:10' */
export const clockText = (at: number, zone?: string): string =>
  new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone: zone }).format(at)

function dateText(at: number, zone?: string): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: zone }).format(
    at,
  )
}
