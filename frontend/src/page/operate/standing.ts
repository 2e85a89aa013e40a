/** Where an operator stands: one sentence, what can be collected now, what waits until when, what leaves. Pure. */
import type { NodeStatus } from '../../../../chain/client/gateway/index.ts'
import { amountText } from '../../format/amount.ts'
import { absoluteText, spanText } from '../../format/time.ts'

export interface Leaving {
  amountAtto: bigint
  at: number
  /** In hand by collecting. */
  ripe: boolean
}

export interface Standing {
  sentence: string
  /** What to do next, or that there is nothing. */
  next: string
  tone: 'ok' | 'wait' | 'bad' | 'plain'
  word: string
  leaving: Leaving[]
  collect: Collect
}

export interface Collect {
  /** attoBLY that pressing it now brings: what is payable, and removed stake whose waiting time is over. */
  amountAtto: bigint
  ripeAtto: bigint
  /** What pressing it now forfeits, and what stays where it is, each a sentence. */
  says: string[]
  /** Why there is nothing to press; null when there is. */
  refusal: string | null
}

const bly = (amount: bigint): string => `${amountText(amount).shown} BLY`

/** @param now protocol time, ms */
export function standingOf(status: NodeStatus, now: number): Standing {
  const leaving = status.unbonding
    .map(({ amountAtto, at }) => ({ amountAtto: BigInt(amountAtto), at, ripe: at <= now }))
    .sort((a, b) => a.at - b.at)
  const seats = status.seats === 1 ? '1 seat' : `${status.seats} seats`
  const free = bly(BigInt(status.freeAtto))
  const about: Record<NodeStatus['state'], Omit<Standing, 'leaving' | 'collect'>> = {
    working: {
      sentence: `${status.account} is at work, with ${seats}.`,
      next: 'Nothing to do: hand-ins and verdicts go out by themselves.',
      tone: 'ok',
      word: 'Working',
    },
    idle: {
      sentence: `${status.account} waits to be drawn, with ${seats} and ${free} free.`,
      next: 'Nothing to do: a task that fits draws among all seats.',
      tone: 'wait',
      word: 'Waiting',
    },
    parked: {
      sentence: `${status.account} is not drawn: an earlier draw went unanswered.`,
      next: 'Start its node again: it reports back by itself, and is drawn from then on.',
      tone: 'bad',
      word: 'Not drawn',
    },
    left: {
      sentence:
        leaving.length === 0
          ? `${status.account} has left: no stake, no seats.`
          : `${status.account} is leaving: ${bly(leaving.reduce((sum, { amountAtto }) => sum + amountAtto, 0n))} on the way out.`,
      next:
        leaving.length === 0
          ? 'To work again, stake again: a seat needs 100 BLY.'
          : 'To work again, keep staked what is leaving: a seat needs 100 BLY.',
      tone: 'plain',
      word: leaving.length === 0 ? 'Left' : 'Leaving',
    },
  }
  return { ...about[status.state], leaving, collect: collectOf(status, leaving, now) }
}

function collectOf(status: NodeStatus, leaving: readonly Leaving[], now: number): Collect {
  const ripeAtto = leaving.reduce((sum, { amountAtto, ripe }) => (ripe ? sum + amountAtto : sum), 0n)
  const payable = BigInt(status.payableAtto)
  const locked = BigInt(status.lockedAtto)
  const paying = BigInt(status.payingAtto)
  const amountAtto = payable + ripeAtto
  const waits = leaving.filter(({ ripe }) => !ripe)
  const stays = [
    ...(locked > 0n ? [`${bly(locked)} stay locked ${lockedUntil(status, now)}.`] : []),
    ...(paying > 0n ? [`${bly(paying)} are on their way already.`] : []),
    ...waits.map((part) => `${bly(part.amountAtto)} of removed stake come free ${whenWords(part.at, now)}.`),
  ]
  const says = [
    'It forfeits nothing: no seat, no bond, no draw.',
    ...(stays.length === 0 ? ['Nothing else is on the way.'] : stays),
  ]
  const refusal =
    amountAtto > 0n
      ? null
      : locked > 0n
        ? `Nothing is payable yet: ${bly(locked)} stay locked ${lockedUntil(status, now)}.`
        : paying > 0n
          ? `${bly(paying)} are on their way already.`
          : 'Nothing is payable: pay appears when a round settles.'
  return { amountAtto, ripeAtto, says, refusal }
}

