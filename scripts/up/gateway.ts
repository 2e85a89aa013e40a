/** What the gateway tells of the run, read through its own doors, and held against the chain's. */
import { WebSocket } from 'ws'
import { z } from 'zod'
import {
  listOf,
  networkStats,
  receiptLine,
  type ServerMessage,
  serverMessage,
  taskSummary,
  type WhyReply,
  whyReply,
} from '../../chain/client/gateway/index.ts'
import type { NearClient } from '../../chain/client/near/index.ts'
import type { ChainEvent, Why } from '../../chain/client/why/index.ts'
import type { Network } from '../../near.config.ts'
import { withSession } from '../cli/session.ts'
import { readWhy } from '../cli/why.ts'
import { eventReader } from './events.ts'

export interface LiveCount {
  /** `task_update` messages so far, each counted once. */
  count(): number
  close(): void
}

/** Listens from the network's first event on, as a page does. */
export async function countLive(url: string): Promise<LiveCount> {
  const cursors = new Set<string>()
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`)
  const ready = new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.on('message', (text) => {
      const message: ServerMessage = serverMessage.parse(JSON.parse(String(text)))
      if (message.type === 'subscribed') resolve()
      if (message.type === 'task_update') cursors.add(message.cursor!)
    })
  })
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
  socket.send(JSON.stringify({ type: 'auth', token: null }))
  socket.send(JSON.stringify({ type: 'subscribe', topics: ['task_update'] }))
  await ready
  return { count: () => cursors.size, close: () => socket.terminate() }
}

const indexReply = z.object({ height: z.number().int(), sha256: z.string(), database: z.enum(['pglite', 'postgres']) })

export interface GatewayBlock {
  readonly url: string
  readonly database: 'pglite' | 'postgres'
  readonly height: number
  readonly sha256: string
  readonly tasks: number
  readonly receipts: number
  readonly wsEvents: number
  readonly whyEqual: boolean
  /** Everything that the gateway says otherwise than the chain; empty when all is well. */
  readonly differences: readonly string[]
}

/** Waits until the gateway has followed up to the chain's head, then reads and compares. */
export async function gatewayBlock({
  url,
  client,
  network,
  accounts,
  live,
}: {
  url: string
  client: NearClient
  network: Network
  accounts: readonly string[]
  live: LiveCount
}): Promise<GatewayBlock> {
  const { bly, market } = network.contracts
  const events = await eventReader(client.rpc, [bly, market]).next()
  const height = events.at(-1)?.height ?? 0
  const differences: string[] = []
  const compare = (what: string, gateway: unknown, chain: unknown): void => {
    const [ours, theirs] = [JSON.stringify(gateway), JSON.stringify(chain)]
    if (ours !== theirs) differences.push(`${what}: the gateway says ${ours}, the chain ${theirs}`)
  }
  const index = await until(
    () => read(`${url}/api/v1/network/index`, indexReply),
    (reply) => reply.height >= height,
  )
  const tasks = await readAll(`${url}/api/v1/tasks`, taskSummary)
  const receipts = await readAll(`${url}/api/v1/receipts`, receiptLine)
  const stats = await read(`${url}/api/v1/network/stats`, networkStats)
  const chainTasks = await client.view<{ id: string; state: string; escrow: string }[]>(market, 'get_tasks', {})
  const chainReceipts = await readReceipts(client, market)
  const supply = await client.view<Record<string, string>>(market, 'supply', {})
  const byId = (a: { id: string }, b: { id: string }): number => Number(a.id) - Number(b.id)
  compare(
    'tasks',
    tasks.map(({ id, state, escrowAtto }) => ({ id, state, escrow: escrowAtto })).sort(byId),
    chainTasks.map(({ id, state, escrow }) => ({ id, state, escrow })).sort(byId),
  )
  compare('receipts', receipts.map(({ hash }) => hash).sort(), chainReceipts.map(({ hash }) => hash).sort())
  for (const part of ['escrow', 'stake', 'unbonding', 'ledger', 'pool', 'treasury']) {
    compare(`supply.${part}`, stats.supply[part] ?? '0', supply[part])
  }
  const expected = countTaskItems(events, market)
  // The last block may still be on its way to the sockets.
  const wsEvents = await until(
    async () => live.count(),
    (count) => count >= expected,
  )
  compare('events over the WebSocket', wsEvents, expected)
  const unequal: string[] = []
  await withSession({ rpc: network.rpcUrl, bly, market }, async (opened) => {
    // All accounts are explained from one reading of the chain.
    const session = { ...opened, events: async () => events }
    for (const account of accounts) {
      const reply = await read(`${url}/api/v1/why/${account}`, whyReply)
      const { why } = await readWhy(session, account)
      if (essence(reply) !== essence(asReply(why))) unequal.push(account)
    }
  })
  if (unequal.length > 0) differences.push(`why: the gateway explains ${unequal.join(', ')} otherwise`)
  return {
    url,
    database: index.database,
    height: index.height,
    sha256: index.sha256,
    tasks: tasks.length,
    receipts: receipts.length,
    wsEvents,
    whyEqual: unequal.length === 0,
    differences,
  }
}

/** Items of the market's events that belong to a task. */
function countTaskItems(events: readonly ChainEvent[], market: string): number {
  const ofTask = (item: unknown): boolean => (item as { task?: string | null }).task != null
  return events.reduce((sum, { contract, data }) => sum + (contract === market ? data.filter(ofTask).length : 0), 0)
}

/** What must be the same: every line and sum, not when they were asked. */
function essence({ lines, earned, lost, balances, summed, agrees, orders, drawn, passedOver }: Omit<WhyReply, 'asOf'>) {
  return JSON.stringify({ lines, earned, lost, balances, summed, agrees, orders, drawn, passedOver })
}

const asReply = (why: Why): Omit<WhyReply, 'asOf'> =>
  JSON.parse(JSON.stringify(why, (_, value) => (typeof value === 'bigint' ? String(value) : value)))

async function read<S extends z.ZodType>(url: string, schema: S): Promise<z.infer<S>> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${(await response.text()).slice(0, 300)}`)
  return schema.parse(await response.json())
}

async function readAll<S extends z.ZodType>(url: string, item: S): Promise<z.infer<S>[]> {
  const items: z.infer<S>[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { items: z.infer<S>[]; next: string | null } = await read(
      `${url}?limit=100${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      listOf(item),
    )
    items.push(...page.items)
    cursor = page.next
  }
  return items
}

async function readReceipts(client: NearClient, market: string): Promise<{ hash: string }[]> {
  const all: { hash: string }[] = []
  for (;;) {
    const page = await client.view<{ hash: string }[]>(market, 'get_receipts', { from_index: all.length, limit: 50 })
    all.push(...page)
    if (page.length < 50) return all
  }
}

/** Asks again until the answer will do, for at most 20 s; then the last one counts. */
async function until<T>(ask: () => Promise<T>, isEnough: (answer: T) => boolean): Promise<T> {
  const limit = Date.now() + 20_000
  for (;;) {
    const answer = await ask()
    if (isEnough(answer) || Date.now() > limit) return answer
    await new Promise((done) => setTimeout(done, 100))
  }
}
