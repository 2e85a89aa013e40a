/** The price of certainty: what a task costs at each of the five stops, on an axis from zero. */
import { amountText } from '../format/amount.ts'
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

/** @example certaintyTitle(stops, 90) // 'Certainty 90 % costs at most 180.00 BLY, 29.00 more than 50 %.' */
export function certaintyTitle(stops: readonly CertaintyStop[], selected: number): string {
  const [least, stop] = [stops[0], stops.find(({ certainty }) => certainty === selected)]
  if (least === undefined || stop === undefined) return 'What certainty costs is not known yet.'
  const costs = `Certainty ${stop.certainty} % costs at most ${amountText(stop.bountyAtto, { direction: 'cost' }).shown} BLY`
  const more = stop.bountyAtto - least.bountyAtto
  return more === 0n
    ? `${costs}.`
    : `${costs}, ${amountText(more, { direction: 'cost' }).shown} more than ${least.certainty} %.`
}
