/** The market's events as far as money and draws go, parsed once, in the chain's order. Runs in browsers. */
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

const amount = z.string().regex(/^\d+$/)
const signed = z.string().regex(/^-?\d+$/)
const task = z.string().nullish()
const round = z.number().nullish()
const place = { task: z.string(), round: z.number() }
const dispute = z.object({
  dispute: z.string(),
  ...place,
  submission: z.number(),
  trainer: z.string(),
  disputer: z.string(),
  kind: z.string(),
  leaf: z.number(),
  middle: z.string().nullish(),
  end: z.string().nullish(),
  answers: z.number().nullish(),
})

/** What each event that explains money must hold; others are left alone. */
const SHAPES = {
  ledger_changed: z.object({ account: z.string(), delta: signed, reason: z.string(), task, round, bucket: z.string() }),
  slashed: z.object({
    account: z.string(),
    role: z.string(),
    reason: z.string(),
    amount,
    burned: amount,
    harmed: amount,
    finder: amount,
    jury: amount,
    task,
    round,
    dispute: z.string().nullish(),
  }),
  stake_changed: z.object({ account: z.string(), delta: signed, reason: z.string(), stake: amount }),
  settled: z.object({
    ...place,
    submission: z.number(),
    account: z.string(),
    outcome: z.string(),
    gain: signed.nullish(),
    base_pay: amount,
    bonus: amount,
    fault: z.string().nullish(),
  }),
  receipt: z.object({ index: z.number(), hash: z.string(), ...place, worker: z.string() }),
  node_registered: z.object({ account: z.string(), roles: z.array(z.string()) }),
  task_created: z.object({ task: z.string(), requester: z.string(), bounty: amount }),
  round_assigned: z.object({
    ...place,
    trainers: z.array(z.string()),
    spares: z.array(z.string()).default([]),
    pool: z.number(),
  }),
  round_settled: z.object(place),
  judges_drawn: z.object({ ...place, validators: z.array(z.string()) }),
  verdict_revealed: z.object({ ...place, account: z.string(), verdicts: z.array(z.unknown()).default([]) }),
  seat_parked: z.object({ account: z.string(), ...place }),
  seat_replaced: z.object({ account: z.string(), ...place }),
  seat_declined: z.object({ account: z.string(), ...place }),
  node_resumed: z.object({ account: z.string() }),
  task_failed: z.object({ task: z.string() }),
  vested: z.object({ task: z.string() }),
  dispute_upheld: dispute,
  dispute_rejected: dispute,
  dispute_undecided: dispute,
} as const

export type EventName = keyof typeof SHAPES

/** Where and when: the evidence of every line. */
export interface Place {
  readonly tx: string
  readonly height: number
  readonly at: number
}

export type MarketEvent = {
  [N in EventName]: { name: N; data: z.infer<(typeof SHAPES)[N]> } & Place
}[EventName]
export type EventOf<N extends EventName> = Extract<MarketEvent, { name: N }>

/** One entry for each item of each event, in order. @throws ZodError when a market of another version speaks */
export function marketEvents(events: readonly ChainEvent[], market: string): MarketEvent[] {
  return events.flatMap(({ contract, event, data, tx, height, at }) => {
    if (contract !== market || !Object.hasOwn(SHAPES, event)) return []
    const name = event as EventName
    return data.map((item) => ({ name, data: SHAPES[name].parse(item), tx, height, at }) as MarketEvent)
  })
}

const byName = new WeakMap<readonly MarketEvent[], Map<EventName, MarketEvent[]>>()

/** Those of one kind. PERF: sorts a list once, however often it is asked. */
export function eventsOf<N extends EventName>(events: readonly MarketEvent[], name: N): EventOf<N>[] {
  let index = byName.get(events)
  if (index === undefined) {
    index = Map.groupBy(events, (each) => each.name)
    byName.set(events, index)
  }
  return (index.get(name) ?? []) as EventOf<N>[]
}
