/** nearcore's JSON-RPC errors: name, cause, and the words that older clients read. Source: nearcore chain/jsonrpc. */
import type { BlyanError } from '../../lib/errors.ts'

export interface RpcErrorJson {
  name: 'HANDLER_ERROR' | 'REQUEST_VALIDATION_ERROR' | 'INTERNAL_ERROR'
  cause: { name: string; info: Record<string, unknown> }
  code: number
  message: string
  data: unknown
}

/** Carried to the envelope of the answer; never leaves the server. */
export class RpcFailure extends Error {
  readonly json: RpcErrorJson
  constructor(json: RpcErrorJson) {
    super(json.cause.name)
    this.json = json
  }
}

/** The request was understood and could not be served. */
export const handlerError = (cause: string, info: Record<string, unknown>, data: unknown = cause): RpcFailure =>
  new RpcFailure({ name: 'HANDLER_ERROR', cause: { name: cause, info }, code: -32000, message: 'Server error', data })

export const parseError = (message: string): RpcFailure =>
  new RpcFailure({
    name: 'REQUEST_VALIDATION_ERROR',
    cause: { name: 'PARSE_ERROR', info: { error_message: message } },
    code: -32700,
    message: 'Parse error',
    data: message,
  })

export const methodNotFound = (method: string): RpcFailure =>
  new RpcFailure({
    name: 'REQUEST_VALIDATION_ERROR',
    cause: { name: 'METHOD_NOT_FOUND', info: { method_name: method } },
    code: -32601,
    message: 'Method not found',
    data: method,
  })

/** The caller may not ask this; no error of nearcore's, which leaves visitors to the operator's proxy. */
export const forbidden = ({ code, what, fix, data }: BlyanError): RpcFailure =>
  new RpcFailure({
    name: 'REQUEST_VALIDATION_ERROR',
    cause: { name: code, info: data },
    code: -32600,
    message: 'Forbidden',
    data: `${what} ${fix}`,
  })

export const internalError = (message: string): RpcFailure =>
  new RpcFailure({
    name: 'INTERNAL_ERROR',
    cause: { name: 'INTERNAL_ERROR', info: { error_message: message } },
    code: -32000,
    message: 'Server error',
    data: message,
  })
