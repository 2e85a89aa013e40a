/** Adds the lines of an explanation up here, and compares them with what the contract says the account has. */
import type { WhyReply } from '../../../../chain/client/gateway/index.ts'
import { amountText } from '../../format/amount.ts'

export interface Balance {
  words: string
  amountAtto: bigint
  /** Sum of the lines, computed in this page. */
  summedAtto: bigint
  agrees: boolean
}

export interface AddedUp {
  balances: Balance[]
  agrees: boolean
  /** What does not agree, in sentences. */
  differences: string[]
}

const BUCKETS = [
  { bucket: 'payable', words: 'payable' },
  { bucket: 'locked', words: 'locked' },
  { bucket: 'paying', words: 'on its way' },
] as const

/** Only for an explanation of all tasks: one task's lines are a part of each balance. */
export function addUp({ lines, balances, differences }: Pick<WhyReply, 'lines' | 'balances' | 'differences'>): AddedUp {
  const sum = (name: string) =>
    lines.reduce((all, { bucket, deltaAtto }) => (bucket === name ? all + BigInt(deltaAtto) : all), 0n)
  const balance = (words: string, amountAtto: bigint, summedAtto: bigint): Balance => ({
    words,
    amountAtto,
    summedAtto,
    agrees: amountAtto === summedAtto,
  })
  const stake = BigInt(balances.stake) + BigInt(balances.unbonding)
  const all = [
    ...BUCKETS.map(({ bucket, words }) => balance(words, BigInt(balances[bucket]), sum(bucket))),
    balance('stake, with what is leaving', stake, sum('stake')),
  ]
  const found = all
    .filter(({ agrees }) => !agrees)
    .map(
      ({ words, amountAtto, summedAtto }) =>
        `${words}: the lines add up to ${amountText(summedAtto).exact}, the contract says ${amountText(amountAtto).exact}`,
    )
  return {
    balances: all,
    agrees: found.length === 0 && differences.length === 0,
    differences: [...new Set([...found, ...differences])],
  }
}
