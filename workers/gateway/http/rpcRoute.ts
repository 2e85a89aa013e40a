/** `POST /rpc`, `/evm`: the page's way to the chains from its own origin; methods that a page needs, and no others. */
import { z } from 'zod'
import { boundedBody } from './boundedBody.ts'
import { RpcAwayError, RpcMethodRefusedError } from './errors.ts'
import { jsonSchema } from './openapi.ts'
import { parseRequest } from './parse.ts'
import type { RawRoute } from './rawRoute.ts'

export const RPC_METHODS: ReadonlySet<string> = new Set([
  'query',
  'block',
  'status',
  'tx',
  'send_tx',
  'gas_price',
  'EXPERIMENTAL_tx_status',
  'blyan_events',
])

/** Signed transactions of a page are a few kB. */
const MAX_BODY = 256 * 1024
/** A page of events of a busy chain. */
const MAX_REPLY = 16 * 1024 * 1024
const WAIT_MS = 25_000

const envelope = z.object({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string().max(100), z.number(), z.null()]),
  method: z.string().max(100),
  params: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]).optional(),
})

/** What wallets and pages ask of an EVM chain; nothing of a development node's own. */
export const EVM_METHODS: ReadonlySet<string> = new Set([
  'eth_blockNumber',
  'eth_call',
  'eth_chainId',
  'eth_estimateGas',
  'eth_feeHistory',
  'eth_gasPrice',
  'eth_getBalance',
  'eth_getBlockByHash',
  'eth_getBlockByNumber',
  'eth_getCode',
  'eth_getLogs',
  'eth_getTransactionByHash',
  'eth_getTransactionCount',
  'eth_getTransactionReceipt',
  'eth_maxPriorityFeePerGas',
  'eth_sendRawTransaction',
  'eth_syncing',
  'net_version',
])

export interface RpcDoorOptions {
  /** `/rpc` unless told. */
  readonly path?: string
  /** Whose JSON-RPC it is. */
  readonly of?: string
  /** What carries the request on; fetch unless told. */
  readonly send?: typeof fetch
  /** What is passed on. */
  readonly methods?: ReadonlySet<string>
}

export const rpcRoute = (
  rpcUrl: string,
  { path = '/rpc', of = 'NEAR JSON-RPC', send = fetch, methods = RPC_METHODS }: RpcDoorOptions = {},
): RawRoute => ({
  method: 'post',
  path,
  access: 'open',
  bodyLimit: MAX_BODY,
  operation: {
    tags: ['service'],
    summary: `${of} of this network: ${[...methods].join(', ')}`,
    requestBody: {
      required: true,
      content: { 'application/json': { schema: jsonSchema(envelope, 'input') } },
    },
    responses: { 200: { description: 'As the node answers', content: { 'application/json': { schema: {} } } } },
  },
  async handle({ body, response, signal }) {
    const request = parseRequest(envelope, body, 'body') as z.infer<typeof envelope>
    if (!methods.has(request.method)) {
      throw new RpcMethodRefusedError({
        what: `${request.method} is not passed on from here.`,
        fix: `Methods for pages: ${[...methods].join(', ')}.`,
        data: { method: request.method },
      })
    }
    const bytes = await forward(send, rpcUrl, request, signal)
    response.set({ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }).end(bytes)
  },
})

/** The node's answer, once it is JSON of a bounded length. @throws RpcAwayError */
async function forward(send: typeof fetch, rpcUrl: string, request: object, signal: AbortSignal): Promise<Buffer> {
  try {
    const answer = await send(rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(WAIT_MS)]),
    })
    const bytes = await boundedBody(answer, MAX_REPLY)
    JSON.parse(bytes.toString('utf8'))
    return bytes
  } catch (cause) {
    signal.throwIfAborted()
    throw new RpcAwayError({
      what: 'The chain’s RPC does not answer.',
      fix: 'Try again in a few seconds; a transaction that was sent is not lost by this.',
      cause,
    })
  }
}
