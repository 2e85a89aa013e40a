/**
 * Holds the index against the contracts' own views at the index's height, field by field: tasks, nodes, every account's
 * ledger and balance, totals, transfers of the bridge, and the root of the receipts recomputed from the index's rows.
 */
import { z } from 'zod'
import type { Rpc } from '../../../chain/client/near/rpc.ts'
import { appendMmr, EMPTY_MMR, type Mmr, mmrRoot, type Receipt, receiptHash } from '../../../chain/client/protocol.ts'
import { keccak256 } from '../../../chain/lib/hash.ts'
import type { Database } from '../types.ts'
import type { Contracts } from './calls.ts'
import { atOneMoment, cursorOf, rowsInOrder } from './readTables.ts'
import { type TOTALS, table } from './rows.ts'
import { type ViewAt, viewsAt } from './viewAt.ts'
import type { Position } from './writeRows.ts'

/** One field that the index has otherwise than the chain; `row` where one of them lacks it whole. */
export interface Difference {
  table: string
  key: string
  field: string
  index: string | null
  chain: string | null
}

export interface IndexCheck {
  position: Position | null
  /** Fields compared. */
  compared: number
  differences: Difference[]
}

/** Tasks and nodes in one view: beyond, a view may run out of gas. */
const PAGE = 10
const AT_ONCE = 4

type Row = Record<string, unknown>

export async function checkIndex(
  db: Database,
  rpc: Rpc,
  contracts: Contracts,
  signal?: AbortSignal,
): Promise<IndexCheck> {
  const own = await readIndex(db)
  const check: IndexCheck = { position: own.position, compared: 0, differences: [] }
  if (own.position === null || own.position.height < 0) return check
  const ask = viewsAt(rpc, own.position.height, signal)
  const compare: Compare = (tableName, key, index, chain) => {
    for (const field of Object.keys(chain)) {
      check.compared += 1
      const [a, b] = [shown(index[field]), shown(chain[field])]
      if (a !== b) check.differences.push({ table: tableName, key, field, index: a, chain: b })
    }
  }
  await checkTasks(own, ask, contracts, compare)
  await checkNodes(own, ask, contracts, compare)
  await checkAccounts(own, ask, contracts, compare)
  await checkTotals(own, ask, contracts, compare)
  if (contracts.bridge != null) await checkTransfers(own, ask, contracts.bridge, compare)
  const { size, root } = z
    .object({ size: z.number(), root: z.string() })
    .parse(await ask(contracts.market, 'receipt_root', {}))
  compare(
    'receipts',
    'root',
    { size: own.range.size, root: mmrRoot(keccak256, own.range), wrong: own.wrong.join(' ') },
    { size, root, wrong: '' },
  )
  return check
}

type Compare = (table: string, key: string, index: Row, chain: Row) => void

const shown = (value: unknown): string | null =>
  value === null || value === undefined ? null : Array.isArray(value) ? value.join(' ') : String(value)

interface Own {
  position: Position | null
  tasks: Map<string, Row>
  rounds: Map<string, Row>
  nodes: Map<string, Row>
  accounts: Map<string, Row>
  transfers: Map<string, Row>
  totals: Map<string, bigint>
  range: Mmr
  /** Receipts whose own fields do not hash to their hash. */
  wrong: number[]
}

