/**
 * A block's events as calls: what one receipt logged in one contract belongs together. The market writes one line for each
 * kind at the end of a call, so within a call the order of kinds means nothing, and reducers look at the call as a whole.
 */
import type { z } from 'zod'
import type { SourceBlock } from '../../../chain/client/near/source/index.ts'
import { EventInvalidError } from './errors.ts'
import { BRIDGE_EVENTS, type EventData, type EventName, MARKET_EVENTS, TOKEN_EVENTS } from './eventSchemas.ts'

export interface Contracts {
  readonly bly: string
  readonly market: string
  /** Null where the market has none, or this index leaves it out. */
  readonly bridge?: string | null
}

/** One item of an event's data. */
export interface Item<D> {
  /** Place among the items of its block. */
  readonly index: number
  readonly data: D
}

/** An item as the chain has it, for the table of events. */
export interface RawItem extends Item<unknown> {
  readonly name: string
  /** Whether this version knows events of this name. */
  readonly known: boolean
}

export interface Call {
  readonly height: number
  /** Block time, ms: the market's clock. */
  readonly at: number
  readonly tx: string
  readonly receiptId: string
  readonly contract: string
  readonly raw: readonly RawItem[]
  /** Parsed items of one kind, in order. */
  of<N extends EventName>(name: N): readonly Item<EventData[N]>[]
}

/** @throws EventInvalidError */
export function callsOf(block: SourceBlock, contracts: Contracts): Call[] {
  const calls: (Call & { raw: RawItem[]; parsed: Map<string, Item<unknown>[]> })[] = []
  let index = 0
  for (const event of block.events) {
    const schema = schemaOf(event, contracts)
    let call = calls.at(-1)
    if (call === undefined || call.receiptId !== event.receiptId || call.contract !== event.contract) {
      const parsed = new Map<string, Item<unknown>[]>()
      call = {
        height: block.height,
        at: block.at,
        tx: event.txHash,
        receiptId: event.receiptId,
        contract: event.contract,
        raw: [],
        parsed,
        of: (name) => (parsed.get(name) ?? []) as Item<never>[],
      }
      calls.push(call)
    }
    for (const data of event.data) {
      call.raw.push({ index, name: event.event, data, known: schema !== null })
      if (schema !== null) {
        const list = call.parsed.get(event.event)
        const item = { index, data: parse(schema, event, data, block.height) }
        if (list === undefined) call.parsed.set(event.event, [item])
        else list.push(item)
      }
      index += 1
    }
  }
  return calls
}

/** Null for what this version does not know. */
function schemaOf(event: SourceBlock['events'][number], contracts: Contracts): z.ZodType | null {
  const known = standardOf(event.contract, contracts)
  if (known === null || event.standard !== known.standard || !Object.hasOwn(known.schemas, event.event)) return null
  return (known.schemas as Record<string, z.ZodType>)[event.event]!
}

function standardOf(contract: string, { bly, market, bridge }: Contracts) {
  if (contract === market) return { standard: 'blyan_market', schemas: MARKET_EVENTS }
  if (contract === bly) return { standard: 'nep141', schemas: TOKEN_EVENTS }
  return contract === bridge ? { standard: 'blyan_bridge', schemas: BRIDGE_EVENTS } : null
}

function parse(
  schema: z.ZodType,
  { event, contract }: { event: string; contract: string },
  data: unknown,
  height: number,
) {
  const parsed = schema.safeParse(data)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new EventInvalidError({
    what: `Event ${event} of ${contract} in block ${height} is not as this version knows it: ${issue?.path.join('.')}: ${issue?.message}.`,
    fix: 'Use the version of Blyan that belongs to the deployed contracts.',
    data: { event, contract, height },
  })
}

const ACCOUNT_FIELDS = [
  'account',
  'requester',
  'trainer',
  'disputer',
  'worker',
  'owner_id',
  'old_owner_id',
  'new_owner_id',
  'sender',
  'receiver',
]
const LIST_FIELDS = ['trainers', 'spares', 'validators', 'jurors']

/** Every account that an event's data names. */
export function accountsIn(data: unknown): string[] {
  if (typeof data !== 'object' || data === null) return []
  const fields = data as Record<string, unknown>
  const found = new Set<string>()
  for (const name of ACCOUNT_FIELDS) if (typeof fields[name] === 'string') found.add(fields[name])
  for (const name of LIST_FIELDS) {
    const list = fields[name]
    if (Array.isArray(list)) for (const each of list) if (typeof each === 'string') found.add(each)
  }
  return [...found]
}

/** The task that an event's data names. */
export function taskIn(data: unknown): number | null {
  const task = typeof data === 'object' && data !== null ? (data as Record<string, unknown>).task : undefined
  return typeof task === 'string' && /^[1-9]\d{0,14}$/.test(task) ? Number(task) : null
}

export function roundIn(data: unknown): number | null {
  const round = typeof data === 'object' && data !== null ? (data as Record<string, unknown>).round : undefined
  return typeof round === 'number' && Number.isInteger(round) && round >= 0 && round < 2 ** 31 ? round : null
}
