/** The price of certainty: what a task costs at each of the five stops, on an axis from zero. */
import { bly } from './earnings.ts'
import { across, type Frame, upward } from './frame.ts'
import { type Axis, bandScale, linearScale, niceAxis } from './scale.ts'

export const CERTAINTY_STOPS = [50, 80, 90, 95, 99] as const

export interface CertaintyStop {
  /** Per cent. */
  certainty: (typeof CERTAINTY_STOPS)[number]
  /** What is signed for, attoBLY. */
  bountyAtto: bigint
  /** Shares of 1. */
  caughtTenth: number
  caughtAll: number
  operatorsNow: number
  operatorsNeeded: number
}

export interface CertaintyPicture {
  y: Axis
  toY: (bly: number) => number
  stops: (CertaintyStop & { x: number; y: number; enough: boolean })[]
}

export function layCertainty(stops: readonly CertaintyStop[], at: Frame): CertaintyPicture {
  const y = niceAxis([0, Math.max(1, ...stops.map(({ bountyAtto }) => bly(bountyAtto)))])
  const toY = linearScale(y.domain, upward(at))
  const band = bandScale(stops.length, across(at))
  return {
    y,
    toY,
    stops: stops.map((stop, i) => ({
      ...stop,
      x: band(i).middle,
      y: toY(bly(stop.bountyAtto)),
      enough: stop.operatorsNow >= stop.operatorsNeeded,
    })),
  }
}
