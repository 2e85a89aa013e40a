/** `query`: accounts, keys, code, state and view calls at a block. Source: nearcore chain/jsonrpc query. */
import { z } from 'zod'
import { isValidAccountId } from '../../lib/accountId.ts'
import { decodeAccessKey } from '../../lib/action.ts'
import { base64ToBytes, bytesToBase64, bytesToLatin1, latin1ToBytes } from '../../lib/bytes.ts'
import { ZERO_HASH } from '../../lib/hash.ts'
import { accessKeyPrefix, codeKey, dataPrefix, publicKeyOfStateKey } from '../../runtime/account.ts'
import type { Overlay } from '../../runtime/state.ts'
import type { Block } from '../block.ts'
import type { Chain } from '../chain.ts'
import { viewCall } from '../viewCall.ts'
import { handlerError, parseError } from './errors.ts'
import { blockReference, findBlock, parseParams, type RpcMethod } from './request.ts'
import { accessKeyView, accountView } from './views.ts'

const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/, 'is not base64')

const request = z.discriminatedUnion('request_type', [
  z.object({ request_type: z.literal('view_account'), account_id: z.string() }),
  z.object({ request_type: z.literal('view_code'), account_id: z.string() }),
  z.object({
    request_type: z.literal('view_state'),
    account_id: z.string(),
    prefix_base64: base64,
    include_proof: z.boolean().nullish(),
  }),
  z.object({ request_type: z.literal('view_access_key'), account_id: z.string(), public_key: z.string() }),
  z.object({ request_type: z.literal('view_access_key_list'), account_id: z.string() }),
  z.object({ request_type: z.literal('view_gas_key'), account_id: z.string(), public_key: z.string() }),
  z.object({ request_type: z.literal('view_gas_key_list'), account_id: z.string() }),
  z.object({
    request_type: z.literal('call_function'),
    account_id: z.string(),
    method_name: z.string(),
    args_base64: base64,
  }),
  z.object({ request_type: z.literal('view_global_contract_code'), code_hash: z.string() }),
  z.object({ request_type: z.literal('view_global_contract_code_by_account_id'), account_id: z.string() }),
])
type Request = z.infer<typeof request>

export const query: RpcMethod = (chain, params) => {
  const reference = parseParams(blockReference, params)
  const asked = parseParams(request, params)
  const block = findBlock(chain, reference)
  const at = { block_height: Number(block.header.height), block_hash: block.header.hash }
  const state = chain.ledger.stateAt(block.header.height)
  if (state === null) throw handlerError('GARBAGE_COLLECTED_BLOCK', at)
  if ('account_id' in asked && !isValidAccountId(asked.account_id)) {
    throw handlerError('INVALID_ACCOUNT', { requested_account_id: asked.account_id, ...at })
  }
  return { ...answer(chain, asked, state, block, at), ...at }
}

type At = { block_height: number; block_hash: string }

function answer(chain: Chain, asked: Request, state: Overlay, block: Block, at: At): Record<string, unknown> {
  switch (asked.request_type) {
    case 'view_account':
      return accountView(accountOf(state, asked.account_id, at))
    case 'view_code': {
      const { codeHash } = accountOf(state, asked.account_id, at)
      const code = codeHash === ZERO_HASH ? undefined : state.get(codeKey(asked.account_id))
      if (code === undefined) {
        throw handlerError('NO_CONTRACT_CODE', { contract_account_id: asked.account_id, ...at })
      }
      return { code_base64: bytesToBase64(code), hash: codeHash }
    }
    case 'view_state': {
      accountOf(state, asked.account_id, at)
      const prefix = dataPrefix(asked.account_id)
      const values = state.keys(prefix + bytesToLatin1(base64ToBytes(asked.prefix_base64))).map((key) => ({
        key: bytesToBase64(latin1ToBytes(key.slice(prefix.length))),
        value: bytesToBase64(state.get(key)!),
      }))
      return { values }
    }
    case 'view_access_key': {
      accountOf(state, asked.account_id, at)
      const key = state.getAccessKey(asked.account_id, publicKeyOrFail(asked.public_key))
      if (key === null) throw handlerError('UNKNOWN_ACCESS_KEY', { public_key: asked.public_key, ...at })
      return accessKeyView(key)
    }
    case 'view_access_key_list': {
      accountOf(state, asked.account_id, at)
      const keys = state.keys(accessKeyPrefix(asked.account_id)).map((key) => ({
        public_key: publicKeyOfStateKey(key, asked.account_id),
        access_key: accessKeyView(decodeAccessKey(state.get(key)!)),
      }))
      return { keys }
    }
    case 'call_function':
      return call(chain, asked, state, block, at)
    case 'view_gas_key':
      throw handlerError('UNKNOWN_GAS_KEY', { public_key: asked.public_key, ...at })
    case 'view_gas_key_list':
      return { keys: [] }
    case 'view_global_contract_code':
      throw handlerError('NO_GLOBAL_CONTRACT_CODE', { identifier: { hash: asked.code_hash }, ...at })
    case 'view_global_contract_code_by_account_id':
      throw handlerError('NO_GLOBAL_CONTRACT_CODE', { identifier: { account_id: asked.account_id }, ...at })
    default:
      return asked satisfies never
  }
}

function call(
  chain: Chain,
  { account_id: contractId, method_name: method, args_base64 }: Extract<Request, { request_type: 'call_function' }>,
  state: Overlay,
  block: Block,
  at: At,
) {
  accountOf(state, contractId, at)
  const outcome = viewCall(chain, state, block, contractId, method, base64ToBytes(args_base64))
  if (!outcome.ok) {
    const text = `wasm execution failed with error: ${outcome.text}`
    throw handlerError('CONTRACT_EXECUTION_ERROR', { vm_error: text, error: outcome.error, ...at }, text)
  }
  return { result: [...outcome.value], logs: outcome.logs }
}

function accountOf(state: Overlay, id: string, at: At) {
  const account = state.getAccount(id)
  if (account === null) {
    throw handlerError(
      'UNKNOWN_ACCOUNT',
      { requested_account_id: id, ...at },
      `account ${id} does not exist while viewing`,
    )
  }
  return account
}

function publicKeyOrFail(text: string): string {
  if (/^(?:ed25519|secp256k1):[1-9A-HJ-NP-Za-km-z]+$/.test(text)) return text
  if (/^[1-9A-HJ-NP-Za-km-z]+$/.test(text)) return `ed25519:${text}`
  throw parseError(`Failed parsing args: invalid public key ${text.slice(0, 80)}`)
}