/** Until when locked pay stays so: the latest of its tasks. */
export function lockedUntil({ payableFrom }: Pick<NodeStatus, 'payableFrom'>, now: number): string {
  const times = payableFrom.map(({ at }) => at)
  const unknown = times.some((at) => at === null)
  if (times.length === 0 || (unknown && times.every((at) => at === null)))
    return 'until their tasks have ended and checking time has passed'
  const last = Math.max(...times.filter((at) => at !== null))
  if (unknown) return 'until their tasks have ended; some of them still run'
  return last > now ? `until ${whenWords(last, now, '')}` : 'until someone moves their task on'
}

/** `in 6 d 21 h, 27 Nov 2026, 14:03:00 UTC`. */
function whenWords(at: number, now: number, before = 'at '): string {
  return at > now ? `${before}${absoluteText(at)} (in ${spanText(at - now)})` : 'now'
}

/** What removing so much of the stake would do, before it is signed. @returns null when it cannot be done, with why */
export function unstakePreview(
  status: Pick<NodeStatus, 'stakeAtto' | 'freeAtto' | 'bondedAtto'>,
  amountAtto: bigint,
  { seatAtto, unbondingMs, now }: { seatAtto: bigint; unbondingMs: number; now: number },
): { ok: boolean; says: string[] } {
  const [stake, free] = [BigInt(status.stakeAtto), BigInt(status.freeAtto)]
  if (amountAtto > free) {
    return {
      ok: false,
      says: [
        `${bly(free)} are free; ${bly(BigInt(status.bondedAtto))} are bonds of running rounds and free themselves when those are payable.`,
      ],
    }
  }
  const lost = stake / seatAtto - (stake - amountAtto) / seatAtto
  const seats = lost === 0n ? 'no seat' : lost === 1n ? '1 seat' : `${lost} seats`
  return {
    ok: true,
    says: [
      `In hand ${whenWords(now + unbondingMs, now, 'from ')}, by Collect; until then it answers for old draws.`,
      `It forfeits ${seats} in draws from now on; running rounds keep their bonds and their pay.`,
      'Until it is collected it can be kept staked after all; its seats then open anew.',
    ],
  }
}

/** Parts that come back with one: whatever leaves last comes back first. @param leaving in the order in which they leave */
export function keptWith(leaving: readonly Leaving[], index: number): { amountAtto: bigint; earlierAtto: bigint } {
  const sum = (parts: readonly Leaving[]) => parts.reduce((all, { amountAtto }) => all + amountAtto, 0n)
  return { amountAtto: sum(leaving.slice(index)), earlierAtto: sum(leaving.slice(0, index)) }
}

/** What keeping so much staked would do, before it is signed. @param earlierAtto what leaves earlier and goes on doing so */
export function keepPreview(
  stakeAtto: bigint,
  { amountAtto, earlierAtto }: { amountAtto: bigint; earlierAtto: bigint },
  { seatAtto, unbondingMs, ageMs }: { seatAtto: bigint; unbondingMs: number; ageMs: number },
): string[] {
  const after = stakeAtto + amountAtto
  const more = after / seatAtto - stakeAtto / seatAtto
  const seats = more === 0n ? 'no seat more' : more === 1n ? '1 seat more' : `${more} seats more`
  const when = more === 0n ? '' : `, drawable ${ageMs === 0 ? 'at once' : `in ${spanText(ageMs)}`}`
  return [
    `${bly(after)} of stake then: ${seats}${when}. Draws made meanwhile stay as they are.`,
    'Risk as with all stake: a drawn round holds a part of it as bond; breaking the round’s rules costs up to that bond.',
    ...(earlierAtto > 0n ? [`${bly(earlierAtto)} that leave earlier go on leaving, at their time.`] : []),
    `It forfeits the time waited so far: removed again, it takes ${spanText(unbondingMs)} anew.`,
    'Gas is less than 0.01 NEAR.',
  ]
}

/** What adding so much would buy. */
export function stakePreview(
  stakeAtto: bigint,
  amountAtto: bigint,
  { seatAtto, unbondingMs, ageMs }: { seatAtto: bigint; unbondingMs: number; ageMs: number },
): { ok: boolean; says: string[] } {
  const after = stakeAtto + amountAtto
  const seats = after / seatAtto
  if (seats === 0n) {
    return { ok: false, says: [`One seat needs ${bly(seatAtto)}: stake ${bly(seatAtto - stakeAtto)} or more.`] }
  }
  return {
    ok: true,
    says: [
      `${bly(after)} in all: ${seats} ${seats === 1n ? 'seat' : 'seats'}, drawable ${ageMs === 0 ? 'at once' : `in ${spanText(ageMs)}`}.`,
      'Risk: a drawn round holds a part of it as bond; breaking the round’s rules costs up to that bond.',
      `Leaving takes ${spanText(unbondingMs)} from the day you ask.`,
    ],
  }
}
