/** One line for each payment and loss of an account: what happened, the rule with its figures, the evidence. */
import { type EventOf, eventsOf, type MarketEvent, type Place } from './events.ts'
import { basePay, bonusShare, EARNINGS, FAULTS, MOVES } from './rules.ts'
import { bits, percent, shortBly } from './text.ts'
import type { Evidence, Figures, TaskFacts, WhyLine } from './types.ts'

export interface LineSource {
  account: string
  events: readonly MarketEvent[]
  tasks: ReadonlyMap<string, TaskFacts>
}

/** What a reason adds to its line. */
interface Told {
  what?: string
  rule: string
  figures: Figures
  /** What the rule gives; null where it is a bound only. */
  expected: bigint | null
  dispute?: string
}

/** Every line of the account's ledger, in order. */
export function ledgerLines(source: LineSource): WhyLine[] {
  return eventsOf(source.events, 'ledger_changed')
    .filter(({ data }) => data.account === source.account)
    .map((event) => {
      const { data } = event
      const delta = BigInt(data.delta)
      const earned = Object.hasOwn(EARNINGS, data.reason)
      const { what, rule, figures, expected, dispute } = earned ? tellPay(source, event) : tellMove(event)
      const receipt = data.reason === 'BASE_PAY' || data.reason === 'BONUS' ? receiptOf(source, event) : undefined
      return {
        task: data.task ?? null,
        round: data.round ?? null,
        reason: data.reason,
        kind: earned ? 'pay' : 'move',
        what: what ?? EARNINGS[data.reason] ?? MOVES[data.reason] ?? data.reason,
        rule,
        figures,
        deltaAtto: delta,
        bucket: data.bucket as WhyLine['bucket'],
        evidence: {
          ...evidenceOf(event),
          ...(dispute ? { dispute } : {}),
          ...(receipt === undefined ? {} : { receipt }),
        },
        recomputed: expected === null ? null : expected === delta,
      }
    })
}

/** What the account put in and took out of its stake; what is being removed still counts until it is in the ledger. */
export function stakeLines({ account, events }: LineSource): WhyLine[] {
  const line = (event: MarketEvent, reason: string, delta: bigint, what: string, figures: Figures): WhyLine => ({
    task: null,
    round: null,
    reason,
    kind: 'move',
    what,
    rule: '',
    figures,
    deltaAtto: delta,
    bucket: 'stake',
    evidence: evidenceOf(event),
    recomputed: null,
  })
  const staked = eventsOf(events, 'stake_changed').flatMap((event) => {
    const { reason, delta } = event.data
    if (event.data.account !== account) return []
    if (reason === 'STAKE') return [line(event, reason, BigInt(delta), 'staked', {})]
    if (reason === 'UNSTAKE') return [line(event, reason, 0n, 'began to leave', { amountAtto: delta.slice(1) })]
    return reason === 'RESTAKE' ? [line(event, reason, 0n, 'was leaving, stays staked', { amountAtto: delta })] : []
  })
  const left = eventsOf(events, 'ledger_changed')
    .filter(({ data }) => data.account === account && data.reason === 'WITHDRAW')
    .map((event) => line(event, 'WITHDRAW', -BigInt(event.data.delta), 'left the stake, payable now', {}))
  return [...staked, ...left]
}

/** What the account lost of its bonds. */
export function lossLines({ account, events, tasks }: LineSource): WhyLine[] {
  return eventsOf(events, 'slashed')
    .filter(({ data }) => data.account === account)
    .map((event) => {
      const { data } = event
      const facts = tasks.get(data.task ?? '')
      const bond = facts && (data.role === 'trainer' ? facts.trainerBond : facts.validatorBond)
      const lost = BigInt(data.amount)
      const share = bond ? Number((lost * 10_000n) / bond) : null
      const full = FAULTS[data.reason]?.share
      const rule =
        share === null || !bond
          ? 'a share of the bond'
          : `${percent(share)} of ${shortBly(bond)} bond${full !== undefined && share < full ? ', all that was left of it' : ''}`
      return {
        task: data.task ?? null,
        round: data.round ?? null,
        reason: data.reason,
        kind: 'loss',
        what: FAULTS[data.reason]?.what ?? data.reason,
        rule,
        figures: {
          role: data.role,
          bondAtto: bond?.toString() ?? null,
          share: share === null ? null : share / 10_000,
          burnedAtto: data.burned,
          harmedAtto: data.harmed,
          finderAtto: data.finder,
          juryAtto: data.jury,
        },
        deltaAtto: -lost,
        bucket: 'stake',
        evidence: { ...evidenceOf(event), ...(data.dispute ? { dispute: data.dispute } : {}) },
        recomputed: lost === BigInt(data.burned) + BigInt(data.harmed) + BigInt(data.finder) + BigInt(data.jury),
      }
    })
}

