/** One route on the server: who asks, how often, with what; then its one call, and its answer as it was described. */
import type { Request, Response } from 'express'
import type { Parts } from '../types.ts'
import { readJsonBody } from './body.ts'
import { parseCookies } from './cookies.ts'
import { BodyInvalidError, NotEntitledError, ReplyInvalidError, SignInNeededError } from './errors.ts'
import { FAILED_SIGN_IN_COST, type Limiter } from './limits.ts'
import type { Metrics } from './metrics.ts'
import { parseQuery, parseReply, parseRequest } from './parse.ts'
import { asBlyanError, statusOf } from './problem.ts'
import type { RawRoute } from './rawRoute.ts'
import type { AnswerKind, CachedAnswer, ReadCache } from './readCache.ts'
import { type Access, BytesReply, type Route, type RouteRequest, type Visitor } from './route.ts'

/** Who asks, from a header or cookie; null for a stranger. Throws on a token that is no good. */
export type Authenticate = (request: {
  authorization?: string
  cookies: Readonly<Record<string, string>>
}) => Promise<Visitor | null>

export interface MountTools {
  readonly parts: Parts
  readonly authenticate: Authenticate
  readonly limiter: Limiter
  readonly cache: ReadCache
  readonly metrics: Metrics
  /** An answer that does not fit its schema is an error; else it is logged, counted and sent. */
  readonly strict: boolean
}

/** What the server keeps of a request, beside express. */
export interface Exchange {
  readonly id: string
  readonly address: string
  readonly signal: AbortSignal
}

/** `/tasks/{id}` as express writes it. */
export const expressPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1')

/** The handler of a route of ours. */
export function serveRoute(route: Route, tools: MountTools) {
  const operation = `${route.method} ${route.path}`
  return async (request: Request, response: Response, exchange: Exchange): Promise<void> => {
    const { visitor, cookies } = await admit(request, exchange, tools, route.access, route.cost ?? 1)
    const params = parseParams(route, request)
    const query = parseQuery(route.query, request.url)
    const body = route.method === 'post' ? await readBody(route, request) : null
    const headers: [string, string][] = []
    const call: RouteRequest<unknown, unknown, unknown> = {
      params,
      query,
      body,
      visitor,
      cookies,
      ...exchange,
      accept: request.headers.accept ?? '',
      origin: request.headers.origin ?? null,
      setHeader: (name, value) => headers.push([name, value]),
    }
    const run = (each: typeof call) => route.handle(each as Parameters<Route['handle']>[0])

    if (route.cache !== undefined && route.access === 'open') {
      const answer = await tools.cache.get(request.url, kindOf(route), async () =>
        encode(route, await run({ ...call, visitor: null, signal: tools.parts.signal }), operation, tools),
      )
      return sendCached(request, response, answer, route.cache)
    }
    const result = await run(call)
    for (const [name, value] of headers) response.append(name, value)
    response.setHeader('cache-control', 'no-store')
    if (result === null && route.reply === null) return void response.status(204).end()
    const { body: bytes, contentType, fileName } = encode(route, result, operation, tools)
    response.status(route.status ?? 200).setHeader('content-type', contentType)
    nameFile(response, fileName)
    response.end(bytes)
  }
}

const kindOf = ({ cache, overview = false }: Route): AnswerKind =>
  cache === 'immutable' ? 'lasting' : overview ? 'overview' : 'exact'

/** The handler of a route that writes its own answer. */
export function serveRaw(route: RawRoute, tools: MountTools) {
  return async (request: Request, response: Response, exchange: Exchange): Promise<void> => {
    const { visitor } = await admit(request, exchange, tools, route.access, route.cost ?? 1)
    const body = route.method === 'post' ? await readJsonBody(request, route.bodyLimit) : undefined
    await route.handle({ request, response, body, visitor, ...exchange })
  }
}

