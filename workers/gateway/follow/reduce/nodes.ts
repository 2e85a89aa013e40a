/** Operators: registration, stake, what unbonds, parking, and what they earned and lost. */
import type { Call } from '../calls.ts'
import { type NodeRow, type Rows, table } from '../rows.ts'

/** Ledger reasons that are income of work. */
const EARNED = new Set([
  'BASE_PAY',
  'BONUS',
  'HALF_PAY',
  'VALIDATOR_FEE',
  'JURY_FEE',
  'FINDER_FEE',
  'HARMED',
  'CRANK',
  'DECLINED',
])

export function reduceNodes(rows: Rows, call: Call): void {
  const change = (account: string, edit: (node: NodeRow) => void) => {
    const node = rows.nodes.get(account)
    if (node === undefined) return
    edit(node)
    node.updatedHeight = call.height
    rows.save(table.nodes, node)
  }
  for (const { data } of call.of('node_registered')) register(rows, call, data)
  for (const { data } of call.of('stake_changed')) change(data.account, (node) => moveStake(rows, call, node, data))
  for (const { data } of call.of('worker_key_set')) {
    change(data.account, (node) => {
      node.workerKey = data.public_key
    })
  }
  const park = (account: string, parked: boolean) =>
    change(account, (node) => {
      node.parked = parked
    })
  for (const { data } of call.of('seat_parked')) park(data.account, true)
  for (const { data } of call.of('node_resumed')) park(data.account, false)
  for (const account of unparked(rows, call)) park(account, false)
  for (const { data } of call.of('ledger_changed')) {
    change(data.account, (node) => {
      if (EARNED.has(data.reason)) node.earned += data.delta
      if (data.reason !== 'WITHDRAW') return
      node.unbonding -= data.delta
      rows.addTotal('unbonding', -data.delta)
    })
  }
  for (const { data } of call.of('slashed')) {
    change(data.account, (node) => {
      node.lost += data.amount
      node.faults += 1
    })
  }
  for (const { data } of call.of('settled')) {
    if (data.outcome !== 'accepted') continue
    change(data.account, (node) => {
      node.accepted += 1
    })
  }
}

type Registered = { account: string; roles: string[]; kind: string; class: string; peer: string }

/** A first registration, or one after all stake had left: the place in the list stays. */
function register(rows: Rows, call: Call, { account, roles, kind, class: nodeClass, peer }: Registered): void {
  const known = rows.nodes.get(account)
  const number = known?.number ?? Number(rows.totals.get('nodes')?.amount ?? 0n)
  if (known === undefined) rows.addTotal('nodes', 1n)
  const node: NodeRow = {
    account,
    number,
    roles: roles.filter((role, i) => roles.indexOf(role) === i),
    kind,
    class: nodeClass,
    peer,
    workerKey: null,
    stake: known?.stake ?? 0n,
    unbonding: known?.unbonding ?? 0n,
    parked: false,
    since: known?.since ?? call.at,
    earned: known?.earned ?? 0n,
    lost: known?.lost ?? 0n,
    accepted: known?.accepted ?? 0,
    faults: known?.faults ?? 0,
    updatedHeight: call.height,
  }
  if (known !== undefined) rows.changed.get(table.nodes)?.delete(known)
  rows.nodes.set(account, node)
  rows.save(table.nodes, node)
}

type StakeChanged = { account: string; delta: bigint; reason: string; stake: bigint }

/** A bond may be taken from what is unbonding too: the event tells the whole, and what is left of the stake. */
function moveStake(rows: Rows, call: Call, node: NodeRow, { account, delta, reason, stake }: StakeChanged): void {
  const ofStake = stake - node.stake
  const moves = reason === 'UNSTAKE' || reason === 'RESTAKE'
  const ofUnbonding = moves ? -delta : delta - ofStake
  node.stake = stake
  node.unbonding += ofUnbonding
  rows.addTotal('stake', ofStake)
  rows.addTotal('unbonding', ofUnbonding)
  if (reason !== 'STAKE') return
  // Key and, after a top-up, address and description have no event of their own.
  const facts = rows.nodeFacts.get(account)
  if (facts == null) return
  const isNew = call.of('node_registered').some(({ data }) => data.account === account)
  if (isNew) node.workerKey = facts.workerKey
  node.kind = facts.kind
  node.peer = facts.peer
}

/** Those who said that a task's data is not served come out of the park when half of the drawn say so. */
function unparked(rows: Rows, call: Call): string[] {
  return call
    .of('task_failed')
    .filter(({ data }) => data.reason === 'DATA_UNAVAILABLE')
    .flatMap(({ data }) => {
      const { task, submissions } = rows.task(data.task)
      return submissions
        .filter(({ round, fault }) => round === task.round && fault === 'UNAVAILABLE')
        .map(({ account }) => account)
    })
}
