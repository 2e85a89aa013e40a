/** One JSON-RPC request to an EVM node over fetch: as little as following a transaction needs, so that no library comes with it. */
import { BlyanError, type Fault } from '../../../chain/lib/errors.ts'

export type EvmRead = (method: string, params: readonly unknown[], signal?: AbortSignal) => Promise<unknown>

/** The EVM node is away, or said no. */
export class EvmReadError extends BlyanError {
  static override readonly code: string = 'PAGE_EVM_READ'
  static override readonly fault: Fault = 'platform'
  static override readonly retryable: boolean = true
}

/** @throws EvmReadError */
export function httpEvmRead(path: string, send: typeof fetch = (...all) => fetch(...all)): EvmRead {
  let id = 0
  return async (method, params, signal) => {
    let json: { result?: unknown; error?: { message?: string } }
    try {
      const body = JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params })
      const response = await send(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal,
      })
      json = (await response.json()) as typeof json
    } catch (cause) {
      signal?.throwIfAborted()
      throw away(method, 'nothing that can be read', cause)
    }
    if (json.error !== undefined) throw away(method, json.error.message ?? 'an error')
    return json.result ?? null
  }
}

const away = (method: string, said: string, cause?: unknown): EvmReadError =>
  new EvmReadError({
    what: `The EVM chain’s node answered ${method} with ${said}.`,
    fix: 'Nothing is lost; the page asks again by itself.',
    data: { method },
    cause,
  })
