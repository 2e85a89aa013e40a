/** Sending transactions and asking what became of them. Source: nearcore chain/jsonrpc transactions. */
import { z } from 'zod'
import { base64ToBytes } from '../../lib/bytes.ts'
import { decodeSignedTransaction, type SignedTransaction } from '../../lib/transaction.ts'
import type { Chain } from '../chain.ts'
import { TransactionRefusedError } from '../errors.ts'
import {
  satisfies,
  type TransactionResult,
  transactionResult,
  WAIT_LEVELS,
  type WaitLevel,
} from '../transactionStatus.ts'
import { handlerError, parseError } from './errors.ts'
import { parseParams, type RpcMethod } from './request.ts'
import { receiptView, transactionResultView } from './views.ts'

const waitUntil = z.enum(WAIT_LEVELS).nullish()
const sendParams = z.union([
  z.object({ signed_tx_base64: z.string(), wait_until: waitUntil }),
  z.tuple([z.string()]).transform(([text]) => ({ signed_tx_base64: text, wait_until: undefined })),
])
const statusParams = z.union([
  z.object({ tx_hash: z.string(), sender_account_id: z.string().nullish(), wait_until: waitUntil }),
  z.object({ signed_tx_base64: z.string(), wait_until: waitUntil }),
  z.tuple([z.string(), z.string()]).transform(([hash]) => ({ tx_hash: hash, wait_until: undefined })),
  z.tuple([z.string()]).transform(([text]) => ({ signed_tx_base64: text, wait_until: undefined })),
])

const DEFAULT_LEVEL: WaitLevel = 'EXECUTED_OPTIMISTIC'

export const sendTransaction: RpcMethod = async (chain, params, signal) => {
  const { signed_tx_base64, wait_until } = parseParams(sendParams, params)
  return submit(chain, decode(signed_tx_base64), wait_until ?? DEFAULT_LEVEL, signal)
}

export const broadcastCommit: RpcMethod = async (chain, params, signal) =>
  submit(chain, decode(parseParams(sendParams, params).signed_tx_base64), 'FINAL', signal)

export const broadcastAsync: RpcMethod = async (chain, params, signal) => {
  const transaction = decode(parseParams(sendParams, params).signed_tx_base64)
  await submit(chain, transaction, 'NONE', signal)
  return transaction.id
}

export const transactionStatus: RpcMethod = async (chain, params, signal) =>
  transactionResultView(await find(chain, params, signal))

export const transactionStatusWithReceipts: RpcMethod = async (chain, params, signal) => {
  const result = await find(chain, params, signal)
  const receipts = result.receiptOutcomes.flatMap(({ outcome }) => chain.ledger.receipt(outcome.id) ?? [])
  return { ...transactionResultView(result), receipts: receipts.map(receiptView) }
}

export const receipt: RpcMethod = (chain, params) => {
  const { receipt_id: id } = parseParams(z.object({ receipt_id: z.string() }), params)
  const found = chain.ledger.receipt(id)
  if (found === undefined) throw handlerError('UNKNOWN_RECEIPT', { receipt_id: id })
  return receiptView(found)
}

async function submit(chain: Chain, transaction: SignedTransaction, level: WaitLevel, signal: AbortSignal) {
  try {
    const result = await chain.send(transaction, level, signal)
    return result === null ? { final_execution_status: 'NONE' } : transactionResultView(result)
  } catch (error) {
    if (error instanceof TransactionRefusedError) {
      throw handlerError('INVALID_TRANSACTION', {}, { TxExecutionError: { InvalidTxError: error.data.error } })
    }
    if (signal.aborted) throw handlerError('TIMEOUT_ERROR', {}, 'Timeout')
    throw error
  }
}

async function find(chain: Chain, params: unknown, signal: AbortSignal): Promise<TransactionResult> {
  const asked = parseParams(statusParams, params)
  const hash = 'tx_hash' in asked ? asked.tx_hash : decode(asked.signed_tx_base64).id
  const result = transactionResult(chain.ledger, hash)
  if (result === null) {
    throw handlerError('UNKNOWN_TRANSACTION', { requested_transaction_hash: hash }, `Transaction ${hash} doesn't exist`)
  }
  const level = asked.wait_until ?? DEFAULT_LEVEL
  if (satisfies(result.level, level)) return result
  try {
    return await chain.wait(hash, level, signal)
  } catch (error) {
    if (signal.aborted) throw handlerError('TIMEOUT_ERROR', {}, 'Timeout')
    throw error
  }
}

function decode(base64: string): SignedTransaction {
  try {
    return decodeSignedTransaction(base64ToBytes(base64))
  } catch (error) {
    throw parseError(`Failed to decode transaction: ${(error as Error).message}`)
  }
}
