/** What the bridge shows. Amounts are decimal attoBLY, nonces and epochs decimal, times ms unless named otherwise. */
import { formatEvmAddress } from '../lib/pure/bridgePayload.ts'
import type { Bridge } from './context.ts'
import { activeEpoch, isRotationPending } from './epochs.ts'
import { capacityLeft, maxAmount } from './limit.ts'
import { PAYOUT_DEPOSIT } from './payout.ts'
import { queueLength } from './queue.ts'
import { findCredit, findEpoch, findLink, findLock, findPayout, type PayoutId, PREFIX } from './storage.ts'

/** The page unless told; a longer one of 100 fits into a view's gas. */
const LIMIT = 50

interface Page {
  from_index?: number
  limit?: number
}

export function transfer(b: Bridge, args: { direction: PayoutId['direction']; nonce: bigint }) {
  const id = { direction: args.direction, nonce: `${args.nonce}` }
  const payout = findPayout(b.host, id)
  const ready_at_ms = payout !== null && payout.readyAt > 0 ? payout.readyAt : null
  if (id.direction === 'near-evm') {
    const lock = findLock(b.host, id.nonce)
    if (lock === null) return null
    const { sender, amount } = lock
    const receiver = formatEvmAddress(b.host.keccak256, lock.receiver)
    return { ...id, state: payout?.state ?? 'locked', sender, receiver, amount: `${amount}`, ready_at_ms }
  }
  if (payout === null) return null
  const { state, account, amount } = payout
  return { ...id, state, sender: null, receiver: account, amount: `${amount}`, ready_at_ms }
}

export function status(b: Bridge) {
  const { bly, market, guardian, evm_chain_id, evm_bridge, salt, separator } = b.config
  const t = b.totals
  return {
    locked: t.locked,
    attested_burns: t.attested,
    unlocked: t.unlocked,
    credits: t.credits,
    pending: t.pending,
    locks: t.locks,
    links: t.links,
    queue_length: queueLength(b),
    epoch: `${activeEpoch(b).number}`,
    pending_epoch: isRotationPending(b) ? `${t.epoch}` : null,
    paused_until_ms: t.paused_until > b.now ? t.paused_until : null,
    pauses: t.pauses,
    guardian_paused: t.guardian_paused,
    ...{ bly, market, guardian, evm_chain_id, salt, separator },
    evm_bridge: formatEvmAddress(b.host.keccak256, evm_bridge),
  }
}

export function limits(b: Bridge) {
  const { min_amount, large_amount, hourly_limit, veto_delay_s, rotation_delay_s } = b.config
  return {
    ...{ min_amount, max_amount: `${maxAmount(b.config)}`, large_amount, hourly_limit },
    capacity: `${capacityLeft(b)}`,
    queue_length: queueLength(b),
    ...{ veto_delay_s, rotation_delay_s },
    payout_deposit: `${PAYOUT_DEPOSIT}`,
  }
}

/** The active set, or that of an epoch; null when there is none. */
export function signers(b: Bridge, args: { epoch?: bigint }) {
  const epoch = args.epoch ?? BigInt(activeEpoch(b).number)
  const record = epoch <= BigInt(b.totals.epoch) ? findEpoch(b.host, Number(epoch)) : null
  if (record === null) return null
  return { epoch: `${epoch}`, signers: record.signers, k: record.k, valid_from: `${record.validFrom}` }
}

export function credit(b: Bridge, args: { account_id: string }) {
  return `${findCredit(b.host, args.account_id) ?? 0n}`
}

export function locks(b: Bridge, page: Page) {
  return list(page, b.totals.locks, (nonce) => {
    const { sender, receiver, amount, height } = findLock(b.host, nonce)!
    const evm = formatEvmAddress(b.host.keccak256, receiver)
    return { nonce, sender, receiver: evm, amount: `${amount}`, height: Number(height) }
  })
}

export function links(b: Bridge, page: Page) {
  return list(page, b.totals.links, (nonce) => showLink(b, nonce))
}

export function link(b: Bridge, args: { account_id: string }) {
  const nonce = b.host.read(PREFIX.linkOf + args.account_id)
  return nonce === null ? null : showLink(b, nonce)
}

function showLink({ host }: Bridge, nonce: string) {
  const { evm, account } = findLink(host, nonce)!
  return { nonce, account, evm: formatEvmAddress(host.keccak256, evm) }
}

function list<T>({ from_index = 0, limit = LIMIT }: Page, count: number, show: (nonce: string) => T): T[] {
  const items: T[] = []
  for (let n = from_index; n < Math.min(count, from_index + limit); n++) items.push(show(`${n}`))
  return items
}