/** Everything that is compared, of one moment. */
function readIndex(db: Database): Promise<Own> {
  return atOneMoment(db, async (moment) => {
    const position = await cursorOf(moment)
    const keyed = async (
      of: Parameters<typeof rowsInOrder>[1],
      key: (row: Row) => string,
      pick: (row: Row) => Row = (row) => row,
    ) => {
      const found = new Map<string, Row>()
      for await (const row of rowsInOrder(moment, of)) found.set(key(row), pick(row))
      return found
    }
    const own: Own = {
      position,
      tasks: await keyed(
        table.tasks,
        ({ id }) => String(id),
        ({ spec: _, quote: __, ...row }) => row,
      ),
      rounds: await keyed(
        table.rounds,
        ({ task, round }) => `${task}/${round}`,
        ({ phase, deadline }) => ({ phase, deadline }),
      ),
      nodes: await keyed(table.nodes, ({ account }) => String(account)),
      accounts: await keyed(table.accounts, ({ account }) => String(account)),
      transfers: await keyed(table.transfers, ({ id }) => String(id)),
      totals: new Map(),
      range: EMPTY_MMR,
      wrong: [],
    }
    for await (const { name, amount } of rowsInOrder(moment, table.supply))
      own.totals.set(String(name), BigInt(String(amount)))
    for await (const row of rowsInOrder(moment, table.receipts)) {
      own.range = appendMmr(keccak256, own.range, String(row.hash))
      if (hashOfRow(row) !== row.hash) own.wrong.push(Number(row.index))
    }
    return own
  })
}

function hashOfRow(row: Row): string | null {
  const { small_pool, settled_at, hash: _, height: __, tx: ___, ...rest } = row
  const receipt = {
    ...rest,
    version: 1,
    index: String(row.index),
    task: String(row.task),
    smallPool: small_pool,
    settledAt: settled_at,
  }
  try {
    return receiptHash(keccak256, receipt as Receipt)
  } catch {
    return null // a field that no receipt can have
  }
}

const taskView = z.object({
  id: z.string(),
  requester: z.string(),
  state: z.string(),
  reason: z.string().nullable(),
  created_at: z.number(),
  round: z.number(),
  rounds_settled: z.number(),
  validators: z.number(),
  samples: z.number(),
  bounty: z.string(),
  escrow: z.string(),
  spent: z.record(z.string(), z.string()),
  vest_at: z.number().nullable(),
  vested: z.boolean(),
})

async function checkTasks(own: Own, ask: ViewAt, { market }: Contracts, compare: Compare): Promise<void> {
  let seen = 0
  for await (const view of pages(ask, market, 'get_tasks', taskView)) {
    seen += 1
    const row = own.tasks.get(view.id)
    if (row === undefined) {
      compare('tasks', view.id, { row: null }, { row: 'present' })
      continue
    }
    const { id, spent, ...fields } = view
    // A window that has run out moves the view at once, the chain's records with the next call only.
    if (fields.state === 'InProgress' && row.state === 'Assigned' && isRunOut(own, row)) fields.state = 'Assigned'
    const { base_pay, bonus, jury, cranks, burned, treasury } = row
    const parts: Row = { base_pay, bonus, validators: row.validators_pay, jury, cranks, burned, treasury }
    compare('tasks', id, row, fields)
    compare('tasks', id, prefixed(parts), prefixed(spent))
  }
  compare('tasks', 'all', { rows: own.tasks.size }, { rows: seen })
}

const prefixed = (parts: Row): Row =>
  Object.fromEntries(Object.entries(parts).map(([name, value]) => [`spent.${name}`, value]))

function isRunOut({ rounds, position }: Own, task: Row): boolean {
  const round = rounds.get(`${task.id}/${task.round}`)
  return round?.phase === 'accept' && typeof round.deadline === 'number' && round.deadline <= position!.at
}

const nodeView = z.object({
  account: z.string(),
  roles: z.array(z.string()),
  kind: z.string(),
  class: z.string(),
  peer: z.string(),
  worker_key: z.string().nullable(),
  stake: z.string(),
  parked: z.boolean(),
  unbonding: z.array(z.object({ amount: z.string() })),
})

async function checkNodes(own: Own, ask: ViewAt, { market }: Contracts, compare: Compare): Promise<void> {
  let number = 0
  for await (const { account, unbonding, ...fields } of pages(ask, market, 'get_nodes', nodeView)) {
    const sum = unbonding.reduce((total, { amount }) => total + BigInt(amount), 0n)
    const row = own.nodes.get(account) ?? {}
    compare('nodes', account, row, { ...fields, unbonding: sum, number: number++ })
  }
  compare('nodes', 'all', { rows: own.nodes.size }, { rows: number })
}

