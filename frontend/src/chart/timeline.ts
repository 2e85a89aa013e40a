/** A round in time: a bar for each phase of each operator, what was spare before its deadline, deadlines as lines. */
import type { RoundDetail, TaskDetail } from '../../../chain/client/gateway/index.ts'
import { spanText } from '../format/time.ts'
import { across, type Frame } from './frame.ts'
import { type Axis, bandScale, linearScale, niceAxis, type Span } from './scale.ts'

export const TIMELINE_PHASES = ['choosing', 'training', 'handing-in', 'checking'] as const
export type TimelinePhase = (typeof TIMELINE_PHASES)[number]

export interface Bar {
  phase: TimelinePhase
  /** ms. */
  from: number
  to: number
  /** Ends now because nothing was heard yet, not because it was done. */
  open: boolean
}

export interface Timeline {
  operators: readonly { account: string; role: 'trainer' | 'validator'; bars: readonly Bar[] }[]
  deadlines: readonly { phase: TimelinePhase; at: number }[]
  from: number
  to: number
  /** The round is settled: nothing more comes. */
  over: boolean
}

/** Events by which an operator ends a phase. Source: contracts/near/market/README.md, "A round". */
const ENDS: Readonly<Record<TimelinePhase, readonly string[]>> = {
  choosing: ['seat_accepted'],
  training: ['committed'],
  'handing-in': ['revealed', 'published'],
  checking: ['verdict_revealed', 'answered'],
}
const WINDOWS: Readonly<Record<TimelinePhase, readonly string[]>> = {
  choosing: ['accept'],
  training: ['commit'],
  'handing-in': ['reveal', 'publish'],
  checking: ['verdict', 'answer'],
}

/** @param now protocol time, ms: where a bar of which nothing was heard ends */
export function toTimeline(
  round: RoundDetail,
  outcomes: TaskDetail['outcomes'],
  spec: TaskDetail['spec'],
  now: number,
): Timeline {
  const end = round.settledAt ?? now
  const own = outcomes.filter(({ at }) => at >= round.openedAt && at <= end)
  const heard = (account: string, phase: TimelinePhase): number | null => {
    const times = own.filter(({ event, who }) => who === account && ENDS[phase].includes(event)).map(({ at }) => at)
    return times.length === 0 ? null : Math.max(...times)
  }
  const starts = phaseStarts(round, own, end)
  const bars = (account: string, phases: readonly TimelinePhase[]): Bar[] =>
    phases.flatMap((phase) => {
      const from = starts.get(phase)?.from
      if (from === undefined) return []
      const done = heard(account, phase)
      const later = TIMELINE_PHASES.slice(TIMELINE_PHASES.indexOf(phase) + 1).some((next) => starts.has(next))
      if (done === null && (later || round.settledAt !== null)) return []
      return [{ phase, from, to: Math.max(from, done ?? end), open: done === null }]
    })
  const operators = [
    ...round.submissions.map(({ account }) => ({
      account,
      role: 'trainer' as const,
      bars: bars(account, ['choosing', 'training', 'handing-in']),
    })),
    ...round.validators.map((account) => ({ account, role: 'validator' as const, bars: bars(account, ['checking']) })),
  ]
  const heardOf = (phase: TimelinePhase) => own.some(({ event }) => ENDS[phase].includes(event))
  const windows = (spec.windows ?? {}) as Record<string, unknown>
  const deadlines = TIMELINE_PHASES.flatMap((phase) => {
    const start = starts.get(phase)
    const length = WINDOWS[phase].reduce((sum, name) => sum + (Number(windows[name]) || 0), 0)
    if (start === undefined) return []
    if (phase === round.shown && round.deadline !== null) return [{ phase, at: round.deadline }]
    return length === 0 || !start.known || !heardOf(phase) ? [] : [{ phase, at: start.from + length }]
  })
  const to = Math.max(
    end,
    ...operators.flatMap((each) => each.bars.map((bar) => bar.to)),
    ...deadlines.map(({ at }) => at),
  )
  return { operators, deadlines, from: round.openedAt, to, over: round.settledAt !== null }
}

interface PhaseStart {
  from: number
  /** The phase before was heard to end: only then does the phase's window tell its deadline. */
  known: boolean
}

