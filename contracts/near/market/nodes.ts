/** Operators: stake, seats, bonds. A bond is locked at a draw and either released or taken in part; no more than it. */
import { requireOneYocto } from '../lib/access.ts'
import { min } from '../lib/money.ts'
import { requireRegistered } from './accounts.ts'
import { addTo, addTotal, type Market } from './context.ts'
import { ensure, fail } from './errors.ts'
import { changeLedger } from './ledger.ts'
import { fitSeats, mayReopen, openSeats, seatsAt } from './seats.ts'
import { keys, PREFIX } from './storage.ts'
import type { NodeClass, NodeRecord, Role } from './types.ts'

export interface StakeMessage {
  roles?: Role[] | null
  kind?: string | null
  class?: NodeClass | null
  peer?: string | null
  worker_key?: string | null
}

/** Unstaked parts that wait at a time: keeps the node's record small. */
const MAX_UNBONDING = 8

export function findNode(m: Market, account: string): NodeRecord | null {
  return m.store.get<NodeRecord>(keys.node(account))
}

/** @throws MARKET_NODE_UNKNOWN */
export function getNode(m: Market, account: string): NodeRecord {
  return findNode(m, account) ?? fail('MARKET_NODE_UNKNOWN', `${account} has no stake here`)
}

export function putNode(m: Market, node: NodeRecord): void {
  m.store.put(keys.node(node.account), node)
}

/**
 * Registers an operator, or tops up a known one.
 * @throws STORAGE_NOT_REGISTERED MARKET_NODE_UNKNOWN MARKET_NODE_FIXED MARKET_STAKE_TOO_LOW
 */
export function stake(m: Market, account: string, amount: bigint, message: StakeMessage): void {
  requireRegistered(m.host, account)
  const known = findNode(m, account)
  const node = known !== null && isActive(known) ? topUp(known, message) : register(m, account, message, known)
  const before = openSeats(node)
  node.stake = addTo(node.stake, amount)
  ensure(
    BigInt(node.stake) >= BigInt(m.config.seat),
    'MARKET_STAKE_TOO_LOW',
    () => `stake is ${node.stake} attoBLY, one seat needs ${m.config.seat}`,
  )
  addTotal(m, 'stake', amount)
  fitSeats(m, node)
  countOperator(m, node, before)
  putNode(m, node)
  emitStake(m, node, amount, 'STAKE')
}

function isActive(node: NodeRecord): boolean {
  return BigInt(node.stake) > 0n || node.unbonding.length > 0 || BigInt(node.locked) > 0n
}

function topUp(node: NodeRecord, message: StakeMessage): NodeRecord {
  const roles = message.roles ?? null
  ensure(
    roles === null || sameRoles(roles, node.roles),
    'MARKET_NODE_FIXED',
    () => `${node.account} is staked as ${node.roles.join(', ')}`,
  )
  ensure(
    (message.class ?? node.class) === node.class,
    'MARKET_NODE_FIXED',
    () => `${node.account} is staked as class ${node.class}`,
  )
  if (message.peer) node.peer = message.peer
  if (message.kind) node.kind = message.kind
  return node
}

function sameRoles(a: readonly Role[], b: readonly Role[]): boolean {
  return a.length === b.length && a.every((role) => b.includes(role))
}

function register(m: Market, account: string, message: StakeMessage, known: NodeRecord | null): NodeRecord {
  const roles = message.roles ?? []
  ensure(roles.length > 0, 'MARKET_NODE_UNKNOWN', () => `${account} is not registered; its first stake names roles`)
  const node: NodeRecord = {
    account,
    roles: roles.filter((role, i) => roles.indexOf(role) === i),
    kind: message.kind ?? '',
    class: message.class ?? 'cloud',
    peer: message.peer ?? '',
    worker_key: message.worker_key ?? null,
    stake: '0',
    locked: '0',
    lots: [],
    unbonding: [],
    parked: null,
    unparked: null,
  }
  if (known === null) {
    m.store.putText(keys.nodeAt(m.totals.nodes), account)
    m.totals.nodes += 1
    m.store.put(PREFIX.totals, m.totals)
  }
  m.emit('node_registered', { account, roles: node.roles, kind: node.kind, class: node.class, peer: node.peer })
  return node
}