const ledgerView = z.object({ payable: z.string(), locked: z.string(), paying: z.string() })

async function checkAccounts(own: Own, ask: ViewAt, { bly, market }: Contracts, compare: Compare): Promise<void> {
  const names = [...own.accounts.keys()]
  const work = async () => {
    for (let account = names.pop(); account !== undefined; account = names.pop()) {
      const buckets = ledgerView.parse(await ask(market, 'ledger', { account_id: account }))
      const balance = z.string().parse(await ask(bly, 'ft_balance_of', { account_id: account }))
      compare('accounts', account, own.accounts.get(account)!, { ...buckets, balance })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}

async function checkTotals(own: Own, ask: ViewAt, { bly, market }: Contracts, compare: Compare): Promise<void> {
  const supply = z.record(z.string(), z.string()).parse(await ask(market, 'supply', {}))
  const total = (name: (typeof TOTALS)[number]) => own.totals.get(name) ?? 0n
  // What the token was asked to burn is still the market's until it answers.
  const pending = total('pending_burn') + total('burning')
  const named = Object.fromEntries(Object.keys(supply).map((name) => [name, own.totals.get(name) ?? 0n]))
  compare('supply', 'market', { ...named, pending_burn: pending }, supply)
  const sum = (rows: Map<string, Row>, ...fields: string[]) =>
    [...rows.values()].reduce((all, row) => fields.reduce((s, field) => s + BigInt(String(row[field])), all), 0n)
  const sums = {
    escrow: sum(own.tasks, 'escrow'),
    stake: sum(own.nodes, 'stake'),
    unbonding: sum(own.nodes, 'unbonding'),
    ledger: sum(own.accounts, 'payable', 'locked', 'paying'),
  }
  const { escrow, stake, unbonding, ledger } = supply
  compare('supply', 'sums of rows', sums, { escrow, stake, unbonding, ledger })
  const [minted, burned] = [await ask(bly, 'ft_total_supply', {}), await ask(bly, 'ft_burned', {})]
  compare('supply', 'token', { total: total('bly_supply'), burned: total('bly_burned') }, { total: minted, burned })
  compare('supply', 'balances', { total: sum(own.accounts, 'balance') }, { total: minted })
}

const transferView = z
  .object({
    state: z.string(),
    sender: z.string().nullable(),
    receiver: z.string(),
    amount: z.string(),
    ready_at_ms: z.number().nullable(),
  })
  .nullable()
const bridgeStatus = z.object({ locks: z.number() })

/** Every transfer that the index has, and as many locks as the bridge counts; burns are counted on EVM. */
async function checkTransfers(own: Own, ask: ViewAt, bridge: string, compare: Compare): Promise<void> {
  const rows = [...own.transfers.values()]
  const { locks } = bridgeStatus.parse(await ask(bridge, 'status', {}))
  compare('transfers', 'near-evm', { rows: rows.filter((row) => row.direction === 'near-evm').length }, { rows: locks })
  for (const row of rows) {
    const view = transferView.parse(
      await ask(bridge, 'transfer', { direction: row.direction, nonce: String(row.nonce) }),
    )
    if (view === null) compare('transfers', String(row.id), { row: 'present' }, { row: null })
    // The token has been asked and has not answered: the event that tells comes with its answer.
    else if (view.state !== 'paying') {
      const { ready_at_ms: ready_at, ...fields } = view
      compare('transfers', String(row.id), row, { ...fields, ready_at })
    }
  }
}

/** A list view from its first item to its last. */
async function* pages<T>(ask: ViewAt, contract: string, method: string, item: z.ZodType<T>): AsyncGenerator<T> {
  const list = z.array(item)
  for (let from = 0; ; from += PAGE) {
    const page = list.parse(await ask(contract, method, { from_index: from, limit: PAGE }))
    yield* page
    if (page.length < PAGE) return
  }
}