/** Rounds that the account took part in and earned nothing: the zero has a reason too. */
export function zeroLines(source: LineSource, told: readonly WhyLine[]): WhyLine[] {
  const { account, events } = source
  const has = (task: string, round: number, reason?: string) =>
    told.some((line) => line.task === task && line.round === round && (reason === undefined || line.reason === reason))
  const trained = eventsOf(events, 'settled').filter(({ data }) => data.account === account)
  const asTrainer = trained.flatMap((event) => {
    const { task, round, outcome, fault } = event.data
    if (fault) return [] // the loss says it
    if (outcome !== 'accepted')
      return has(task, round) ? [] : [zero(event, `OUTCOME_${outcome.toUpperCase()}`, UNPAID[outcome] ?? outcome)]
    if (has(task, round, 'BONUS')) return []
    const bonus = tellBonus(source, event)
    return [{ ...zero(event, 'BONUS', 'its update did not help'), rule: bonus.rule, figures: bonus.figures }]
  })
  const asValidator = eventsOf(events, 'round_settled').flatMap((event) => {
    const { task, round } = event.data
    if (!drawnAsValidator(events, account, task, round) || has(task, round, 'VALIDATOR_FEE')) return []
    const opened = eventsOf(events, 'verdict_revealed').some(
      ({ data }) => data.account === account && data.task === task && data.round === round,
    )
    const why = opened ? 'its verdict was wrong: no checking fee' : 'no verdict opened: no checking fee'
    return [zero(event, 'VALIDATOR_FEE', why)]
  })
  return [...asTrainer, ...asValidator]
}

const UNPAID: Record<string, string> = {
  missing: 'gave its seat back, or did not answer',
  rejected: 'most validators were not served its samples',
  undecided: 'no jury could decide',
}

const zero = (event: EventOf<'settled' | 'round_settled'>, reason: string, what: string): WhyLine => ({
  task: event.data.task,
  round: event.data.round,
  reason,
  kind: 'pay',
  what,
  rule: '',
  figures: {},
  deltaAtto: 0n,
  bucket: null,
  evidence: evidenceOf(event),
  recomputed: null,
})

export const evidenceOf = ({ tx, height, at }: Place): Evidence => ({ tx, height, at })

export function drawnAsValidator(
  events: readonly MarketEvent[],
  account: string,
  task: string,
  round: number,
): boolean {
  return eventsOf(events, 'judges_drawn').some(
    ({ data }) => data.task === task && data.round === round && data.validators.includes(account),
  )
}

function tellMove({ data }: EventOf<'ledger_changed'>): Told {
  return { rule: '', figures: { bucket: data.bucket }, expected: null }
}

