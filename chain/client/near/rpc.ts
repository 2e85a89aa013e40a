/** JSON-RPC to a NEAR node over fetch: repeats what failed on the way, and tells that apart from what the node says. */
import { NearRpcError, RpcUnreachableError } from './errors.ts'

export interface RpcErrorJson {
  name?: string
  cause?: { name?: string; info?: Record<string, unknown> }
  message?: string
  data?: unknown
}

/** Sends one request once. @throws NearRpcError the node's answer · RpcUnreachableError anything on the way */
export type Rpc = (method: string, params: unknown, signal?: AbortSignal) => Promise<unknown>

/** @param send what carries the requests; fetch unless told */
export function httpRpc(url: string, send: typeof fetch = fetch): Rpc {
  let id = 0
  return async (method, params, signal) => {
    let json: { result?: unknown; error?: RpcErrorJson }
    try {
      const response = await send(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: String(++id), method, params }),
        signal,
      })
      if (response.status >= 500 || response.status === 408 || response.status === 429) {
        throw new Error(`HTTP ${response.status}`)
      }
      json = (await response.json()) as typeof json
    } catch (cause) {
      signal?.throwIfAborted()
      throw new RpcUnreachableError({
        what: `No answer from the NEAR RPC at ${url}: ${(cause as Error).message}.`,
        fix: 'Start the chain (`blyan chain`) or correct --rpc; the request is safe to repeat.',
        data: { url, method },
        cause,
      })
    }
    if (json.error !== undefined) throw rpcError(method, json.error)
    return json.result
  }
}

export function rpcError(method: string, error: RpcErrorJson): NearRpcError {
  const cause = error.cause?.name ?? error.name ?? 'UNKNOWN'
  const detail = typeof error.data === 'string' ? error.data : (error.message ?? '')
  return new NearRpcError({
    what: `NEAR answered ${cause} to ${method}${detail === '' ? '' : `: ${detail}`}.`,
    fix: FIXES[cause] ?? 'Check the request against the NEAR RPC documentation.',
    data: { cause, info: error.cause?.info ?? {}, error: error.data ?? null, method },
  })
}

const FIXES: Readonly<Record<string, string>> = {
  UNKNOWN_ACCOUNT: 'Check the account’s name and the network; create it first if it is new.',
  UNKNOWN_ACCESS_KEY: 'Use a key that the account has, or add this one with a full-access key.',
  NO_CONTRACT_CODE: 'Deploy the contract first, or correct the contract’s account.',
  UNKNOWN_TRANSACTION: 'Check the hash and the network.',
  METHOD_NOT_FOUND: 'This node does not offer that method.',
}

/** Repeats `once` while the RPC is unreachable, waiting 100 ms, 200 ms … 3.2 s between tries. */
export async function untilReached<T>(once: () => Promise<T>, patienceMs: number, signal?: AbortSignal): Promise<T> {
  const startedAt = Date.now()
  for (let wait = 100; ; wait = Math.min(wait * 2, 3_200)) {
    try {
      return await once()
    } catch (error) {
      if (!(error instanceof RpcUnreachableError) || Date.now() - startedAt + wait > patienceMs) throw error
      await pause(wait, signal)
    }
  }
}

export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const abort = () => {
      clearTimeout(timer)
      reject(signal!.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', abort, { once: true })
  })
}
