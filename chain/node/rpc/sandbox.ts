/** What only a local chain offers: state patches, jumps in height and time. `sandbox_*` as nearcore's sandbox names them. */
import { z } from 'zod'
import { encodeAccessKey } from '../../lib/action.ts'
import { base58ToBytes, base64ToBytes, bytesToLatin1 } from '../../lib/bytes.ts'
import { cryptoHash } from '../../lib/hash.ts'
import { accessKeyKey, accountKey, codeKey, dataPrefix, decodeAccount, encodeAccount } from '../../runtime/account.ts'
import type { StateChanges } from '../../runtime/state.ts'
import type { Chain } from '../chain.ts'
import { handlerError } from './errors.ts'
import { parseParams, type RpcMethod } from './request.ts'

const amount = z.union([z.string().regex(/^\d+$/), z.number().int().nonnegative()]).transform(BigInt)
const permission = z.union([
  z.literal('FullAccess').transform(() => null),
  z.object({
    FunctionCall: z.object({
      allowance: amount.nullish(),
      receiver_id: z.string(),
      method_names: z.array(z.string()),
    }),
  }),
])
const record = z.union([
  z.object({
    Account: z.object({
      account_id: z.string(),
      account: z.object({ amount, locked: amount, code_hash: z.string(), storage_usage: amount }),
    }),
  }),
  z.object({ Data: z.object({ account_id: z.string(), data_key: z.string(), value: z.string() }) }),
  z.object({ Contract: z.object({ account_id: z.string(), code: z.string() }) }),
  z.object({
    AccessKey: z.object({
      account_id: z.string(),
      public_key: z.string(),
      access_key: z.object({ nonce: amount, permission }),
    }),
  }),
])

export const patchState: RpcMethod = async (chain, params) => {
  const { records } = parseParams(z.object({ records: z.array(record) }), params)
  const changes: StateChanges = new Map()
  for (const each of records) addRecord(chain, each, changes)
  await chain.patchState(changes)
  return {}
}

function addRecord(chain: Chain, each: z.infer<typeof record>, changes: StateChanges): void {
  if ('Account' in each) {
    const { account_id: id, account } = each.Account
    const { amount: balance, locked, code_hash: codeHash, storage_usage: storageUsage } = account
    base58ToBytes(codeHash)
    changes.set(accountKey(id), encodeAccount({ amount: balance, locked, codeHash, storageUsage }))
  } else if ('Data' in each) {
    const { account_id: id, data_key, value } = each.Data
    changes.set(dataPrefix(id) + bytesToLatin1(base64ToBytes(data_key)), base64ToBytes(value))
  } else if ('Contract' in each) {
    const { account_id: id, code } = each.Contract
    const bytes = base64ToBytes(code)
    changes.set(codeKey(id), bytes)
    const account = changes.get(accountKey(id)) ?? chain.ledger.state.get(accountKey(id))
    if (account) changes.set(accountKey(id), encodeAccount({ ...decodeAccount(account), codeHash: cryptoHash(bytes) }))
  } else {
    const { account_id: id, public_key: publicKey, access_key: key } = each.AccessKey
    const call = key.permission === null ? null : key.permission.FunctionCall
    changes.set(
      accessKeyKey(id, publicKey),
      encodeAccessKey({
        nonce: key.nonce,
        permission: call && {
          allowance: call.allowance ?? null,
          receiverId: call.receiver_id,
          methodNames: call.method_names,
        },
      }),
    )
  }
}

export const fastForward: RpcMethod = async (chain, params) => {
  const { delta_height: delta } = parseParams(z.object({ delta_height: z.number().int().positive() }), params)
  await chain.fastForward(BigInt(delta))
  return {}
}

export const advanceTime: RpcMethod = async (chain, params) => {
  const { ms } = parseParams(z.object({ ms: z.number().int().nonnegative() }), params)
  await chain.advance(ms)
  const { height, timestampNs } = chain.ledger.head.header
  return { height: Number(height), timestamp_nanosec: timestampNs.toString() }
}

export const mine: RpcMethod = async (chain, params) => {
  const { blocks } = parseParams(z.object({ blocks: z.number().int().min(1).max(10_000).default(1) }), params ?? {})
  await chain.mineBlocks(blocks)
  return { height: Number(chain.ledger.head.header.height) }
}

/** A point to come back to: the head's height. */
export const snapshot: RpcMethod = (chain) => ({ height: Number(chain.ledger.head.header.height) })

export const revert: RpcMethod = async (chain, params) => {
  const { height } = parseParams(z.object({ height: z.number().int().positive() }), params)
  if (!(await chain.revert(BigInt(height)))) throw handlerError('GARBAGE_COLLECTED_BLOCK', { block_height: height })
  return { height }
}
