/** AddKey and DeleteKey, and the bytes that a key occupies. Source: nearcore access_keys.rs. */
import { type Action, encodeAccessKey } from '../../lib/action.ts'
import { publicKeyToBytes } from '../../lib/key.ts'
import { accessKeyKey } from '../account.ts'
import type { RuntimeParams } from '../params.ts'
import { ActionFailure, existing, type ReceiptRun, requireActor } from './context.ts'

/** New keys start at (height − 1)·10⁶, so that a key deleted and added again accepts no old transaction. */
export const newKeyNonce = ({ block, params }: Pick<ReceiptRun, 'block' | 'params'>): bigint =>
  (block.height - 1n) * params.accessKeyNonceRange

export const recordBytes = (publicKey: string, keyBytes: number, params: RuntimeParams): bigint =>
  BigInt(publicKeyToBytes(publicKey).length + keyBytes) + params.storageBytesRecord

export function addKey(run: ReceiptRun, { publicKey, accessKey }: Extract<Action, { kind: 'addKey' }>): void {
  const account = existing(run)
  requireActor(run)
  const { receiverId } = run.receipt
  if (run.state.getAccessKey(receiverId, publicKey) !== null) {
    throw new ActionFailure({ AddKeyAlreadyExists: { account_id: receiverId, public_key: publicKey } })
  }
  const key = { nonce: newKeyNonce(run), permission: accessKey.permission }
  run.state.setAccessKey(receiverId, publicKey, key)
  account.storageUsage += recordBytes(publicKey, encodeAccessKey(key).length, run.params)
}

export function deleteKey(run: ReceiptRun, { publicKey }: Extract<Action, { kind: 'deleteKey' }>): void {
  const account = existing(run)
  requireActor(run)
  const { receiverId } = run.receipt
  const key = run.state.getAccessKey(receiverId, publicKey)
  if (key === null) {
    throw new ActionFailure({ DeleteKeyDoesNotExist: { account_id: receiverId, public_key: publicKey } })
  }
  run.state.remove(accessKeyKey(receiverId, publicKey))
  const freed = recordBytes(publicKey, encodeAccessKey(key).length, run.params)
  account.storageUsage = account.storageUsage > freed ? account.storageUsage - freed : 0n
}
