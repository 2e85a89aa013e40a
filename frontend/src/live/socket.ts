/** The gateway's WebSocket: authenticates first, subscribes, resumes by cursor, comes back by itself. */
import { type ServerMessage, serverMessage } from '../../../chain/client/gateway/index.ts'

export interface SocketLike {
  send(text: string): void
  close(): void
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number }) => void) | null
}

export interface LiveOptions {
  open: () => SocketLike
  /** @param fresh the last one was refused or has ended */
  token: (fresh: boolean) => Promise<string | null>
  /** `false` while the socket is away. */
  onState: (connected: boolean) => void
  setTimer?: (job: () => void, ms: number) => unknown
  clearTimer?: (timer: unknown) => void
}

export interface Live {
  /** @param topics such as `round:12`  @returns how to stop */
  subscribe(topics: readonly string[], listener: (message: ServerMessage) => void): () => void
  close(): void
}

/** The server's close code for an ended or unknown sign-in. */
const CLOSE_AUTH = 4401
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 15_000
/** The server takes this many topics in one message. */
const TOPICS_A_MESSAGE = 20

export function createLive(options: LiveOptions): Live {
  const { setTimer = (job, ms) => setTimeout(job, ms), clearTimer = (timer) => clearTimeout(timer as number) } = options
  const listeners = new Set<{ topics: ReadonlySet<string>; listener: (message: ServerMessage) => void }>()
  let socket: SocketLike | null = null
  let ready = false
  let cursor: string | null = null
  let wait = FIRST_WAIT_MS
  let timer: unknown = null
  let subscribed = new Set<string>()
  let closed = false
  let refused = false

  const wanted = (): string[] => [...new Set([...listeners].flatMap(({ topics }) => [...topics]))]

  function connect(): void {
    if (closed || socket !== null || listeners.size === 0) return
    timer = null
    const mine = options.open()
    socket = mine
    mine.onopen = () => {
      void options.token(refused).then((token) => {
        if (socket === mine) mine.send(JSON.stringify({ type: 'auth', token }))
      })
    }
    mine.onmessage = ({ data }) => receive(mine, data)
    mine.onclose = ({ code }) => {
      refused = code === CLOSE_AUTH
      if (socket !== mine) return
      socket = null
      ready = false
      subscribed = new Set()
      if (closed) return
      options.onState(false)
      timer = setTimer(connect, wait)
      wait = Math.min(wait * 2, LONGEST_WAIT_MS)
    }
  }

  function receive(mine: SocketLike, data: unknown): void {
    const parsed = serverMessage.safeParse(safeJson(data))
    // What this page does not know is a newer server's; the rest of the stream still counts.
    if (!parsed.success || socket !== mine) return
    const message = parsed.data
    if (message.type === 'ready') {
      ready = true
      wait = FIRST_WAIT_MS
      options.onState(true)
      subscribe()
      return
    }
    // A cursor that is refused is too old: the pages read the present state anew, and the stream begins now.
    if (message.type === 'error') cursor = null
    else if (message.cursor !== null) cursor = message.cursor
    if (message.type === 'subscribed' || message.type === 'error') return
    for (const { topics, listener } of listeners) if (concerns(topics, message)) listener(message)
  }

  function subscribe(): void {
    if (!ready || socket === null) return
    const fresh = wanted().filter((topic) => !subscribed.has(topic))
    for (let from = 0; from < fresh.length; from += TOPICS_A_MESSAGE) {
      const topics = fresh.slice(from, from + TOPICS_A_MESSAGE)
      // Only a whole resumption continues at the cursor: a topic asked for later begins now.
      const resume = subscribed.size === 0 && cursor !== null ? { cursor } : {}
      socket.send(JSON.stringify({ type: 'subscribe', topics, ...resume }))
    }
    for (const topic of fresh) subscribed.add(topic)
  }

  return {
    subscribe(topics, listener) {
      const entry = { topics: new Set(topics), listener }
      listeners.add(entry)
      if (timer === null) connect()
      subscribe()
      return () => {
        listeners.delete(entry)
      }
    },
    close() {
      closed = true
      if (timer !== null) clearTimer(timer)
      socket?.close()
    },
  }
}

/** `round` hears all of its kind, `round:12` what names task or account 12. */
export function concerns(topics: ReadonlySet<string>, { type, data }: ServerMessage): boolean {
  if (topics.has(type)) return true
  const accounts = Array.isArray(data.accounts) ? data.accounts : []
  const keys = [data.task, ...accounts].filter((key) => typeof key === 'string' || typeof key === 'number')
  return keys.some((key) => topics.has(`${type}:${key}`))
}

function safeJson(data: unknown): unknown {
  try {
    return JSON.parse(String(data))
  } catch {
    return null
  }
}