/**
 * A phase begins when the last of the phase before it was heard, or when the contract says that it is on. Where nothing
 * tells the end of a phase that is over, the next one is drawn from the same beginning, without a deadline.
 */
function phaseStarts(round: RoundDetail, own: TaskDetail['outcomes'], end: number): Map<TimelinePhase, PhaseStart> {
  const starts = new Map<TimelinePhase, PhaseStart>([['choosing', { from: round.openedAt, known: true }]])
  for (const [i, phase] of TIMELINE_PHASES.entries()) {
    const next = TIMELINE_PHASES[i + 1]
    const from = starts.get(phase)!.from
    if (next === undefined) break
    const ended = own.filter(({ event }) => ENDS[phase].includes(event)).map(({ at }) => at)
    const later = TIMELINE_PHASES.slice(i + 1)
    const reached =
      own.some(({ event }) => later.some((each) => ENDS[each].includes(event))) ||
      (round.settledAt === null && later.some((each) => each === round.shown))
    if (round.shown === next && round.settledAt === null) {
      starts.set(next, { from: Math.min(round.phaseAt, end), known: true })
    } else if (!reached) break
    else starts.set(next, ended.length > 0 ? { from: Math.max(...ended), known: true } : { from, known: false })
  }
  return starts
}

export interface TimelinePicture {
  /** Seconds since the round began. */
  axis: Axis
  toX: (ms: number) => number
  rows: {
    account: string
    role: string
    y: number
    height: number
    bars: (Bar & { x: number; width: number })[]
    spare: { x: number; width: number; ms: number; phase: TimelinePhase }[]
  }[]
  deadlines: { phase: TimelinePhase; at: number; x: number; seconds: number }[]
}

export const ROW_HEIGHT = 24

/** Lays the timeline into the frame: one row an operator. */
export function layTimeline({ operators, deadlines, from, to }: Timeline, at: Frame): TimelinePicture {
  const axis = niceAxis([0, Math.max(1, (to - from) / 1000)], Math.max(2, Math.floor(at.width / 110)))
  const toX = linearScale([from, from + axis.domain[1] * 1000], across(at))
  const rows: Span = [at.top, at.top + operators.length * ROW_HEIGHT]
  const band = bandScale(operators.length, rows, { gap: 0.4 })
  return {
    axis,
    toX,
    deadlines: deadlines.map((line) => ({ ...line, x: toX(line.at), seconds: (line.at - from) / 1000 })),
    rows: operators.map(({ account, role, bars }, i) => {
      const { x: y, width: height } = band(i)
      const spare = bars.flatMap(({ phase, to: done, open }) => {
        const deadline = deadlines.find((line) => line.phase === phase)
        const ms = deadline === undefined ? 0 : deadline.at - done
        return open || ms <= 0 ? [] : [{ phase, ms, x: toX(done), width: toX(deadline!.at) - toX(done) }]
      })
      const drawn = bars.map((bar) => ({ ...bar, x: toX(bar.from), width: Math.max(1, toX(bar.to) - toX(bar.from)) }))
      return { account, role, y, height, bars: drawn, spare }
    }),
  }
}

/** @example timelineTitle(timeline, 1) // 'Round 2: 39 s so far, 8 s spare at the closest; no word yet from 1 operator.' */
export function timelineTitle({ operators, deadlines, from, to, over }: Timeline, round: number): string {
  const bars = operators.flatMap((operator) => operator.bars)
  if (bars.length === 0) return `Round ${round + 1}: no operator has done anything yet.`
  const spare = bars.flatMap(({ phase, to: done, open }) => {
    const deadline = deadlines.find((line) => line.phase === phase)
    return open || deadline === undefined ? [] : [deadline.at - done]
  })
  const waiting = operators.filter((operator) => operator.bars.some(({ open }) => open)).length
  const took = `Round ${round + 1}: ${spanText(Math.max(...bars.map((bar) => bar.to), from) - from)} ${over ? 'in all' : 'so far'}`
  const margin = spare.length === 0 ? '' : `, ${spanText(Math.min(...spare))} spare at the closest`
  const heard = waiting === 0 ? '' : `; no word yet from ${waiting} ${waiting === 1 ? 'operator' : 'operators'}`
  return `${to === from ? `Round ${round + 1}` : took}${margin}${heard}.`
}