async function admit(
  request: Request,
  { address }: Exchange,
  { authenticate, limiter }: MountTools,
  access: Access,
  cost: number,
): Promise<{ visitor: Visitor | null; cookies: Readonly<Record<string, string>> }> {
  const { authorization, cookie } = request.headers
  const cookies = parseCookies(cookie)
  let visitor: Visitor | null = null
  if (authorization !== undefined || cookie !== undefined) {
    try {
      visitor = await authenticate({ authorization, cookies })
    } catch (error) {
      if (statusOf(asBlyanError(error)) < 500) await limiter.take(null, address, FAILED_SIGN_IN_COST)
      throw error
    }
  }
  await limiter.take(visitor, address, cost)
  if (access === 'open') return { visitor, cookies }
  if (visitor === null) {
    throw new SignInNeededError({ what: 'This is for people who have signed in.', fix: 'Sign in, or send an API key.' })
  }
  if (access === 'session' && visitor.via.kind !== 'session') {
    throw new NotEntitledError({ what: 'An API key does not do this.', fix: 'Sign in on the page and do it there.' })
  }
  if (access !== 'session' && visitor.via.kind === 'key' && !visitor.scopes.includes(access.scope)) {
    throw new NotEntitledError({
      what: `This API key lacks the scope ${access.scope}; it has ${visitor.scopes.join(', ')}.`,
      fix: `Make a key with ${access.scope}.`,
      data: { scope: access.scope },
    })
  }
  return { visitor, cookies }
}

function parseParams(route: Route, request: Request): unknown {
  return route.params === undefined ? {} : parseRequest(route.params, { ...request.params }, 'path')
}

async function readBody(route: Route, request: Request): Promise<unknown> {
  const body = await readJsonBody(request, route.bodyLimit)
  if (route.body !== undefined) return parseRequest(route.body, body, 'body')
  if (body === undefined || (typeof body === 'object' && Object.keys(body ?? {}).length === 0)) return null
  throw new BodyInvalidError({ what: 'This operation takes no body.', fix: 'Send none.' })
}

interface Encoded {
  body: Buffer
  contentType: string
  fileName: string | null
  settled: boolean
}

function encode(route: Route, result: unknown, operation: string, { strict, parts, metrics }: MountTools): Encoded {
  if (result instanceof BytesReply) {
    return {
      body: Buffer.from(result.bytes),
      contentType: result.contentType,
      fileName: result.fileName,
      settled: false,
    }
  }
  let value = result
  try {
    if (route.reply === null) {
      throw new ReplyInvalidError({
        what: 'The gateway’s own answer does not fit its description.',
        fix: 'Give the operator the id of this answer.',
        data: { operation },
      })
    }
    value = parseReply(route.reply, result, operation)
  } catch (error) {
    if (strict || !(error instanceof ReplyInvalidError)) throw error
    metrics.error(error.code)
    parts.log.error('reply outside its schema', { operation, field: error.data.field })
  }
  const settled = route.lasts?.(value) ?? false
  const contentType = 'application/json; charset=utf-8'
  return { body: Buffer.from(JSON.stringify(value)), contentType, fileName: null, settled }
}

function sendCached(request: Request, response: Response, answer: CachedAnswer, kind: 'block' | 'immutable'): void {
  response.setHeader('etag', answer.etag)
  response.setHeader('cache-control', kind === 'immutable' ? 'public, max-age=86400' : 'no-cache')
  const known = request.headers['if-none-match']
  if (known?.split(',').some((each) => each.trim().replace(/^W\//, '') === answer.etag)) {
    response.status(304).end()
    return
  }
  response.setHeader('content-type', answer.contentType)
  response.setHeader('content-length', answer.body.length)
  nameFile(response, answer.fileName)
  response.end(answer.body)
}

/** A name that cannot break out of its header. */
function nameFile(response: Response, name: string | null): void {
  if (name === null) return
  const safe = name.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(0, 100)
  response.setHeader('content-disposition', `attachment; filename="${safe}"`)
}
