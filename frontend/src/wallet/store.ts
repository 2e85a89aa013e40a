/** The wallet that this tab is connected to. Its code comes with it: pages that need none load none. */
import type { Wallet } from './types.ts'

export interface WalletStore {
  current(): Wallet | null
  set(wallet: Wallet | null): void
  subscribe(listener: () => void): () => void
}

export function createWalletStore(): WalletStore {
  let wallet: Wallet | null = null
  const listeners = new Set<() => void>()
  return {
    current: () => wallet,
    set(next) {
      wallet = next
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
