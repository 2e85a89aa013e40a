/** What happens, as it happens: an async iterator over the gateway's WebSocket that goes on where a connection broke. */
import { problem, type ServerMessage, serverMessage, type Topic } from '../gateway/index.ts'
import { pause } from '../near/rpc.ts'
import type { SdkContext } from './context.ts'
import { GatewayError, GatewayUnreachableError } from './errors.ts'

export interface EventsOptions {
  /** Such as `task_update` or `task_update:12`. */
  readonly topics: readonly (Topic | `${Topic}:${string}`)[]
  /** Goes on after this event; from now on when absent. */
  readonly cursor?: string
  readonly signal?: AbortSignal
}

const RETRY_MS = 250
const MAX_RETRY_MS = 15_000
/** Messages not yet taken by the caller; more, and the connection is closed and resumed from the last taken one. */
const MAX_WAITING = 1_000
const AUTH_CLOSED = 4401

/** @throws GatewayError when the gateway refuses topics or token; everything else is tried again */
export async function* followEvents(
  { gateway, http, WebSocket: Socket }: Pick<SdkContext, 'gateway' | 'http' | 'WebSocket'>,
  { topics, cursor: from, signal }: EventsOptions,
): AsyncGenerator<ServerMessage, void, void> {
  let cursor = from
  let failures = 0
  while (!signal?.aborted) {
    const connection = open(Socket, gateway, http.token(), topics, cursor, signal)
    try {
      for await (const message of connection.messages) {
        failures = 0
        if (message.cursor !== null) cursor = message.cursor
        if (message.type !== 'ready' && message.type !== 'subscribed') yield message
      }
    } finally {
      connection.close()
    }
    if (signal?.aborted) return
    if (connection.code() === AUTH_CLOSED) throw refusedToken()
    await pause(Math.min(RETRY_MS * 2 ** failures++, MAX_RETRY_MS), signal).catch(() => undefined)
  }
}

interface Connection {
  readonly messages: AsyncIterable<ServerMessage>
  close(): void
  code(): number | null
}

function open(
  Socket: typeof WebSocket,
  gateway: string,
  token: string | null,
  topics: readonly string[],
  cursor: string | undefined,
  signal: AbortSignal | undefined,
): Connection {
  const url = new URL('/ws', gateway)
  url.protocol = url.protocol.replace('http', 'ws')
  const socket = new Socket(url)
  const waiting: ServerMessage[] = []
  let wake: (() => void) | null = null
  let closed = false
  let code: number | null = null
  let refused: Error | null = null
  const stir = (): void => {
    wake?.()
    wake = null
  }
  const end = (): void => {
    closed = true
    stir()
  }
  const close = (): void => {
    end()
    socket.close()
  }
  socket.onopen = () => socket.send(JSON.stringify({ type: 'auth', token }))
  socket.onmessage = ({ data }) => {
    const message = serverMessage.safeParse(parse(String(data)))
    if (!message.success) return close()
    if (message.data.type === 'ready') socket.send(JSON.stringify({ type: 'subscribe', topics, cursor }))
    if (message.data.type === 'error') {
      refused = errorOf(message.data)
      return close()
    }
    waiting.push(message.data)
    if (waiting.length > MAX_WAITING) {
      // The caller is slow: what it has not taken is asked for again.
      socket.close()
      waiting.length = MAX_WAITING
    }
    stir()
  }
  socket.onclose = (event) => {
    code = event.code
    end()
  }
  socket.onerror = end
  signal?.addEventListener('abort', close, { once: true })
  return {
    close,
    code: () => code,
    messages: {
      async *[Symbol.asyncIterator]() {
        for (;;) {
          const next = waiting.shift()
          if (next !== undefined) yield next
          else if (refused !== null) throw refused
          else if (closed) return
          else await new Promise<void>((resolve) => (wake = resolve))
        }
      },
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function errorOf({ data }: ServerMessage): Error {
  const parsed = problem.safeParse(data)
  if (parsed.success) return new GatewayError(parsed.data)
  return new GatewayUnreachableError({ what: 'The gateway ended the stream.', fix: 'Check topics and cursor.' })
}

const refusedToken = (): GatewayUnreachableError =>
  new GatewayUnreachableError({ what: 'The gateway no longer takes this sign-in.', fix: 'Sign in again.' })
