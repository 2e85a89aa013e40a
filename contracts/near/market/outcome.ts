/** What a round's submissions are worth, once nothing can change it: decided in one go when the round begins to settle. */
import { shareBonus } from './bonus.ts'
import { burnFromEscrow } from './ledger.ts'
import { getBook, type Play, putTask, touch } from './play.ts'
import type { DisputeBook, Outcome, StoredVerdict } from './types.ts'
import { getVerdicts } from './verdict.ts'

/** Share of a worker's pay that equal verified work earns equally, in tenths; the rest is the bonus. */
export const BASE_TENTHS = 9n

/** Fixes outcomes, gains, bonuses and the merge set. */
export function fixOutcomes(p: Play): void {
  const { m, round, task, spec } = p
  const book = getBook(p)
  const verdicts: StoredVerdict[][] = []
  for (let i = 0; i < round.v.length; i++) if (round.v[i] === 'r') verdicts.push(getVerdicts(p, i))
  // Without any validator nobody was asked to publish.
  const outcomes = Array.from(round.t, (state, i) =>
    round.judges === null && state === 'r' ? 'undecided' : outcomeOf(i, state, verdicts, book),
  )
  const gains = outcomes.map((outcome, i) => (outcome === 'accepted' ? settledGain(i, verdicts) : null))
  const accepted = outcomes.flatMap((outcome, i) => (outcome === 'accepted' ? [i] : []))
  const pay = BigInt(spec.pay)
  const bonusEach = pay - (pay * BASE_TENTHS) / 10n
  const shares = shareBonus(
    accepted.map((i) => (gains[i] === null ? null : BigInt(gains[i]))),
    bonusEach * BigInt(accepted.length),
  )
  const bonuses = outcomes.map(() => '0')
  accepted.forEach((i, k) => {
    bonuses[i] = shares[k].toString()
  })
  round.settle = { cursor: 0, outcomes, gains, bonuses, merge_set: accepted }
  const unearned = bonusEach * BigInt(accepted.length) - shares.reduce((sum, share) => sum + share, 0n)
  burnFromEscrow(m, task, unearned, 'BONUS')
  // Judges were drawn and the window to open the key is over: silence costs the requester its deposit, once a task.
  if (round.judges !== null && round.key === null) {
    burnFromEscrow(m, task, BigInt(task.deposit), 'KEY_CLOSED')
    task.deposit = '0'
  }
  putTask(m, task)
  touch(p)
}

/** PERF: m·v small records in memory; m ≤ 36, v ≤ 9. */
function outcomeOf(i: number, state: string, verdicts: readonly StoredVerdict[][], book: DisputeBook): Outcome {
  if (!'rpw'.includes(state)) return 'missing'
  const disputes = book.opened.filter((each) => each.submission === i)
  if (disputes.some((each) => each.result === 'upheld') || state === 'r') return 'rejected'
  if (verdicts.length === 0) return 'undecided'
  if (state === 'p') return 'rejected'
  const unserved = verdicts.filter((list) => verdictOn(list, i)?.verdict === 'unserved').length
  if (unserved * 2 > verdicts.length) return 'rejected'
  return disputes.some((each) => each.result === 'undecided') ? 'undecided' : 'accepted'
}

/** The gain that more than half of the revealed verdicts give bit-equal; null where there is none. */
function settledGain(i: number, verdicts: readonly StoredVerdict[][]): string | null {
  const counts = new Map<string, number>()
  for (const list of verdicts) {
    const gain = verdictOn(list, i)?.gain ?? null
    if (gain !== null) counts.set(gain, (counts.get(gain) ?? 0) + 1)
  }
  for (const [gain, count] of counts) if (count * 2 > verdicts.length) return gain
  return null
}

function verdictOn(list: readonly StoredVerdict[], submission: number): StoredVerdict | undefined {
  return list.find((each) => each.submission === submission)
}
