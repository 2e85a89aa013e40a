/** What the market's events say of money: who was paid for what, who lost what and why. One reading for report and `why`. */
import { z } from 'zod'

/** One NEP-297 event as the chain lists it. */
export interface ChainEvent {
  readonly height: number
  /** ms since the Unix epoch. */
  readonly at: number
  readonly tx: string
  readonly contract: string
  readonly standard: string
  readonly event: string
  readonly data: readonly unknown[]
}

const amount = z.string().regex(/^-?\d+$/)

const ledgerChange = z.object({
  account: z.string(),
  delta: amount,
  reason: z.string(),
  task: z.string().nullish(),
  round: z.number().nullish(),
  bucket: z.string(),
})

const slash = z.object({
  account: z.string(),
  role: z.string(),
  reason: z.string(),
  amount,
  burned: amount,
  harmed: amount,
  finder: amount,
  jury: amount,
  task: z.string().nullish(),
  round: z.number().nullish(),
  dispute: z.string().nullish(),
})

export type LedgerChange = z.infer<typeof ledgerChange> & {
  readonly height: number
  readonly at: number
  readonly tx: string
}
export type Slash = z.infer<typeof slash> & { readonly height: number; readonly at: number; readonly tx: string }

/** Reasons that are earnings; the others move what was earned before. */
export const EARNINGS = [
  'BASE_PAY',
  'BONUS',
  'HALF_PAY',
  'VALIDATOR_FEE',
  'JURY_FEE',
  'FINDER_FEE',
  'HARMED',
  'CRANK',
] as const

export function ledgerChanges(events: readonly ChainEvent[], market: string): LedgerChange[] {
  return pick(events, market, 'ledger_changed', ledgerChange)
}

export function slashes(events: readonly ChainEvent[], market: string): Slash[] {
  return pick(events, market, 'slashed', slash)
}

/** Sums of ledger changes by account, role-free reason and task. */
export function paidByReason(
  changes: readonly LedgerChange[],
): { account: string; reason: string; amountAtto: string }[] {
  const sums = new Map<string, bigint>()
  for (const { account, reason, delta } of changes) {
    if (!(EARNINGS as readonly string[]).includes(reason) && reason !== 'REFUND') continue
    const key = `${account} ${reason}`
    sums.set(key, (sums.get(key) ?? 0n) + BigInt(delta))
  }
  return [...sums].map(([key, sum]) => {
    const [account, reason] = key.split(' ')
    return { account, reason, amountAtto: String(sum) }
  })
}

function pick<S extends z.ZodObject>(
  events: readonly ChainEvent[],
  market: string,
  name: string,
  schema: S,
): (z.infer<S> & { height: number; at: number; tx: string })[] {
  return events
    .filter((each) => each.contract === market && each.event === name)
    .flatMap(({ data, height, at, tx }) => data.map((entry) => ({ ...schema.parse(entry), height, at, tx })))
}
