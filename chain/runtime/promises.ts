/** Receipts that wait for data, and the data that they wait for, kept in the state's columns 3–6. Source: nearcore process_receipt. */
import { BorshReader, BorshWriter } from '../lib/borsh.ts'
import { base58ToBytes, bytesToBase58 } from '../lib/bytes.ts'
import type { PromiseResult } from '../vm/types.ts'
import { pendingCountKey, postponedIdKey, postponedReceiptKey, receivedDataKey } from './account.ts'
import { type ActionReceipt, type DataReceipt, decodeReceipt, encodeReceipt } from './receipt.ts'
import type { Overlay } from './state.ts'

/** Postpones a receipt while data is missing; true when it may run now. */
export function isReadyElsePostpone(state: Overlay, receipt: ActionReceipt): boolean {
  const { receiverId, receiptId, inputDataIds } = receipt
  const missing = inputDataIds.filter((dataId) => state.get(receivedDataKey(receiverId, dataId)) === undefined)
  if (missing.length === 0) return true
  for (const dataId of missing) state.set(postponedIdKey(receiverId, dataId), base58ToBytes(receiptId))
  state.set(pendingCountKey(receiverId, receiptId), new BorshWriter().u32(missing.length).finish())
  state.set(postponedReceiptKey(receiverId, receiptId), encodeReceipt(receipt))
  state.commit()
  return false
}

/** Stores data; returns the receipt that this was the last missing piece of, if any. */
export function receiveData(state: Overlay, { receiverId, dataId, data }: DataReceipt): ActionReceipt | null {
  const received = new BorshWriter()
  received.option(data, (bytes) => received.bytes(bytes))
  state.set(receivedDataKey(receiverId, dataId), received.finish())
  const waiting = state.get(postponedIdKey(receiverId, dataId))
  let ready: ActionReceipt | null = null
  if (waiting !== undefined) {
    state.remove(postponedIdKey(receiverId, dataId))
    const receiptId = bytesToBase58(waiting)
    const countKey = pendingCountKey(receiverId, receiptId)
    const count = new BorshReader(present(state, countKey)).u32()
    if (count > 1) state.set(countKey, new BorshWriter().u32(count - 1).finish())
    else {
      const receiptKey = postponedReceiptKey(receiverId, receiptId)
      ready = decodeReceipt(present(state, receiptKey)) as ActionReceipt
      state.remove(countKey)
      state.remove(receiptKey)
    }
  }
  state.commit()
  return ready
}

/** The results a receipt waited for, in the order of its input ids; they are gone from the state afterwards. */
export function takeReceivedData(state: Overlay, { receiverId, inputDataIds }: ActionReceipt): PromiseResult[] {
  return inputDataIds.map((dataId) => {
    const key = receivedDataKey(receiverId, dataId)
    const reader = new BorshReader(present(state, key))
    const data = reader.option(() => reader.bytes())
    state.remove(key)
    return data === null ? { kind: 'failed' } : { kind: 'successful', value: data }
  })
}

function present(state: Overlay, key: string): Uint8Array {
  const value = state.get(key)
  if (value === undefined) throw new Error(`The state lacks a record of a postponed receipt: ${JSON.stringify(key)}`)
  return value
}
