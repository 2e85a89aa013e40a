/** Key-value state: a base that only whole blocks change, and overlays whose writes can be dropped. Source: nearcore TrieUpdate. */

import { type AccessKey, decodeAccessKey, encodeAccessKey } from '../lib/action.ts'
import { latin1ToBytes, u64ToBytes } from '../lib/bytes.ts'
import { sha256 } from '../lib/hash.ts'
import { type Account, accessKeyKey, accountKey, decodeAccount, encodeAccount } from './account.ts'

/** Latin1 key → value, or null where the key is removed. */
export type StateChanges = Map<string, Uint8Array | null>

export interface StateView {
  get(key: string): Uint8Array | undefined
  /** Keys that start with `prefix`, in byte order. */
  keys(prefix: string): string[]
}

/** The committed state. Only `apply` changes it; an index by prefix keeps listing one account's keys proportional to them. */
export class State implements StateView {
  readonly #values = new Map<string, Uint8Array>()
  readonly #groups = new Map<string, Set<string>>()

  get size(): number {
    return this.#values.size
  }

  get(key: string): Uint8Array | undefined {
    return this.#values.get(key)
  }

  entries(): IterableIterator<[string, Uint8Array]> {
    return this.#values.entries()
  }

  keys(prefix: string): string[] {
    const group = this.#groups.get(groupOf(prefix))
    if (group === undefined) return []
    return [...group].filter((key) => key.startsWith(prefix)).sort()
  }

  /** Applies changes and returns the ones that undo them. */
  apply(changes: StateChanges): StateChanges {
    const undo: StateChanges = new Map()
    for (const [key, value] of changes) {
      undo.set(key, this.#values.get(key) ?? null)
      const group = groupOf(key)
      if (value === null) {
        this.#values.delete(key)
        const members = this.#groups.get(group)
        members?.delete(key)
        if (members?.size === 0) this.#groups.delete(group)
      } else {
        this.#values.set(key, value)
        let members = this.#groups.get(group)
        if (members === undefined) this.#groups.set(group, (members = new Set()))
        members.add(key)
      }
    }
    return undo
  }
}

/** Writes over a view that reach it only by `commit`; `rollback` forgets them. */
export class Overlay implements StateView {
  readonly #under: StateView
  #committed: StateChanges = new Map()
  #open: StateChanges = new Map()

  constructor(under: StateView, changes?: StateChanges) {
    this.#under = under
    if (changes) this.#committed = changes
  }

  get(key: string): Uint8Array | undefined {
    let value = this.#open.get(key)
    if (value === undefined) value = this.#committed.get(key)
    if (value === undefined) return this.#under.get(key)
    return value ?? undefined
  }

  set(key: string, value: Uint8Array): void {
    this.#open.set(key, value)
  }

  remove(key: string): void {
    this.#open.set(key, null)
  }

  keys(prefix: string): string[] {
    const found = new Set(this.#under.keys(prefix))
    for (const layer of [this.#committed, this.#open]) {
      for (const [key, value] of layer) {
        if (!key.startsWith(prefix)) continue
        if (value === null) found.delete(key)
        else found.add(key)
      }
    }
    return [...found].sort()
  }

  commit(): void {
    for (const [key, value] of this.#open) this.#committed.set(key, value)
    this.#open = new Map()
  }

  rollback(): void {
    this.#open = new Map()
  }

  /** What was committed; keys that ended as they began may be among them. */
  get changes(): StateChanges {
    return this.#committed
  }

  getAccount(id: string): Account | null {
    return getAccount(this, id)
  }

  setAccount(id: string, account: Account): void {
    this.set(accountKey(id), encodeAccount(account))
  }

  getAccessKey(id: string, publicKey: string): AccessKey | null {
    return getAccessKey(this, id, publicKey)
  }

  setAccessKey(id: string, publicKey: string, key: AccessKey): void {
    this.set(accessKeyKey(id, publicKey), encodeAccessKey(key))
  }
}

export function getAccount(view: StateView, id: string): Account | null {
  const bytes = view.get(accountKey(id))
  return bytes === undefined ? null : decodeAccount(bytes)
}

export function getAccessKey(view: StateView, id: string, publicKey: string): AccessKey | null {
  const bytes = view.get(accessKeyKey(id, publicKey))
  return bytes === undefined ? null : decodeAccessKey(bytes)
}

/**
 * State root of a block: sha256 of the parent's root and of every change in key order. Deterministic and cheap,
 * yet it commits to the history of changes and is no Merkle root, so it proves no single key as nearcore's does.
 */
export function nextStateRoot(previous: Uint8Array, changes: StateChanges): Uint8Array {
  if (changes.size === 0) return previous
  const parts: Uint8Array[] = [previous]
  for (const key of [...changes.keys()].sort()) {
    const value = changes.get(key)!
    parts.push(u64ToBytes(BigInt(key.length)), latin1ToBytes(key))
    if (value === null) parts.push(Uint8Array.of(0))
    else parts.push(Uint8Array.of(1), sha256(value))
  }
  return sha256(...parts)
}

/** One account's keys of one column: up to the separator that closes the account id. */
function groupOf(key: string): string {
  const separator = key[0] === '\x02' ? '\x02' : ','
  const end = key.indexOf(separator, 1)
  return end < 0 ? key : key.slice(0, end)
}
