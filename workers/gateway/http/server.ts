/**
 * The gateway over HTTP: mounts routes that it knows nothing of, and does for all of them what is the same: names and origins,
 * identity, limits, bodies, schemas, problem+json, headers, metrics, one log line.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type NextFunction, type Request, type Response } from 'express'
import type { Redis } from 'ioredis'
import type { BlyanError } from '../../../chain/lib/errors.ts'
import { checkVisitor, loopbackHosts } from '../../../chain/lib/visitors.ts'
import type { Parts } from '../types.ts'
import { CrossSiteError, MethodNotAllowedError, NotFoundError, RequestCutError } from './errors.ts'
import { connectSources, contentSecurityPolicy, crossOriginHeaders, securityHeaders } from './headers.ts'
import { createLimiter, DEFAULT_LIMITS, type Limits } from './limits.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { type Authenticate, type Exchange, expressPath, type MountTools, serveRaw, serveRoute } from './mount.ts'
import { openPages } from './pages.ts'
import { asBlyanError, problemOf, statusOf } from './problem.ts'
import type { RawRoute } from './rawRoute.ts'
import { createReadCache, type ReadCache } from './readCache.ts'
import { requestId } from './requestId.ts'
import type { Route } from './route.ts'

export interface HttpOptions {
  readonly parts: Parts
  readonly routes: readonly Route[]
  /** Routes that write their own answers. */
  readonly raw?: readonly RawRoute[]
  readonly authenticate: Authenticate
  readonly limits?: Partial<Limits>
  readonly redis?: Redis | null
  /** Folder of the built page. */
  readonly pages?: string
  readonly metrics?: Metrics
  /** Answers outside their schema are errors. Everywhere but in production. */
  readonly strict?: boolean
  /** 0 takes a free one. */
  readonly port: number
  readonly host?: string
}

export interface HttpServer {
  readonly url: string
  readonly port: number
  /** For the upgrade to WebSocket. */
  readonly server: Server
  readonly metrics: Metrics
  readonly cache: ReadCache
  /** Null lets a connection in: the lists of names and origins that requests are held against. */
  admits(request: { headers: Record<string, unknown>; method?: string; url?: string }): BlyanError | null
  /** Takes no new requests, lets those underway end, at most `graceMs`. */
  stop(graceMs?: number): Promise<void>
}

const HEADERS_MS = 10_000
/** Of a whole request with its body: 16 MiB at 5 Mb/s. */
const REQUEST_MS = 30_000
const GRACE_MS = 5_000
/** Longer than clients and proxies keep an idle connection: one closed here could race with their next request. */
const KEEP_ALIVE_MS = 65_000

