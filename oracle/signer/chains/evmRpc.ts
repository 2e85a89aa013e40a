/** JSON-RPC to an EVM node, and the few answers that a signer needs, parsed before they are trusted. */
import { z } from 'zod'
import { EvmReplyError, EvmUnreachableError } from '../errors.ts'

/** Sends one request once. @throws EvmUnreachableError, EvmReplyError */
export type EvmRpc = (method: string, params: readonly unknown[]) => Promise<unknown>

const reply = z.object({ result: z.unknown(), error: z.object({ message: z.string() }).nullish() })

/** @param send what carries the requests, with its own time limit */
export function evmHttpRpc(url: string, send: typeof fetch): EvmRpc {
  let id = 0
  return async (method, params) => {
    let json: unknown
    try {
      const body = JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params })
      const response = await send(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      if (!response.ok) throw new Error(`HTTP ${response.status}`)
      json = await response.json()
    } catch (cause) {
      throw new EvmUnreachableError({
        what: `No answer from the EVM RPC at ${originOf(url)}: ${(cause as Error).message}.`,
        fix: 'Start the node or correct --evm-rpc; the signer goes on by itself when it answers.',
        data: { method },
        cause,
      })
    }
    const { result, error } = parseReply(reply, json, method)
    if (error) throw replyError(method, error.message)
    return result
  }
}

/** A provider's key often stands in the path: it is in no message. */
export const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : 'its address')

export const replyError = (method: string, why: string) =>
  new EvmReplyError({
    what: `The EVM RPC's answer to ${method} is of no use: ${why}.`,
    fix: 'Point --evm-rpc at an EVM node that serves logs and state of recent final blocks.',
    data: { method },
  })

function parseReply<T>(schema: z.ZodType<T>, value: unknown, method: string): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw replyError(method, `${issue?.path.join('.')}: ${issue?.message}`)
}

const hex = z
  .string()
  .regex(/^0x[0-9a-fA-F]*$/)
  .transform((text) => text.toLowerCase() as `0x${string}`)
const quantity = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,13}$/)
  .transform((text) => Number(text))
const hash = hex.refine((text) => text.length === 66)

const block = z.object({ number: quantity, hash }).nullable()
const blockTime = z
  .object({ timestamp: quantity })
  .nullable()
  .transform((found) => found?.timestamp ?? null)
const log = z.object({
  address: hex,
  topics: z.array(hash),
  data: hex,
  blockNumber: quantity,
  blockHash: hash,
  transactionHash: hash,
  logIndex: quantity,
  removed: z.boolean().nullish(),
})
const receipt = z
  .object({ status: hex, blockNumber: quantity, blockHash: hash, transactionHash: hash, logs: z.array(log) })
  .nullable()

export type EvmLog = z.infer<typeof log>
export type EvmReceipt = NonNullable<z.infer<typeof receipt>>

const ask = async <T>(rpc: EvmRpc, schema: z.ZodType<T>, method: string, params: readonly unknown[]): Promise<T> =>
  parseReply(schema, await rpc(method, params), method)

export const toQuantity = (number: number): string => `0x${number.toString(16)}`

export const chainIdOf = (rpc: EvmRpc) => ask(rpc, quantity, 'eth_chainId', [])
/** Null when the node has no such block. */
export const blockAt = (rpc: EvmRpc, at: number | 'latest' | 'finalized') =>
  ask(rpc, block, 'eth_getBlockByNumber', [typeof at === 'number' ? toQuantity(at) : at, false])
/** Unix seconds; null when the node has no such block. */
export const timeAt = (rpc: EvmRpc, height: number) =>
  ask(rpc, blockTime, 'eth_getBlockByNumber', [toQuantity(height), false])
export const receiptOf = (rpc: EvmRpc, hash: string) => ask(rpc, receipt, 'eth_getTransactionReceipt', [hash])
export const callAt = (rpc: EvmRpc, to: string, data: string, height: number) =>
  ask(rpc, hex, 'eth_call', [{ to, data }, toQuantity(height)])
export const logsOf = (rpc: EvmRpc, address: string, topics: readonly string[], from: number, to: number) =>
  ask(rpc, z.array(log), 'eth_getLogs', [
    { address, topics: [topics], fromBlock: toQuantity(from), toBlock: toQuantity(to) },
  ])
