/** Draws as dots over time: each one paid, unpaid, passed over or still open, with its reason; never a bare rate. */
import type { NodeStatus } from '../../../chain/client/gateway/index.ts'
import { across, type Frame } from './frame.ts'
import { linearScale } from './scale.ts'

export const DRAW_RESULTS = ['paid', 'unpaid', 'passed', 'open'] as const
export type DrawResult = (typeof DRAW_RESULTS)[number]

export interface DrawDot {
  at: number
  task: string
  round: number
  role: string
  result: DrawResult
  why: string
}

/** Dots of which a picture is still readable; a table holds all. */
export const DOTS_SHOWN = 400
/** Pixels from one dot to the next. */
export const DOT_STEP = 14
/** Dots that lie on each other before the rest is only counted. */
const MOST_IN_A_COLUMN = 8

/** Oldest first. */
export const toDrawDots = (draws: NodeStatus['draws']): DrawDot[] => draws.toSorted((a, b) => a.at - b.at)

/** How many of each result. */
export const countDraws = (dots: readonly DrawDot[]): Record<DrawResult, number> => {
  const count = (result: DrawResult) => dots.filter((dot) => dot.result === result).length
  return { paid: count('paid'), unpaid: count('unpaid'), passed: count('passed'), open: count('open') }
}

/** Reasons for which draws went by, most frequent first. */
export function passedReasons(dots: readonly DrawDot[]): { why: string; count: number }[] {
  const groups = Map.groupBy(
    dots.filter(({ result }) => result === 'passed'),
    ({ why }) => why,
  )
  return [...groups].map(([why, of]) => ({ why, count: of.length })).sort((a, b) => b.count - a.count)
}

export interface DrawsPicture {
  dots: (DrawDot & { x: number; y: number })[]
  /** Columns with more dots than fit: how many are not drawn. */
  more: { x: number; y: number; count: number }[]
  height: number
  leftOut: number
  /** Where the axis is labelled, ms. */
  from: number
  to: number
}

/** Dots fall into columns by time and stack upwards, so that none hides another. */
export function layDraws(all: readonly DrawDot[], at: Omit<Frame, 'height'>): DrawsPicture {
  const shown = all.slice(-DOTS_SHOWN)
  const from = shown[0]?.at ?? 0
  const to = shown.at(-1)?.at ?? 0
  const [left, right] = across({ ...at, height: 0 })
  const columns = Math.max(1, Math.floor((right - left) / DOT_STEP))
  const toColumn = linearScale([from, to], [0, columns - 1])
  const stacks = new Map<number, DrawDot[]>()
  for (const dot of shown) {
    const column = Math.round(toColumn(dot.at))
    stacks.set(column, [...(stacks.get(column) ?? []), dot])
  }
  const tallest = Math.max(1, ...[...stacks.values()].map((stack) => Math.min(stack.length, MOST_IN_A_COLUMN)))
  const height = at.top + tallest * DOT_STEP + at.bottom
  const x = (column: number) => left + (column + 0.5) * DOT_STEP
  const y = (place: number) => height - at.bottom - (place + 0.5) * DOT_STEP
  const dots = [...stacks].flatMap(([column, stack]) => {
    // The newest are the ones that are drawn.
    const drawn = stack.length > MOST_IN_A_COLUMN ? stack.slice(1 - MOST_IN_A_COLUMN) : stack
    return drawn.map((dot, place) => ({ ...dot, x: x(column), y: y(place) }))
  })
  const more = [...stacks]
    .filter(([, stack]) => stack.length > MOST_IN_A_COLUMN)
    .map(([column, stack]) => ({
      x: x(column),
      y: y(MOST_IN_A_COLUMN - 1),
      count: stack.length - MOST_IN_A_COLUMN + 1,
    }))
  return { dots: dots.sort((a, b) => a.at - b.at), more, height, leftOut: all.length - shown.length, from, to }
}

/** @example drawsTitle(dots) // '12 draws: 8 paid, 1 unpaid, 3 passed over, none open.' */
export function drawsTitle(dots: readonly DrawDot[]): string {
  if (dots.length === 0) return 'No draw yet since this machine staked.'
  const { paid, unpaid, passed, open } = countDraws(dots)
  const draws = dots.length === 1 ? '1 draw' : `${dots.length} draws`
  return `${draws}: ${paid} paid, ${unpaid} unpaid, ${passed} passed over, ${open === 0 ? 'none' : open} open.`
}
