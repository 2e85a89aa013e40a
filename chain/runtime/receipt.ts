/** Receipts: the messages between accounts, their borsh for state and store, and how every id is derived. Source: nearcore receipt.rs, utils.rs. */

import { SYSTEM_ACCOUNT } from '../lib/accountId.ts'
import { type Action, readAction, writeAction } from '../lib/action.ts'
import { BorshReader, BorshWriter, badBorsh } from '../lib/borsh.ts'
import { base58ToBytes, bytesToBase58, u64ToBytes } from '../lib/bytes.ts'
import { sha256, ZERO_HASH } from '../lib/hash.ts'
import { readPublicKey, writePublicKey } from '../lib/key.ts'

export interface DataReceiver {
  dataId: string
  receiverId: string
}

interface ReceiptBase {
  predecessorId: string
  receiverId: string
  /** base58; ZERO_HASH until the runtime gives it one. */
  receiptId: string
}

export interface ActionReceipt extends ReceiptBase {
  kind: 'action'
  signerId: string
  signerPublicKey: string
  /** yoctoNEAR per gas unit at which its gas was bought. */
  gasPrice: bigint
  /** Who gets deposits back; null is the predecessor. */
  refundTo: string | null
  outputDataReceivers: DataReceiver[]
  inputDataIds: string[]
  actions: Action[]
}

export interface DataReceipt extends ReceiptBase {
  kind: 'data'
  dataId: string
  /** null: the promise failed. */
  data: Uint8Array | null
}

export type Receipt = ActionReceipt | DataReceipt

/** Key of receipts that nobody signed: ed25519 of 32 zero bytes. */
export const EMPTY_PUBLIC_KEY = `ed25519:${ZERO_HASH}`

const u64 = u64ToBytes
const derive = (base: Uint8Array, height: bigint, salt: bigint) => sha256(base, u64(height), u64(salt))

/** Id of the receipt that a transaction becomes. */
export const receiptIdOfTransaction = (txHash: Uint8Array, height: bigint): string =>
  bytesToBase58(derive(txHash, height, 0n))

/** Id of the `index`-th receipt that a receipt creates. */
export const childReceiptId = (receiptId: string, height: bigint, index: number): string =>
  bytesToBase58(derive(base58ToBytes(receiptId), height, BigInt(index)))

/** Distinguishes the actions of one receipt; seeds their data ids and randomness. */
export const actionHash = (receiptId: string, height: bigint, index: number): Uint8Array =>
  derive(base58ToBytes(receiptId), height, 2n ** 64n - 1n - BigInt(index))

export const dataIdOf = (action: Uint8Array, height: bigint, index: number): string =>
  bytesToBase58(derive(action, height, BigInt(index)))

export const randomSeedOf = (action: Uint8Array, randomValue: Uint8Array): Uint8Array => sha256(action, randomValue)

/** Returns a failed receipt's deposit, or a deleted account's balance. */
export function balanceRefund(receiverId: string, deposit: bigint): ActionReceipt {
  return refund(receiverId, SYSTEM_ACCOUNT, EMPTY_PUBLIC_KEY, deposit)
}

/** Returns unused gas to the signer; the key lets a limited key have its allowance back. */
export function gasRefund(signerId: string, signerPublicKey: string, deposit: bigint): ActionReceipt {
  return refund(signerId, signerId, signerPublicKey, deposit)
}

function refund(receiverId: string, signerId: string, signerPublicKey: string, deposit: bigint): ActionReceipt {
  return {
    kind: 'action',
    predecessorId: SYSTEM_ACCOUNT,
    receiverId,
    receiptId: ZERO_HASH,
    signerId,
    signerPublicKey,
    gasPrice: 0n,
    refundTo: null,
    outputDataReceivers: [],
    inputDataIds: [],
    actions: [{ kind: 'transfer', deposit }],
  }
}

/** nearcore's borsh: 0 Action, 1 Data, 5 ActionV2 (with refund_to). */
export function encodeReceipt(receipt: Receipt): Uint8Array {
  const writer = new BorshWriter()
  writer.string(receipt.predecessorId).string(receipt.receiverId).fixed(base58ToBytes(receipt.receiptId))
  if (receipt.kind === 'data') {
    writer.u8(1).fixed(base58ToBytes(receipt.dataId))
    writer.option(receipt.data, (data) => writer.bytes(data))
    return writer.finish()
  }
  writer.u8(receipt.refundTo === null ? 0 : 5).string(receipt.signerId)
  if (receipt.refundTo !== null) writer.option(receipt.refundTo, (id) => writer.string(id))
  writePublicKey(writer, receipt.signerPublicKey)
  writer.u128(receipt.gasPrice)
  writer.vec(receipt.outputDataReceivers, ({ dataId, receiverId }) =>
    writer.fixed(base58ToBytes(dataId)).string(receiverId),
  )
  writer.vec(receipt.inputDataIds, (id) => writer.fixed(base58ToBytes(id)))
  writer.vec(receipt.actions, (action) => writeAction(writer, action))
  return writer.finish()
}

export function decodeReceipt(bytes: Uint8Array): Receipt {
  const reader = new BorshReader(bytes)
  const hash = () => bytesToBase58(reader.fixed(32))
  const base = { predecessorId: reader.string(), receiverId: reader.string(), receiptId: hash() }
  const tag = reader.u8()
  if (tag === 1) return { kind: 'data', ...base, dataId: hash(), data: reader.option(() => reader.bytes()) }
  if (tag !== 0 && tag !== 5) throw badBorsh(`Receipt kind ${tag} is not supported.`)
  const signerId = reader.string()
  const refundTo = tag === 5 ? reader.option(() => reader.string()) : null
  return {
    kind: 'action',
    ...base,
    signerId,
    refundTo,
    signerPublicKey: readPublicKey(reader),
    gasPrice: reader.u128(),
    outputDataReceivers: reader.vec(() => ({ dataId: hash(), receiverId: reader.string() })),
    inputDataIds: reader.vec(hash),
    actions: reader.vec(() => readAction(reader)),
  }
}
