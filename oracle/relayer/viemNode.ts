/** The sender's questions put to an EVM RPC through viem; reverts are told apart from a node that is away. */
import { BaseError, decodeErrorResult, type Hex, type PublicClient } from 'viem'
import { blyBridgeAbi, receiptVerifierAbi } from '../../chain/client/evm/abi.gen.ts'
import { EvmRefusedError } from './errors.ts'
import type { EvmNode } from './evmSender.ts'

const ERRORS_ABI = [...blyBridgeAbi, ...receiptVerifierAbi]

export function viemNode(client: PublicClient): EvmNode {
  return {
    nonce: (address) => client.getTransactionCount({ address, blockTag: 'latest' }),
    async prices() {
      const { baseFeePerGas } = await client.getBlock()
      return {
        baseFeePerGas: baseFeePerGas ?? (await client.getGasPrice()),
        priorityFeePerGas: await client.estimateMaxPriorityFeePerGas(),
      }
    },
    async estimateGas({ from, to, data }) {
      try {
        return await client.estimateGas({ account: from, to, data })
      } catch (error) {
        const reverted = revertData(error)
        if (reverted === null) throw error
        throw new EvmRefusedError({
          what: `The contract at ${to} refuses: ${reverted}.`,
          fix: 'Nothing was sent. It is tried again when the chain has moved.',
          data: { reason: reverted },
          cause: error,
        })
      }
    },
    async sendRaw(raw) {
      try {
        await client.sendRawTransaction({ serializedTransaction: raw })
      } catch (error) {
        if (!isKnownTransaction(error)) throw error
      }
    },
    async receipt(hash) {
      try {
        const { status } = await client.getTransactionReceipt({ hash })
        return { status }
      } catch (error) {
        if (error instanceof BaseError && error.name === 'TransactionReceiptNotFoundError') return null
        throw error
      }
    },
  }
}

/** Name of the contract's error, or its raw data; null when the failure was no revert. */
export function revertData(error: unknown): string | null {
  let data: string | null = null
  for (let each: unknown = error, depth = 0; each instanceof Error && depth < 10; each = each.cause, depth++) {
    const found = (each as { data?: unknown }).data
    if (typeof found === 'string' && /^0x[0-9a-f]{8,}$/i.test(found)) data = found
    if (/revert/i.test(each.message)) data ??= 'execution reverted'
  }
  if (data === null || !data.startsWith('0x')) return data
  try {
    const { errorName, args } = decodeErrorResult({ abi: ERRORS_ABI, data: data as Hex })
    return `${errorName}(${(args ?? []).join(', ')})`
  } catch {
    return data
  }
}

/** The node has these bytes, or the nonce is used up: in both cases there is nothing left to send. */
const isKnownTransaction = (error: unknown): boolean =>
  error instanceof Error &&
  /already known|already imported|known transaction|nonce too low|already exists/i.test(String(error))
