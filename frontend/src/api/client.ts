/** The gateway over fetch: every reply parsed by its schema, every refusal an error with a fix. */
import { z } from 'zod'
import { loginReply, problem } from '../../../chain/client/gateway/index.ts'
import { GatewayAwayError, GatewayProblem, GatewayReplyError, SignedOutError } from './errors.ts'
import type { Session } from './session.ts'

export interface CallOptions<B> {
  method?: 'GET' | 'POST' | 'DELETE'
  body?: B
  query?: Readonly<Record<string, string | number | undefined>>
  /** `needed` waits for a session and throws without one; `sent if there` is the default; `none` never sends it. */
  token?: 'needed' | 'if there' | 'none'
  signal?: AbortSignal
}

export interface ApiClient {
  /** @throws GatewayProblem · GatewayAwayError · GatewayReplyError · SignedOutError */
  call<R extends z.ZodType, B = unknown>(path: string, reply: R, options?: CallOptions<B>): Promise<z.infer<R>>
  /** Bytes of an immutable thing, such as a model's parameters. */
  bytes(path: string, options?: Pick<CallOptions<never>, 'signal' | 'token'>): Promise<Uint8Array<ArrayBuffer>>
  /** A fresh access token by the cookie. One request at a time over all tabs. @returns whether somebody is signed in */
  refresh(): Promise<boolean>
}

export interface ApiOptions {
  base?: string
  session: Session
  send?: typeof fetch
  now?: () => number
  /** Told of each reply or silence, for the stale banner. */
  onReach?: (reached: boolean) => void
  /** Told of each parsed reply. */
  onReply?: (reply: unknown) => void
}

/** Refreshed this long before its end, so that no request carries a token that ends on the way. */
const REFRESH_EARLY_MS = 30_000

export function createApi({
  base = '',
  session,
  send = (...a) => fetch(...a),
  now = Date.now,
  onReach,
  onReply,
}: ApiOptions): ApiClient {
  let refreshing: Promise<boolean> | null = null

  async function request(path: string, init: RequestInit): Promise<Response> {
    let response: Response
    try {
      response = await send(base + path, { credentials: 'same-origin', ...init })
    } catch (cause) {
      init.signal?.throwIfAborted()
      onReach?.(false)
      throw new GatewayAwayError({
        what: 'The gateway does not answer.',
        fix: 'Nothing was sent twice and nothing is lost; the page tries again by itself.',
        data: { path },
        cause,
      })
    }
    onReach?.(true)
    if (response.ok) return response
    const parsed = problem.safeParse(await response.json().catch(() => null))
    if (parsed.success) throw new GatewayProblem(parsed.data)
    throw new GatewayReplyError({
      what: `The gateway answered ${response.status} without saying why.`,
      fix: 'Try again in a moment; if it stays, tell who runs this gateway.',
      data: { path, status: response.status },
    })
  }

  async function token(need: NonNullable<CallOptions<unknown>['token']>): Promise<string | null> {
    if (need === 'none') return null
    const current = session.current()
    if (current !== null && current.expiresAt - REFRESH_EARLY_MS > now()) return current.token
    if (session.maySignIn()) await refresh()
    const fresh = session.current()
    if (fresh !== null) return fresh.token
    if (need === 'if there') return null
    throw new SignedOutError({ what: 'You are not signed in.', fix: 'Sign in with your wallet, then press it again.' })
  }

  function refresh(): Promise<boolean> {
    refreshing ??= session
      .alone(async () => {
        try {
          const response = await request('/api/v1/auth/refresh', { method: 'POST' })
          session.set(loginReply.parse(await response.json()))
          return true
        } catch (error) {
          if (error instanceof GatewayProblem && error.problem.status < 500) session.clear()
          else if (!(error instanceof GatewayAwayError)) throw error
          return false
        }
      })
      .finally(() => {
        refreshing = null
      })
    return refreshing
  }

  async function call<R extends z.ZodType, B>(
    path: string,
    reply: R,
    { method = 'GET', body, query = {}, token: need = 'if there', signal }: CallOptions<B> = {},
  ): Promise<z.infer<R>> {
    const search = new URLSearchParams(
      Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
    ).toString()
    const bearer = await token(need)
    const response = await request(`${path}${search === '' ? '' : `?${search}`}`, {
      method,
      signal,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const parsed = reply.safeParse(response.status === 204 ? null : await response.json().catch(() => undefined))
    if (parsed.success) {
      onReply?.(parsed.data)
      return parsed.data
    }
    throw new GatewayReplyError({
      what: `The gateway’s reply is not what this page expects: ${z.prettifyError(parsed.error).split('\n')[0]}.`,
      fix: 'Reload the page: it may be older than the gateway.',
      data: { path },
    })
  }

  return {
    call,
    refresh,
    async bytes(path, { signal, token: need = 'none' } = {}) {
      const bearer = await token(need)
      const headers = bearer === null ? undefined : { authorization: `Bearer ${bearer}` }
      return new Uint8Array(await (await request(path, { method: 'GET', signal, headers })).arrayBuffer())
    },
  }
}
