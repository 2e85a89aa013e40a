/** A route that writes its own answer: streams, and formats that are not ours. Identity, limits and body are done before it. */
import type { Request, Response } from 'express'
import type { Problem } from '../../../chain/client/gateway/index.ts'
import type { Access, Visitor } from './route.ts'

export interface RawExchange {
  readonly request: Request
  readonly response: Response
  /** JSON, parsed safely; undefined when there is none. */
  readonly body: unknown
  /** Never null where access is not `open`. */
  readonly visitor: Visitor | null
  readonly id: string
  readonly address: string
  /** Aborted when the caller goes away or the gateway stops. */
  readonly signal: AbortSignal
}

export interface RawRoute {
  readonly method: 'get' | 'post'
  /** With `{name}` for parameters. */
  readonly path: string
  readonly access: Access
  readonly cost?: number
  readonly bodyLimit?: number
  /** An error in the format of this route; problem+json unless told. */
  readonly errorBody?: (problem: Problem) => object
  /** The operation as OpenAPI describes it; null leaves it out. */
  readonly operation: Readonly<Record<string, unknown>> | null
  /** Writes the whole answer. What it throws before the first byte is answered as an error. */
  handle(exchange: RawExchange): Promise<void>
}