function tellPay(source: LineSource, event: EventOf<'ledger_changed'>): Told {
  const { data } = event
  const facts = source.tasks.get(data.task ?? '')
  if (facts === undefined) return { rule: '', figures: {}, expected: null }
  const { pay } = facts
  switch (data.reason) {
    case 'BASE_PAY': {
      const validators = inRound(source.events, 'verdict_revealed', data).length
      return {
        what: `${validators} × ${facts.samples} samples redone, all right`,
        rule: `base: 9/10 of ${shortBly(pay)}`,
        figures: { share: 0.9, payAtto: `${pay}`, validators, samples: facts.samples },
        expected: basePay(pay),
      }
    }
    case 'BONUS': {
      const own = inRound(source.events, 'settled', data).find((each) => each.data.account === source.account)
      return own === undefined ? { rule: '', figures: {}, expected: null } : tellBonus(source, own)
    }
    case 'HALF_PAY':
      return { rule: `half of 9/10 of ${shortBly(pay)}`, figures: { payAtto: `${pay}` }, expected: basePay(pay) / 2n }
    case 'VALIDATOR_FEE': {
      const fee = facts.validatorFee
      const short = BigInt(data.delta) < fee
      return {
        rule: `fee ${shortBly(fee)} a round${short ? ', less the share of each help that it measured otherwise than most' : ''}`,
        figures: { feeAtto: `${fee}` },
        expected: short ? null : fee,
      }
    }
    case 'JURY_FEE':
      return {
        rule: `fixed fee ${shortBly(facts.juryFee)}`,
        figures: { feeAtto: `${facts.juryFee}` },
        expected: null, // paid in two parts where the loser's bond did not reach
        dispute: disputeBeside(source.events, event),
      }
    case 'FINDER_FEE':
    case 'HARMED': {
      const loss = eventsOf(source.events, 'slashed').find((each) => each.tx === event.tx && pays(each, event))
      const who = loss?.data.account ?? 'someone'
      const rule =
        data.reason === 'HARMED'
          ? `out of the bond of ${who}, at most what the hand-in could earn`
          : `out of the bond of ${who}: 20 % of the loss, at most five fees of ${shortBly(facts.validatorFee)}`
      const figures = { from: who, lossAtto: loss?.data.amount ?? null, feeAtto: `${facts.validatorFee}` }
      return { rule, figures, expected: null, dispute: loss?.data.dispute ?? undefined }
    }
    case 'CRANK':
      return {
        rule: `fixed ${shortBly(facts.crankBounty)} each time`,
        figures: { eachAtto: `${facts.crankBounty}` },
        expected: null, // what is left of the task's reserve, at most
      }
    default:
      return { rule: 'an equal share of the deposit', figures: {}, expected: null }
  }
}

function tellBonus({ events, tasks }: LineSource, own: EventOf<'settled'>): Told {
  const facts = tasks.get(own.data.task)
  if (facts === undefined) return { rule: '', figures: {}, expected: null }
  const accepted = inRound(events, 'settled', own.data)
    .filter(({ data }) => data.outcome === 'accepted')
    .sort((a, b) => a.data.submission - b.data.submission)
  const gains = accepted.map(({ data }) => (data.gain == null ? null : BigInt(data.gain)))
  const which = accepted.findIndex(({ data }) => data.account === own.data.account)
  const share = bonusShare(gains, which, facts.pay)
  const gain = gains[which]!
  const counted = share.counted
  if (counted === null || gain === null) {
    return {
      what: 'its help was not measured: an equal share',
      rule: `bonus: 1/${accepted.length} of ${shortBly(share.pool)}`,
      figures: { gainMicrobits: null, poolAtto: `${share.pool}`, accepted: accepted.length },
      expected: share.bonus,
    }
  }
  return {
    what: `helped by ${bits(gain)} bits${counted < gain ? `, of which ${bits(counted)} count` : ''}`,
    rule: `bonus: ${bits(counted)}/${bits(share.sum)} of ${shortBly(share.pool)}`,
    figures: {
      gainMicrobits: `${gain}`,
      countedMicrobits: `${counted}`,
      sumMicrobits: `${share.sum}`,
      poolAtto: `${share.pool}`,
      accepted: accepted.length,
    },
    expected: share.bonus,
  }
}

function inRound<N extends 'settled' | 'verdict_revealed'>(
  events: readonly MarketEvent[],
  name: N,
  { task, round }: { task?: string | null; round?: number | null },
): EventOf<N>[] {
  return eventsOf(events, name).filter(({ data }: { data: { task: string; round: number } }) => {
    return data.task === task && data.round === round
  })
}

function receiptOf({ events, account }: LineSource, { data }: EventOf<'ledger_changed'>): number | undefined {
  return eventsOf(events, 'receipt').find(
    (each) => each.data.worker === account && each.data.task === data.task && each.data.round === data.round,
  )?.data.index
}

function pays(loss: EventOf<'slashed'>, { data }: EventOf<'ledger_changed'>): boolean {
  return data.reason === 'FINDER_FEE' ? loss.data.finder === data.delta : loss.data.harmed !== '0'
}

/** The dispute that the same transaction decided. */
function disputeBeside(events: readonly MarketEvent[], { tx }: Place): string | undefined {
  const decided = events.find((each) => each.tx === tx && each.name.startsWith('dispute_'))
  return decided === undefined ? undefined : (decided as EventOf<'dispute_upheld'>).data.dispute
}
