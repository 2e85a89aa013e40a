/** A route as a value: schema in, one domain call, schema out. The server mounts it, the OpenAPI document describes it. */
import type { z } from 'zod'
import type { Scope } from '../../../chain/client/gateway/index.ts'

/** Who asks, once identity has been checked. */
export interface Visitor {
  /** `near:alice.near` or `evm:0x…` (checksummed). */
  readonly user: string
  readonly kind: 'near' | 'evm'
  /** The NEAR account that signs for the market: the user itself or the linked one; null when there is none. */
  readonly account: string | null
  readonly address: string | null
  readonly via: { readonly kind: 'session'; readonly session: string } | { readonly kind: 'key'; readonly key: string }
  readonly scopes: readonly Scope[]
  /** When what was shown ends by itself, ms: of an access token; null for API keys. A socket closes then. */
  readonly expiresAt: number | null
}

/** `open`: anybody, a visitor is told apart when there is one; `session`: signed in on a page; a scope: that, or a key that has it. */
export type Access = 'open' | 'session' | { readonly scope: Scope }

export interface RouteRequest<P, Q, B> {
  readonly params: P
  readonly query: Q
  readonly body: B
  /** Never null where access is not `open`. */
  readonly visitor: Visitor | null
  /** The request's id, as in header, log, transaction note and problem. */
  readonly id: string
  /** Network address of the caller, for limits. */
  readonly address: string
  /** What the caller can read, as its `Accept` says; empty when it does not say. */
  readonly accept: string
  /** Header `Origin` as sent; null where there is none. */
  readonly origin: string | null
  readonly cookies: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  /** Adds a header to the reply. */
  setHeader(name: string, value: string): void
}

/** A reply that is no JSON: bytes with their type. */
export class BytesReply {
  readonly bytes: Uint8Array
  readonly contentType: string
  readonly fileName: string | null
  constructor(bytes: Uint8Array, contentType: string, fileName: string | null = null) {
    this.bytes = bytes
    this.contentType = contentType
    this.fileName = fileName
  }
}

export interface Route<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
  R extends z.ZodType = z.ZodType,
> {
  readonly method: 'get' | 'post' | 'delete'
  /** With `{name}` for parameters, as OpenAPI writes it. */
  readonly path: string
  readonly tag:
    | 'auth'
    | 'tasks'
    | 'nodes'
    | 'user'
    | 'network'
    | 'receipts'
    | 'models'
    | 'why'
    | 'relay'
    | 'bridge'
    | 'older names'
  readonly summary: string
  readonly access: Access
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  /** Longest body, bytes; 64 KiB unless told. */
  readonly bodyLimit?: number
  /** Of success; 200 unless told. */
  readonly status?: 200 | 201 | 204
  /** Null for 204 and for bytes. */
  readonly reply: R | null
  /** Types of bytes that it may answer with, beside JSON. */
  readonly produces?: readonly string[]
  /** What of the answer may be kept until the next block, by whom it may be seen: public answers alone. */
  readonly cache?: 'block' | 'immutable'
  /** Of a cached answer: nothing in it changes any more, whatever block comes, so it is kept for longer. */
  readonly lasts?: (reply: z.output<R>) => boolean
  /** Figures over many rows: may be a block behind, as its `asOf` says, so that no reader waits for them. */
  readonly overview?: boolean
  /** How many of a visitor's tokens a call costs; 1 unless told. */
  readonly cost?: number
  handle(request: RouteRequest<z.infer<P>, z.infer<Q>, z.infer<B>>): Promise<z.input<R> | BytesReply | null>
}

/** Keeps the schemas' types for the handler. */
export function defineRoute<
  P extends z.ZodType = z.ZodType<Record<string, never>>,
  Q extends z.ZodType = z.ZodType<Record<string, never>>,
  B extends z.ZodType = z.ZodType<null>,
  R extends z.ZodType = z.ZodType<unknown>,
>(route: Route<P, Q, B, R>): Route {
  return route as unknown as Route
}
