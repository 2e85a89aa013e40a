/** Receipts that found the block full, in the state's column 7, first in first out. Source: nearcore DelayedReceiptQueue. */
import { BorshReader, BorshWriter } from '../lib/borsh.ts'
import { delayedIndicesKey, delayedReceiptKey } from './account.ts'
import { decodeReceipt, encodeReceipt, type Receipt } from './receipt.ts'
import type { Overlay, StateView } from './state.ts'

export function delayedCount(state: StateView): bigint {
  const { first, next } = indices(state)
  return next - first
}

export function pushDelayed(state: Overlay, receipt: Receipt): void {
  const { first, next } = indices(state)
  state.set(delayedReceiptKey(next), encodeReceipt(receipt))
  setIndices(state, first, next + 1n)
}

export function popDelayed(state: Overlay): Receipt | null {
  const { first, next } = indices(state)
  if (first === next) return null
  const key = delayedReceiptKey(first)
  const receipt = decodeReceipt(state.get(key)!)
  state.remove(key)
  setIndices(state, first + 1n, next)
  return receipt
}

function indices(state: StateView): { first: bigint; next: bigint } {
  const bytes = state.get(delayedIndicesKey())
  if (bytes === undefined) return { first: 0n, next: 0n }
  const reader = new BorshReader(bytes)
  return { first: reader.u64(), next: reader.u64() }
}

function setIndices(state: Overlay, first: bigint, next: bigint): void {
  state.set(delayedIndicesKey(), new BorshWriter().u64(first).u64(next).finish())
  state.commit()
}
