/** What a requester chooses on the page, and the order that follows from it. */
import type { TaskOrderBody } from '../../../../chain/client/gateway/index.ts'
import { LEAST_BYTES } from '../../../../chain/client/heldOut/index.ts'
import { caughtChance, choiceOf, MODEL_SIZES, priceOf } from '../../../../chain/client/order/index.ts'
import { BlyanError } from '../../../../chain/lib/errors.ts'
import { parseBly } from '../../../../chain/lib/units.ts'

export const STOPS = [50, 80, 90, 95, 99] as const
/** Share of all seats that the stated odds allow to be hostile. */
const HOSTILE = 1 / 3

export interface Choices {
  model: TaskOrderBody['model']
  rounds: string
  workers: string
  certainty: (typeof STOPS)[number]
  /** BLY for each trainer and round. */
  pay: string
  steps: string
  segments: string
  class: TaskOrderBody['class']
  smallPool: boolean
}

/** The demonstration's sizes: on two cores the loss crosses the bigram line in about a minute. */
export const FIRST_CHOICES: Choices = {
  model: 'demo',
  rounds: '4',
  workers: '3',
  certainty: 50,
  pay: '10',
  steps: '96',
  segments: '48',
  class: 'any',
  smallPool: false,
}

export const MODEL_WORDS: Readonly<Record<TaskOrderBody['model'], { name: string; what: string }>> = {
  demo: {
    name: 'GPT, 136 k parameters',
    what: 'Learns spelling and short phrases; a round takes about half a minute.',
  },
  small: { name: 'GPT, 31 k parameters', what: 'Four times smaller and faster; learns spelling.' },
}

/** Why a choice cannot stand, by its name. */
export type ChoiceProblems = Partial<Record<keyof Choices, string>>

const LIMITS = { rounds: [1, 100], workers: [1, 32], steps: [4, 100_000], segments: [4, 256] } as const

/** The order of these choices, or what is wrong with them. @param seed of the first parameters, hex */
export function orderOf(choices: Choices, seed: string): { order: TaskOrderBody } | { problems: ChoiceProblems } {
  const problems: ChoiceProblems = {}
  const whole = (name: keyof typeof LIMITS): number => {
    const [least, most] = LIMITS[name]
    const value = /^\d{1,6}$/.test(choices[name].trim()) ? Number(choices[name]) : Number.NaN
    if (!(value >= least && value <= most)) problems[name] = `A whole number from ${least} to ${most}.`
    return value
  }
  const sizes = {
    rounds: whole('rounds'),
    workers: whole('workers'),
    steps: whole('steps'),
    segments: whole('segments'),
  }
  if (problems.steps === undefined && problems.segments === undefined && sizes.steps < 2 * sizes.segments)
    problems.segments = `Each sample needs two steps: at most ${Math.floor(sizes.steps / 2)} of ${sizes.steps} steps.`
  let payAtto = 0n
  try {
    payAtto = parseBly(choices.pay)
    // A comma is thousands to some and a point to others: what is meant must not be guessed.
    if (/[,_]/.test(choices.pay))
      problems.pay = 'With a point before decimals and nothing between thousands, such as 1200.5.'
    if (payAtto === 0n) problems.pay = 'More than nothing: nobody works for 0 BLY.'
    if (payAtto > 10n ** 27n) problems.pay = 'At most 1,000,000,000 BLY, which is all there is.'
  } catch (error) {
    problems.pay = error instanceof BlyanError ? error.what : String(error)
  }
  if (Object.keys(problems).length > 0) return { problems }
  const { model, certainty, smallPool } = choices
  return { order: { model, certainty, smallPool, class: choices.class, seed, payAtto: String(payAtto), ...sizes } }
}

/**
 * Bytes of text that an order needs: a fifth is set aside for tests, of which each round takes its part in whole windows.
 * What stands twice in the text is left out, so that a tenth more is asked for than it takes at least.
 */
export function neededBytes({ model, rounds }: Pick<TaskOrderBody, 'model' | 'rounds'>): number {
  return Math.max(LEAST_BYTES, Math.ceil(5 * 1.1 * (rounds * MODEL_SIZES[model].heldOutBytes + SPLIT_PIECE_BYTES)))
}

/** The text is split in pieces of about this size. */
const SPLIT_PIECE_BYTES = 8_192

export interface Stop {
  certainty: (typeof STOPS)[number]
  /** attoBLY. */
  bountyAtto: bigint
  caughtTenth: number
  caughtAll: number
  validators: number
  samples: number
  operatorsNeeded: number
}

/** Price and odds of every stop, computed here by the market's own formula. */
export function stopsOf(order: TaskOrderBody, embedded: boolean): Stop[] {
  return STOPS.map((certainty) => {
    const price = priceOf(choiceOf({ ...order, certainty }, { embedded, head: '00'.repeat(32) }))
    const { validators, samples, bounty } = price
    const caught = (faked: number) => caughtChance({ faked, hostile: HOSTILE, validators, samples })
    return {
      certainty,
      bountyAtto: bounty,
      caughtTenth: caught(0.1),
      caughtAll: caught(1),
      validators,
      samples,
      operatorsNeeded: order.workers + 2 * validators,
    }
  })
}
