/** Scales and ticks of the charts, as pure functions. Ticks: Heckbert, "Nice numbers for graph labels", Graphics Gems 1990. */

export type Span = readonly [from: number, to: number]

/** A straight map of a domain onto pixels; an empty domain lies in the middle of the range. */
export function linearScale([from, to]: Span, [start, end]: Span): (value: number) => number {
  const size = to - from
  if (size === 0) return () => (start + end) / 2
  return (value) => start + ((value - from) / size) * (end - start)
}

export interface Band {
  /** Left edge and width in pixels, and the middle. */
  x: number
  width: number
  middle: number
}

/** Equal bands side by side, each inset by a share of its step and no wider than `widest` pixels. */
export function bandScale(
  count: number,
  [start, end]: Span,
  { gap = 0.3, widest = Number.POSITIVE_INFINITY }: { gap?: number; widest?: number } = {},
): (index: number) => Band {
  const step = (end - start) / Math.max(1, count)
  const width = Math.min(widest, step * (1 - gap))
  return (index) => ({ x: start + index * step + (step - width) / 2, width, middle: start + (index + 0.5) * step })
}

/** Distance between ticks: 1, 2 or 5 times a power of ten, so that about `target` of them fill the span. */
export function tickStep(size: number, target: number): number {
  if (!(size > 0)) return 1
  const rough = size / Math.max(1, target)
  const power = 10 ** Math.floor(Math.log10(rough))
  const lead = rough / power
  return (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10) * power
}

export interface Axis {
  ticks: number[]
  /** From the first tick to the last: covers all that was given. */
  domain: Span
  /** Decimals that tell two ticks apart. */
  digits: number
}

/** Round numbers that cover what is given; zero is among them where it lies between. */
export function niceAxis([low, high]: Span, target = 4): Axis {
  if (!(Number.isFinite(low) && Number.isFinite(high))) return niceAxis([0, 1], target)
  const [from, to] = low < high ? [low, high] : [Math.min(low, 0), Math.max(low, 0) || (low === 0 ? 1 : 0)]
  const step = tickStep(to - from, target)
  const digits = Math.min(12, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)))
  const [first, last] = [Math.floor(from / step + 1e-9), Math.ceil(to / step - 1e-9)]
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toFixed(digits)) + 0)
  return { ticks, domain: [ticks[0]!, ticks.at(-1)!], digits }
}

/** A tick's text with a true minus. @example tickText(-2.5, 1) // '−2.5' */
export const tickText = (value: number, digits: number): string => value.toFixed(digits).replace('-', '−')

/** Every how manieth of so many is labelled: 1, 2, 5, 10 …, so that each label has `room` pixels. */
export function labelEvery(count: number, width: number, room: number): number {
  const least = Math.max(1, (count * room) / Math.max(1, width))
  const power = 10 ** Math.floor(Math.log10(least))
  return [1, 2, 5, 10].map((lead) => lead * power).find((every) => every >= least - 1e-9)!
}
