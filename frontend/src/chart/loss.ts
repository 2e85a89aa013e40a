/** Test loss by round: what is drawn, and where. One point a round as it was computed, nothing smoothed. */
import type { TaskDetail } from '../../../chain/client/gateway/index.ts'
import { lossText } from '../format/hash.ts'
import { across, type Frame, upward } from './frame.ts'
import { linePath, type Point } from './path.ts'
import { type Axis, linearScale, niceAxis } from './scale.ts'

/** One byte guessed blindly. */
export const BLIND_GUESS = 8

export interface LossSeries {
  /** Bits per byte of the model with which the round began; the last one is what the task made. */
  points: readonly { round: number; bitsPerByte: number }[]
  /** Updates that were not merged. Null where nobody measured what they did. */
  refused: readonly { round: number; account: string; bitsPerByte: number | null; why: string }[]
  /** Simple models of the same text, to be beaten. */
  references: readonly { name: string; bitsPerByte: number }[]
  rounds: number
}

/** What a task's page knows about its loss. */
export function toLossSeries({ loss, roundDetails, rounds }: TaskDetail): LossSeries {
  const at = new Map(loss.points.map(({ round, bitsPerByte }) => [round, bitsPerByte]))
  const refused = roundDetails.flatMap(({ index, submissions }) =>
    submissions
      // Who handed nothing in has no update that could have been refused.
      .filter(
        ({ outcome, fault, delta }) => delta !== null && outcome !== null && (outcome !== 'accepted' || fault !== null),
      )
      .map(({ account, gainMicrobits, outcome, fault }) => {
        const base = at.get(index)
        const gain = gainMicrobits === null ? null : Number(gainMicrobits) / 1e6
        return {
          round: index,
          account,
          bitsPerByte: base === undefined || gain === null ? null : base - gain,
          why: fault ?? String(outcome),
        }
      }),
  )
  const references = (['bigram', 'trigram'] as const).flatMap((name) =>
    loss[name] === null ? [] : [{ name, bitsPerByte: loss[name] }],
  )
  return { points: loss.points, refused, references, rounds }
}

/** From the plot down to the row of what nobody measured. */
export const UNMEASURED_ROW = 36

export interface LossPicture {
  y: Axis
  toX: (round: number) => number
  toY: (bitsPerByte: number) => number
  line: string
  points: (Point & { round: number; bitsPerByte: number })[]
  /** At the round that it would have made; `y` is a row under the plot where nothing was measured. */
  refused: (Point & LossSeries['refused'][number])[]
  references: { name: string; bitsPerByte: number; y: number; labelY: number }[]
}

/** Lays the series into the frame. */
export function layLoss(series: LossSeries, at: Frame): LossPicture {
  const measured = [
    ...series.points.map(({ bitsPerByte }) => bitsPerByte),
    ...series.refused.flatMap(({ bitsPerByte }) => bitsPerByte ?? []),
    ...series.references.map(({ bitsPerByte }) => bitsPerByte),
  ].filter(Number.isFinite)
  const [low, high] = [Math.min(...measured), Math.max(...measured)]
  const y = niceAxis(measured.length === 0 ? [0, BLIND_GUESS] : low === high ? [low - 0.5, high + 0.5] : [low, high])
  const last = Math.max(
    1,
    series.rounds,
    ...series.points.map(({ round }) => round),
    ...series.refused.map(({ round }) => round + 1),
  )
  const toX = linearScale([0, last], across(at))
  const toY = linearScale(y.domain, upward(at))
  const points = series.points
    .toSorted((a, b) => a.round - b.round)
    .map((point) => ({ ...point, x: toX(point.round), y: toY(point.bitsPerByte) }))
  const gaps = points.flatMap((point, i) => (i > 0 && point.round > points[i - 1]!.round + 1 ? [null, point] : [point]))
  const references = apart(series.references.map((each) => ({ ...each, y: toY(each.bitsPerByte), labelY: 0 })))
  const unmeasured = at.height - at.bottom + UNMEASURED_ROW
  const refused = series.refused.map((each) => ({
    ...each,
    x: toX(each.round + 1),
    y: each.bitsPerByte === null ? unmeasured : toY(each.bitsPerByte),
  }))
  return { y, toX, toY, line: linePath(gaps), points, refused, references }
}

/** Moves labels of lines that lie close together at least one line of text apart. */
function apart(lines: LossPicture['references']): LossPicture['references'] {
  let free = Number.NEGATIVE_INFINITY
  return lines
    .toSorted((a, b) => a.y - b.y)
    .map((line) => {
      const labelY = Math.max(line.y - 4, free)
      free = labelY + 16
      return { ...line, labelY }
    })
}

/** @example lossTitle(series) // 'Test loss fell from 8.00 to 3.30 bits/byte in 2 of 4 rounds; bigram (3.61) is beaten.' */
export function lossTitle({ points, references, rounds }: LossSeries): string {
  const sorted = points.toSorted((a, b) => a.round - b.round)
  const [first, last] = [sorted[0], sorted.at(-1)]
  if (first === undefined || last === undefined) return 'No test loss yet: it is known when a round’s test text opens.'
  if (sorted.length === 1)
    return `Test loss is ${lossText(first.bitsPerByte)} bits/byte before round ${first.round + 1}.`
  const way = last.bitsPerByte < first.bitsPerByte ? 'fell' : last.bitsPerByte > first.bitsPerByte ? 'rose' : 'stayed'
  const beaten = references.filter(({ bitsPerByte }) => last.bitsPerByte < bitsPerByte)
  const best = beaten.toSorted((a, b) => a.bitsPerByte - b.bitsPerByte)[0]
  const next = references.find(({ bitsPerByte }) => last.bitsPerByte >= bitsPerByte)
  const compared =
    best !== undefined
      ? `; ${best.name} (${lossText(best.bitsPerByte)}) is beaten`
      : next !== undefined
        ? `; ${next.name} (${lossText(next.bitsPerByte)}) is to beat`
        : ''
  return `Test loss ${way} from ${lossText(first.bitsPerByte)} to ${lossText(last.bitsPerByte)} bits/byte in ${last.round} of ${rounds} rounds${compared}.`
}
