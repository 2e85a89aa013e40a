/**
 * Transactions on their way into a block. A key's transactions leave in the order of their nonces; a gap before one is
 * given a moment to close, because transactions sent at once travel on connections of their own and arrive in any order.
 */
import type { BlyanError } from '../lib/errors.ts'
import type { SignedTransaction } from '../lib/transaction.ts'
import { getAccessKey, type StateView } from '../runtime/state.ts'

/** As long as a batch signed in one slow page may take to arrive; only a gap pays it. nearcore's blocks are this far apart anyway. */
const GAP_MS = 200

export interface Pending {
  readonly transaction: SignedTransaction
  /** Settles when the transaction is in a block on disk, or refused. */
  readonly included: Promise<void>
  settle(error: BlyanError | null): void
  /** Until when a gap in the nonces before it is waited for; process time in ms. */
  readonly heldUntil: number
}

export class Mempool {
  #pending: Pending[] = []

  find(id: string): Pending | undefined {
    return this.#pending.find(({ transaction }) => transaction.id === id)
  }

  add(transaction: SignedTransaction): Pending {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const settle = (error: BlyanError | null) => (error === null ? resolve() : reject(error))
    const pending = { transaction, included: promise, settle, heldUntil: performance.now() + GAP_MS }
    this.#pending.push(pending)
    return pending
  }

  hasReady(state: StateView): boolean {
    return this.#pending.length > 0 && this.#ready(state).size > 0
  }

  /** Milliseconds until something that is held now may leave; null when nothing is held. */
  get msUntilReady(): number | null {
    if (this.#pending.length === 0) return null
    return Math.max(1, Math.min(...this.#pending.map(({ heldUntil }) => heldUntil)) - performance.now())
  }

  /** Takes out what may enter the next block, in order of arrival but for each key's nonces. */
  take(state: StateView): Pending[] {
    const ready = this.#ready(state)
    const taken = this.#pending.filter((pending) => ready.has(pending))
    this.#pending = this.#pending.filter((pending) => !ready.has(pending))
    return inNonceOrder(taken)
  }

  takeAll(): Pending[] {
    return this.#pending.splice(0)
  }

  #ready(state: StateView): Set<Pending> {
    const now = performance.now()
    const ready = new Set<Pending>()
    for (const own of byKey(this.#pending).values()) {
      const { signerId, publicKey } = own[0]!.transaction.transaction
      let nonce = getAccessKey(state, signerId, publicKey)?.nonce
      for (const pending of own) {
        const next = pending.transaction.transaction.nonce
        // Without the key, or with a spent nonce, the block's own check will say so.
        if (nonce !== undefined && next > nonce + 1n && pending.heldUntil > now) break
        ready.add(pending)
        if (nonce !== undefined && next > nonce) nonce = next
      }
    }
    return ready
  }
}

/** Each key's transactions, by rising nonce. */
function byKey(batch: readonly Pending[]): Map<string, Pending[]> {
  const keys = new Map<string, Pending[]>()
  for (const pending of batch) {
    const own = keys.get(keyOf(pending))
    if (own === undefined) keys.set(keyOf(pending), [pending])
    else own.push(pending)
  }
  for (const own of keys.values()) {
    own.sort((a, b) => (a.transaction.transaction.nonce < b.transaction.transaction.nonce ? -1 : 1))
  }
  return keys
}

/** Puts each key's transactions by nonce into the places that they had. */
function inNonceOrder(batch: readonly Pending[]): Pending[] {
  const keys = byKey(batch)
  return batch.map((pending) => keys.get(keyOf(pending))!.shift()!)
}

const keyOf = ({ transaction: { transaction } }: Pending): string => `${transaction.signerId} ${transaction.publicKey}`
