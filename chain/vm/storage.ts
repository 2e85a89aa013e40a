/** Storage of one call: writes are held back until the call has succeeded, so that a failed one leaves nothing. */
import { bytesToLatin1, latin1ToBytes } from '../lib/bytes.ts'
import type { VMStorage } from './types.ts'

export class StorageSession {
  readonly #below: VMStorage
  readonly #writes = new Map<string, Uint8Array | null>()

  constructor(below: VMStorage) {
    this.#below = below
  }

  get chargesReplacedBytes(): boolean {
    return this.#below.chargesReplacedBytes ?? true
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const written = this.#writes.get(bytesToLatin1(key))
    return written === undefined ? this.#below.get(key) : (written ?? undefined)
  }

  has(key: Uint8Array): boolean {
    const written = this.#writes.get(bytesToLatin1(key))
    return written === undefined ? this.#below.has(key) : written !== null
  }

  /** Null removes. */
  write(key: Uint8Array, value: Uint8Array | null): void {
    this.#writes.set(bytesToLatin1(key), value)
  }

  /** A key that this call wrote before is found above the trie, at no node. */
  touchedNodes(key: Uint8Array): number {
    return this.#writes.has(bytesToLatin1(key)) ? 0 : this.#below.touchedNodes(key)
  }

  flush(): void {
    for (const [text, value] of this.#writes) {
      const key = latin1ToBytes(text)
      if (value !== null) this.#below.set(key, value)
      else this.#below.remove(key)
    }
  }
}