/** Listens when it returns. */
export async function createHttpServer(options: HttpOptions): Promise<HttpServer> {
  const {
    parts,
    routes,
    raw = [],
    authenticate,
    limits,
    redis = null,
    pages,
    strict = true,
    host = '127.0.0.1',
  } = options
  const { config, head, log, now, random, signal } = parts
  const metrics = options.metrics ?? createMetrics()
  const cache = createReadCache({ version: () => `${head.version()}`, state: () => `${head.asOf().stale}`, now })
  const limiter = createLimiter({ ...DEFAULT_LIMITS, ...limits }, redis)
  const tools: MountTools = { parts, authenticate, limiter, cache, metrics, strict }
  const csp = contentSecurityPolicy(config.origin, connectSources(config))
  const fixed = securityHeaders(csp)
  const exchanges = new WeakMap<Request, Exchange>()
  const names = { hosts: [...config.hosts, new URL(config.origin).host], origins: [config.origin, ...config.origins] }

  const admits: HttpServer['admits'] = ({ headers, method = 'GET', url = '/' }) => {
    const { host: name, origin } = headers as Record<string, string | undefined>
    const refusal = checkVisitor({ host: name, origin, method, path: url }, names)
    if (refusal !== null) return refusal
    if (headers['sec-fetch-site'] !== 'cross-site' || origin !== undefined) return null
    if (method === 'GET' || method === 'HEAD') return null
    return new CrossSiteError({ what: 'A page of another site asked for a change.', fix: 'Ask from this site.' })
  }

  const app = express()
  app.disable('x-powered-by').disable('etag').set('query parser', false).set('case sensitive routing', true)

  app.use((request: Request, response: Response, next: NextFunction) => {
    const startedAt = performance.now()
    const id = requestId(request.get('x-request-id'), random)
    const gone = new AbortController()
    const aborted = AbortSignal.any([gone.signal, signal])
    exchanges.set(request, { id, address: request.socket.remoteAddress ?? '', signal: aborted })
    for (const [name, value] of fixed) response.setHeader(name, value)
    response.setHeader('x-request-id', id)
    response.once('close', () => {
      if (!response.writableFinished) gone.abort()
      const seconds = (performance.now() - startedAt) / 1000
      const route: string = response.locals.route ?? 'none'
      metrics.request(request.method, route, response.statusCode, seconds)
      log.info('request', {
        id,
        method: request.method,
        route,
        status: response.statusCode,
        ms: Math.round(seconds * 10_000) / 10,
      })
    })
    const refusal = admits(request)
    if (refusal !== null) return next(refusal)
    const { origin } = request.headers
    if (origin !== undefined && origin !== config.origin) {
      for (const [name, value] of crossOriginHeaders(origin)) response.setHeader(name, value)
      if (request.method === 'OPTIONS') return void response.status(204).end()
    }
    next()
  })

  const methods = new Map<string, string[]>()
  const mount = (
    method: 'get' | 'post' | 'delete',
    path: string,
    serve: (request: Request, response: Response, exchange: Exchange) => Promise<void>,
    onError?: (error: unknown, response: Response, exchange: Exchange) => void,
  ): void => {
    methods.set(path, [...(methods.get(path) ?? []), method.toUpperCase(), ...(method === 'get' ? ['HEAD'] : [])])
    app[method](expressPath(path), async (request, response) => {
      response.locals.route = path
      const exchange = exchanges.get(request)!
      if (onError === undefined) return serve(request, response, exchange)
      await serve(request, response, exchange).catch((error) => onError(error, response, exchange))
    })
  }
  const report = (error: unknown, { id, signal: cut }: Exchange): BlyanError => {
    const told = cut.aborted && isAbort(error) ? requestCut(error) : asBlyanError(error)
    metrics.error(told.code)
    if (told.fault === 'internal' || told.fault === 'config') {
      const cause = told.cause ?? told
      log.error('request failed', { id, code: told.code, cause: cause instanceof Error ? cause.stack : String(cause) })
    } else if (statusOf(told) >= 500) {
      const { cause } = told
      log.warn('request refused', { id, code: told.code, cause: cause instanceof Error ? cause.message : undefined })
    }
    return told
  }
  const fail = (error: unknown, response: Response, exchange: Exchange, body?: RawRoute['errorBody']): void => {
    const told = report(error, exchange)
    if (response.headersSent) return void response.destroy()
    const problem = problemOf(told, exchange.id)
    const { retryAfterMs } = told.data as { retryAfterMs?: number }
    response.status(problem.status).setHeader('cache-control', 'no-store')
    if (retryAfterMs !== undefined) response.setHeader('retry-after', Math.ceil(retryAfterMs / 1000))
    else if (problem.status === 503) response.setHeader('retry-after', 2)
    if (problem.status === 401) response.setHeader('www-authenticate', 'Bearer realm="blyan"')
    if (problem.status === 413) response.setHeader('connection', 'close') // the rest of the body is not wanted
    const type = body === undefined ? 'application/problem+json' : 'application/json; charset=utf-8'
    response.setHeader('content-type', type).end(JSON.stringify(body?.(problem) ?? problem))
  }

  for (const route of routes) mount(route.method, route.path, serveRoute(route, tools))
  for (const route of raw) {
    mount(route.method, route.path, serveRaw(route, tools), (error, response, exchange) =>
      fail(error, response, exchange, route.errorBody),
    )
  }
  for (const [path, allowed] of methods) {
    app.all(expressPath(path), (request, response) => {
      response.locals.route = path
      response.setHeader('allow', allowed.join(', '))
      throw new MethodNotAllowedError({
        what: `${request.method} is not for ${path}; it takes ${allowed.join(', ')}.`,
        fix: 'See /docs.',
        data: { allowed },
      })
    })
  }
  const built = pages === undefined ? null : openPages(pages)
  app.use(async (request: Request, response: Response) => {
    response.locals.route = 'page'
    if (await built?.serve(request, response)) return
    response.locals.route = 'none'
    throw new NotFoundError({ what: 'There is nothing at this address.', fix: '/docs lists what there is.' })
  })
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    fail(mendRouterError(error), response, exchanges.get(request)!)
  })

  const server = createServer(
    { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, keepAliveTimeout: KEEP_ALIVE_MS },
    app,
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, host, resolve)
  })
  const { port } = server.address() as AddressInfo
  names.hosts.push(...loopbackHosts(port))
  names.origins.push(`http://127.0.0.1:${port}`, `http://localhost:${port}`)

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    server,
    metrics,
    cache,
    admits,
    stop: (graceMs = GRACE_MS) =>
      new Promise((resolve) => {
        const force = setTimeout(() => server.closeAllConnections(), graceMs)
        server.close(() => {
          clearTimeout(force)
          resolve()
        })
        server.closeIdleConnections()
      }),
  }
}

/** express' own refusal of a malformed path is the visitor's mistake. */
function mendRouterError(error: unknown): unknown {
  if (!(error instanceof URIError)) return error
  return new NotFoundError({ what: 'The address is malformed.', fix: 'Correct its percent signs.' })
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError'

const requestCut = (cause: unknown): RequestCutError =>
  new RequestCutError({
    what: 'The request was broken off: the gateway stops.',
    fix: 'Try again in a few seconds.',
    cause,
  })
