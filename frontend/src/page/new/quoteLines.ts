/** The quote's figures, from the gateway's answer or from the market's formula computed here. */
import type { QuoteReply, TaskOrderBody } from '../../../../chain/client/gateway/index.ts'
import { choiceOf, priceOf } from '../../../../chain/client/order/index.ts'
import { stopsOf } from './choices.ts'

export interface QuoteView {
  trainersAtto: bigint
  validatorsAtto: bigint
  feeAtto: bigint
  reserveAtto: bigint
  depositAtto: bigint
  bountyAtto: bigint
  /** Zero until the gateway has said it. */
  storageYocto: bigint
  validators: number
  samples: number
  caughtTenth: number
  caughtAll: number
  operatorsNeeded: number
  operatorsNow: number | null
}

/** At once, without asking anybody. */
export function localQuote(order: TaskOrderBody, embedded: boolean): QuoteView {
  const price = priceOf(choiceOf(order, { embedded, head: '00'.repeat(32) }))
  const stop = stopsOf(order, embedded).find(({ certainty }) => certainty === order.certainty)!
  const trainersAtto = BigInt(order.payAtto) * BigInt(order.workers * order.rounds)
  return {
    trainersAtto,
    validatorsAtto: price.work - trainersAtto,
    feeAtto: price.fee,
    reserveAtto: price.reserve,
    depositAtto: price.deposit,
    bountyAtto: price.bounty,
    storageYocto: 0n,
    validators: price.validators,
    samples: price.samples,
    caughtTenth: stop.caughtTenth,
    caughtAll: stop.caughtAll,
    operatorsNeeded: stop.operatorsNeeded,
    operatorsNow: null,
  }
}

/** The market's own word, once it has come; the gateway cannot raise the price by it. */
export function withReply(local: QuoteView, reply: QuoteReply | undefined): QuoteView {
  if (reply === undefined) return local
  return {
    ...local,
    storageYocto: BigInt(reply.storageYocto),
    operatorsNow: reply.operatorsNow,
  }
}

/** Whether the gateway states another price than the market's formula gives here. */
export const priceDiffers = (local: QuoteView, reply: QuoteReply | undefined): boolean =>
  reply !== undefined && BigInt(reply.bountyAtto) !== local.bountyAtto

/** Trainers, validators, fee, reserve, deposit: they make the bounty. */
export const quoteLines = (quote: QuoteView): bigint[] => [
  quote.trainersAtto,
  quote.validatorsAtto,
  quote.feeAtto,
  quote.reserveAtto,
  quote.depositAtto,
]
