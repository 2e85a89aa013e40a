/** Requests to a gateway: JSON in, JSON out by its schema, problems as errors. Runs in browsers. */
import type { z } from 'zod'
import { problem } from '../gateway/index.ts'
import { GatewayAnswerError, GatewayError, GatewayUnreachableError } from './errors.ts'

export interface Request {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly body?: unknown
  readonly signal?: AbortSignal
  /** Sent without the token. */
  readonly anonymous?: boolean
}

export interface Http {
  /** @throws GatewayError, GatewayUnreachableError, GatewayAnswerError */
  json<S extends z.ZodType>(schema: S, path: string, request?: Request): Promise<z.infer<S>>
  /** @throws as json */
  bytes(path: string, request?: Request & { maxBytes?: number }): Promise<Uint8Array>
  /** Sent with every request from now on; null sends none. */
  authorize(token: string | null): void
  token(): string | null
}

export interface HttpOptions {
  readonly gateway: string
  readonly fetch: typeof fetch
  /** Asked once when a token was refused; true when another one was set. */
  readonly renew?: () => Promise<boolean>
}

/** Longest file that is read: a model of 20 million parameters and some. */
const MAX_BYTES = 128 * 2 ** 20

export function createHttp({ gateway, fetch: send, renew = async () => false }: HttpOptions): Http {
  let token: string | null = null

  const once = async (
    path: string,
    { method = 'GET', query = {}, body, signal, anonymous = false }: Request,
  ): Promise<Response> => {
    const url = new URL(path, gateway)
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value))
    }
    try {
      return await send(url, {
        method,
        headers: {
          accept: 'application/json',
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(token !== null && !anonymous && { authorization: `Bearer ${token}` }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        // The cookie that renews a session belongs to this origin and one path of it.
        credentials: 'same-origin',
        redirect: 'error',
        signal,
      })
    } catch (cause) {
      signal?.throwIfAborted()
      throw new GatewayUnreachableError({
        what: `${new URL(gateway).host} does not answer.`,
        fix: 'Check the address and the connection, then try again.',
        cause,
      })
    }
  }

  const ask = async (path: string, request: Request): Promise<Response> => {
    const used = token
    const response = await once(path, request)
    if (response.ok) return response
    const refused = await problemOf(response)
    if (response.status !== 401 || used === null || request.anonymous) throw refused
    // Another request may have renewed it while this one was on its way.
    if (token === used && !(await renew())) throw refused
    const again = await once(path, request)
    if (again.ok) return again
    throw await problemOf(again)
  }

  return {
    async json(schema, path, request = {}) {
      const response = await ask(path, request)
      const parsed = schema.safeParse(response.status === 204 ? null : await response.json().catch(() => undefined))
      if (parsed.success) return parsed.data
      const issue = parsed.error.issues[0]
      throw new GatewayAnswerError({
        what: `The answer to ${path} does not fit at "${issue?.path.join('.') ?? ''}": ${issue?.message}.`,
        fix: 'Use a client of the gateway’s version.',
        data: { path, field: issue?.path.join('.') ?? '' },
      })
    },
    async bytes(path, { maxBytes = MAX_BYTES, ...request } = {}) {
      return readBody(await ask(path, request), maxBytes, path)
    },
    authorize(next) {
      token = next
    },
    token: () => token,
  }
}

async function problemOf(response: Response): Promise<GatewayError | GatewayAnswerError> {
  const parsed = problem.safeParse(await response.json().catch(() => undefined))
  if (parsed.success) return new GatewayError(parsed.data)
  return new GatewayAnswerError({
    what: `The gateway answered with status ${response.status} and no explanation.`,
    fix: 'Check that the address is a gateway’s.',
    data: { status: response.status },
  })
}

async function readBody(response: Response, maxBytes: number, path: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  const reader = response.body?.getReader()
  while (reader) {
    const { done, value } = await reader.read()
    if (done) break
    length += value.length
    if (length > maxBytes) {
      await reader.cancel()
      throw new GatewayAnswerError({
        what: `The answer to ${path} is longer than ${maxBytes} bytes.`,
        fix: 'Ask another gateway.',
        data: { path, maxBytes },
      })
    }
    parts.push(value)
  }
  const joined = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
