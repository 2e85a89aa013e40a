/** What came of a recomputation, in words; never more than was checked. */
import { BlyanError } from '../../../chain/lib/errors.ts'
import { shortHash } from '../format/hash.ts'
import type { HandedValue, Progress, Redone, Unchecked } from './messages.ts'

/** Time as people say it. @example secondsText(1234) // '1.2 s' */
export const secondsText = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

export function sampleName(sample: number, samples: number): string {
  return sample === samples ? 'The update itself' : `Sample ${sample}`
}

export function resultSentence({ same, committed, got, steps, ms }: Redone): string {
  const took = `${steps === 0 ? 'the update made' : `${steps} steps done`} again in ${secondsText(ms)}`
  return same
    ? `Same to the last bit: ${took}, and this machine got ${shortHash(got)}, as the trainer said before anybody drew it.`
    : `Different: the trainer said ${shortHash(committed)}, this machine got ${shortHash(got)}; ${took}.`
}

/** What the check values say beside the end. Null where nobody handed one in. */
export function checkValueSentence({ checkValue, handed }: Pick<Redone, 'checkValue' | 'handed'>): string | null {
  if (checkValue === null || handed.length === 0) return null
  const [right, wrong] = [handed.filter(isRight), handed.filter((each) => !isRight(each))]
  if (wrong.length === 0) return `Its check value ${shortHash(checkValue)} is also what ${names(right)} handed in.`
  const others = right.length === 0 ? '' : `; ${names(right)} handed in the same`
  return `Its check value is ${shortHash(checkValue)} here; ${names(wrong)} handed in another one${others}.`

  function isRight({ value }: HandedValue): boolean {
    return value === checkValue
  }
}

const names = (values: readonly HandedValue[]): string => values.map(({ who }) => who).join(', ')

export function progressSentence({ doing, done, of }: Progress): string {
  switch (doing) {
    case 'reading':
      return 'Reading what the chain says'
    case 'fetching':
      return `Fetching and checking file ${done + 1}`
    case 'starting':
      return 'Starting the runtime'
    case 'training':
      return `Training, step ${done + 1} of ${of}`
    case 'packing':
      return 'Making the update'
    default:
      return doing satisfies never
  }
}

/** Nothing is said against the trainer where this page could not look. */
export function uncheckedOf(error: unknown): Unchecked {
  const { code, what } = error instanceof BlyanError ? error : { code: 'UNFORESEEN', what: String(error) }
  return {
    why: WHYS[code] ?? what,
    detail: `${code}: ${what}`,
  }
}

const GONE =
  'nobody serves its start any more. Trainers keep what they published until their pay is free; this gateway keeps one sample of each submission after that.'
const WHYS: Readonly<Record<string, string>> = {
  STORAGE_NOT_FOUND: GONE,
  STORAGE_TIMEOUT: GONE,
  DOCUMENT_INVALID:
    'what the trainer published is not what it committed itself to, so there is no start to begin from.',
  PAGE_WRONG_BYTES:
    'the gateway sent other bytes than were asked for. They were not used; open this task at another gateway.',
  NEAR_RPC_UNREACHABLE: 'the RPC that you chose does not answer.',
  PAGE_VIEW_REPLY: 'the RPC that you chose does not speak as the market does.',
  PAGE_GATEWAY_AWAY: 'the gateway does not answer.',
}
