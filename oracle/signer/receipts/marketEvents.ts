/** The market's events that say which receipts exist, which are paid out for good, and which proved false. */
import { z } from 'zod'
import type { BlockRef } from '../types.ts'

const task = z.string().regex(/^[1-9]\d{0,14}$/)
const round = z.number().int().nonnegative()

const SCHEMAS = {
  receipt: z.object({
    index: z.number().int().nonnegative(),
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    task,
    round,
    worker: z.string(),
    reward: z.string(),
    gain: z.string().nullable(),
  }),
  vested: z.object({ task }),
  dispute_opened: z.object({ task, round, dispute: z.string(), trainer: z.string() }),
  dispute_upheld: z.object({ task, round, dispute: z.string() }),
} as const

type Name = keyof typeof SCHEMAS
export type MarketEvent = { [N in Name]: { name: N } & z.infer<(typeof SCHEMAS)[N]> }[Name]

/** One block's events, in order. */
export interface MarketBlock extends BlockRef {
  events: MarketEvent[]
}

/** The events of this name that matter here; none for other names. @throws ZodError when one is not as the market writes it */
export function parseMarketEvents(name: string, data: readonly unknown[]): MarketEvent[] {
  if (!Object.hasOwn(SCHEMAS, name)) return []
  return data.map((each) => ({ name, ...SCHEMAS[name as Name].parse(each) }) as MarketEvent)
}