/** Begins to unbond free stake. @throws DEPOSIT_ONE_YOCTO MARKET_STAKE_LOCKED MARKET_UNBONDING_FULL */
export function unstake(m: Market, amount: bigint): void {
  requireOneYocto(m.host)
  const node = getNode(m, m.host.predecessor())
  const free = BigInt(node.stake) - BigInt(node.locked)
  ensure(
    amount > 0n && amount <= free,
    'MARKET_STAKE_LOCKED',
    () => `${amount} asked, ${free < 0n ? 0n : free} is free`,
  )
  ensure(
    node.unbonding.length < MAX_UNBONDING,
    'MARKET_UNBONDING_FULL',
    () => `${MAX_UNBONDING} parts are already unbonding`,
  )
  const before = openSeats(node)
  node.stake = addTo(node.stake, -amount)
  node.unbonding.push({ amount: amount.toString(), at: m.now + m.config.unbonding_ms })
  addTotal(m, 'stake', -amount)
  addTotal(m, 'unbonding', amount)
  fitSeats(m, node)
  countOperator(m, node, before)
  putNode(m, node)
  emitStake(m, node, -amount, 'UNSTAKE')
}

/**
 * Takes back stake that is unbonding, matured or not, and opens its seats anew: what it left draws without, it stays
 * without. What leaves last comes back first, as if the last `unstake` had not been: the earliest exits keep their time.
 * @throws DEPOSIT_ONE_YOCTO MARKET_NODE_UNKNOWN MARKET_NOT_UNBONDING MARKET_RESTAKE_TOO_OFTEN
 */
export function restake(m: Market, amount: bigint): void {
  requireOneYocto(m.host)
  const node = getNode(m, m.host.predecessor())
  const leaving = funds(node) - BigInt(node.stake)
  ensure(
    amount > 0n && amount <= leaving,
    'MARKET_NOT_UNBONDING',
    () => `${amount} asked, ${leaving} attoBLY of ${node.account} are unbonding`,
  )
  // Also where it opens none: a part of a seat now, and one attoBLY of new stake after it, would open it.
  ensure(
    mayReopen(m, node, funds(node)),
    'MARKET_RESTAKE_TOO_OFTEN',
    () => `${node.account} closed too many seats within ${m.config.unbonding_ms} ms`,
  )
  const before = openSeats(node)
  takeUnbonding(m, node, amount)
  node.stake = addTo(node.stake, amount)
  addTotal(m, 'stake', amount)
  fitSeats(m, node)
  countOperator(m, node, before)
  putNode(m, node)
  emitStake(m, node, amount, 'RESTAKE')
}

/** Moves matured unbonding stake into the ledger, from where `claim` pays it. @throws MARKET_NOTHING_TO_WITHDRAW MARKET_STAKE_LOCKED */
export function withdraw(m: Market): string {
  requireOneYocto(m.host)
  const node = getNode(m, m.host.predecessor())
  const ripe = node.unbonding.filter((part) => part.at <= m.now)
  const amount = ripe.reduce((sum, part) => sum + BigInt(part.amount), 0n)
  ensure(amount > 0n, 'MARKET_NOTHING_TO_WITHDRAW', () => `nothing of ${node.account} has matured`)
  // A draw of a time before `unstake` may have locked more than the stake that is left.
  const kept = funds(node) - amount
  ensure(
    kept >= BigInt(node.locked),
    'MARKET_STAKE_LOCKED',
    () => `${node.locked} attoBLY are bonded, ${kept} would stay`,
  )
  node.unbonding = node.unbonding.filter((part) => part.at > m.now)
  addTotal(m, 'unbonding', -amount)
  putNode(m, node)
  changeLedger(m, node.account, 'payable', amount, 'WITHDRAW', null)
  return amount.toString()
}

/** Records the function-call key that the daemon signs with. @throws DEPOSIT_ONE_YOCTO */
export function setWorkerKey(m: Market, publicKey: string): void {
  requireOneYocto(m.host)
  const node = getNode(m, m.host.predecessor())
  node.worker_key = publicKey
  putNode(m, node)
  m.emit('worker_key_set', { account: node.account, public_key: publicKey })
}

/** Takes the caller out of the park: it is drawn again from now on. */
export function heartbeat(m: Market): void {
  const node = getNode(m, m.host.predecessor())
  if (node.parked === null || node.unparked !== null) return
  node.unparked = m.now
  putNode(m, node)
  m.emit('node_resumed', { account: node.account })
}

/** Keeps an operator out of draws from `at` on, until its heartbeat. */
export function park(m: Market, node: NodeRecord, at: number, origin: { task: string; round: number }): void {
  node.parked = at
  node.unparked = null
  putNode(m, node)
  m.emit('seat_parked', { account: node.account, task: origin.task, round: origin.round })
}

export function isParkedAt(node: NodeRecord, at: number): boolean {
  return node.parked !== null && node.parked <= at && (node.unparked === null || at < node.unparked)
}

/** Whether a draw for T may lock `bond`: a top-up after T changes nothing. */
export function canBond(m: Market, node: NodeRecord, at: number, bond: bigint): boolean {
  const seated = BigInt(m.config.seat) * BigInt(seatsAt(node, at))
  return min(seated, funds(node)) - BigInt(node.locked) >= bond
}

export function lockBond(m: Market, node: NodeRecord, bond: bigint): void {
  node.locked = addTo(node.locked, bond)
  putNode(m, node)
}

export function freeBond(m: Market, node: NodeRecord, bond: bigint): void {
  if (bond === 0n) return
  node.locked = addTo(node.locked, -bond)
  putNode(m, node)
}

/** Takes a locked part of the stake out of the market's stake; the caller says where it goes. */
export function takeBond(m: Market, node: NodeRecord, amount: bigint, reason: string): void {
  if (amount === 0n) return
  const before = openSeats(node)
  const fromStake = min(amount, BigInt(node.stake))
  node.locked = addTo(node.locked, -amount)
  node.stake = addTo(node.stake, -fromStake)
  addTotal(m, 'stake', -fromStake)
  takeUnbonding(m, node, amount - fromStake)
  fitSeats(m, node)
  countOperator(m, node, before)
  putNode(m, node)
  emitStake(m, node, -amount, reason)
}

function takeUnbonding(m: Market, node: NodeRecord, amount: bigint): void {
  addTotal(m, 'unbonding', -amount)
  for (let i = node.unbonding.length - 1; i >= 0 && amount > 0n; i--) {
    const part = node.unbonding[i]
    const taken = min(amount, BigInt(part.amount))
    part.amount = addTo(part.amount, -taken)
    amount -= taken
  }
  node.unbonding = node.unbonding.filter((part) => part.amount !== '0')
  ensure(amount === 0n, 'MARKET_STAKE_LOCKED', () => `${node.account} lacks ${amount} attoBLY of a bond`)
}

/** Stake and what is still unbonding: a bond may be taken from both. */
export function funds(node: NodeRecord): bigint {
  return node.unbonding.reduce((sum, part) => sum + BigInt(part.amount), BigInt(node.stake))
}

function countOperator(m: Market, node: NodeRecord, before: number): void {
  if (!node.roles.includes('trainer') && !node.roles.includes('validator')) return
  const after = openSeats(node)
  if (before > 0 === after > 0) return
  m.totals.operators += after > 0 ? 1 : -1
  m.store.put(PREFIX.totals, m.totals)
}

function emitStake(m: Market, node: NodeRecord, delta: bigint, reason: string): void {
  m.emit('stake_changed', { account: node.account, delta: delta.toString(), reason, stake: node.stake })
}
