/** One connection: signs in first, then subscribes; it is cut when it talks too much or reads too slowly. */
import type { WebSocket } from 'ws'
import { clientMessage, type ServerMessage } from '../../../chain/client/gateway/index.ts'
import { BlyanError } from '../../../chain/lib/errors.ts'
import type { Visitor } from '../http/route.ts'
import { comparePositions, type Position, START } from './cursor.ts'
import { CLOSE_AUTH, CLOSE_LIMIT, CLOSE_SLOW, CLOSE_UNREADABLE, LiveAuthError, LiveMessageError } from './errors.ts'
import type { LiveMessage } from './messages.ts'

export interface ClientLimits {
  /** Unsent bytes after which a client counts as slow. */
  readonly maxBufferedBytes: number
  /** Messages from the client in any ten seconds. */
  readonly maxMessages: number
  readonly maxTopics: number
  readonly authMs: number
}

export const CLIENT_LIMITS: ClientLimits = {
  maxBufferedBytes: 1 << 20, // about a thousand messages: a page that reads at all is never that far behind
  maxMessages: 30,
  maxTopics: 50,
  authMs: 5_000,
}

/** What a client needs of its hub. */
export interface ClientHub {
  readonly limits: ClientLimits
  now(): number
  /** @throws BlyanError when the token does not hold */
  signIn(token: string | null): Promise<Visitor | null>
  /** Called once topics are set. @param cursor where the client stopped */
  subscribed(client: LiveClient, cursor: string | null): void
  gone(client: LiveClient): void
}

export class LiveClient {
  readonly #socket: WebSocket
  readonly #hub: ClientHub
  readonly #topics = new Set<string>()
  #timer: NodeJS.Timeout | null = null
  #signedIn = false
  #heard: number[] = []
  #turn: Promise<void> = Promise.resolve()
  visitor: Visitor | null = null
  /** Everything up to here was sent. */
  position: Position = START
  /** Gets broadcasts; while false it is still reading what it missed. */
  caughtUp = false
  isAlive = true

  constructor(socket: WebSocket, hub: ClientHub) {
    this.#socket = socket
    this.#hub = hub
    this.#timer = setTimeout(() => this.refuse(CLOSE_AUTH, authNeeded()), hub.limits.authMs)
    socket.on('message', (data, isBinary) => {
      // One after another: a subscription waits for the sign-in before it.
      this.#turn = this.#turn.then(() => this.#receive(isBinary ? null : String(data)))
    })
    socket.on('pong', () => {
      this.isAlive = true
    })
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      if (this.#timer) clearTimeout(this.#timer)
      hub.gone(this)
    })
  }

  wants(message: LiveMessage): boolean {
    return this.#topics.has(message.topic) || message.keys.some((key) => this.#topics.has(key))
  }

  wantsTopic(topic: string): boolean {
    return this.#topics.has(topic)
  }

  /** Sends what it wants of these, in order, once. */
  deliver(messages: readonly LiveMessage[]): void {
    for (const message of messages) {
      if (comparePositions(message.position, this.position) <= 0) continue
      this.position = message.position
      if (this.wants(message)) this.sendText(message.text)
    }
  }

  send(message: ServerMessage): void {
    this.sendText(JSON.stringify(message))
  }

  sendText(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    if (this.#socket.bufferedAmount > this.#hub.limits.maxBufferedBytes) {
      this.#socket.close(CLOSE_SLOW, 'slow')
      // A peer that reads nothing never answers the close either.
      this.#socket.terminate()
      return
    }
    this.#socket.send(text)
  }

  ping(): void {
    if (this.isAlive) this.#socket.ping()
    else this.#socket.terminate()
    this.isAlive = false
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason)
  }

  /** Says why, then closes. */
  refuse(code: number, error: BlyanError): void {
    const { what, fix, data, fault } = error
    this.send({ type: 'error', at: this.#hub.now(), cursor: null, data: { code: error.code, what, fix, fault, data } })
    this.close(code, error.code)
  }

  async #receive(text: string | null): Promise<void> {
    try {
      if (!this.#isWithinRate()) return this.close(CLOSE_LIMIT, 'too many messages')
      const message = parseMessage(text)
      if (message.type === 'auth') return await this.#signIn(message.token)
      if (!this.#signedIn) return this.refuse(CLOSE_AUTH, authNeeded())
      for (const topic of message.topics) this.#topics.add(topic)
      if (this.#topics.size > this.#hub.limits.maxTopics) return this.close(CLOSE_LIMIT, 'too many topics')
      this.#hub.subscribed(this, message.cursor ?? null)
    } catch (error) {
      if (error instanceof BlyanError) this.refuse(CLOSE_UNREADABLE, error)
      else this.close(1011, 'internal error')
    }
  }

  async #signIn(token: string | null): Promise<void> {
    try {
      this.visitor = await this.#hub.signIn(token)
    } catch (error) {
      if (!(error instanceof BlyanError)) throw error
      return this.refuse(CLOSE_AUTH, error)
    }
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#signedIn = true
    const expiresAt = this.visitor?.expiresAt ?? null
    const left = expiresAt === null ? null : Math.max(0, expiresAt - this.#hub.now())
    if (left !== null) this.#timer = setTimeout(() => this.close(CLOSE_AUTH, 'token ended'), left)
    this.send({ type: 'ready', at: this.#hub.now(), cursor: null, data: { user: this.visitor?.user ?? null } })
  }

  #isWithinRate(): boolean {
    const now = this.#hub.now()
    this.#heard = this.#heard.filter((at) => now - at < 10_000)
    this.#heard.push(now)
    return this.#heard.length <= this.#hub.limits.maxMessages
  }
}

function parseMessage(text: string | null) {
  let json: unknown
  try {
    json = text === null ? null : JSON.parse(text)
  } catch {
    json = null
  }
  const parsed = clientMessage.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new LiveMessageError({
    what: `The message is none that this gateway understands: ${issue?.message ?? 'no JSON'}.`,
    fix: 'Send { type: "auth", token } first, then { type: "subscribe", topics, cursor? }.',
    data: { field: issue?.path.join('.') ?? '' },
  })
}

const authNeeded = () =>
  new LiveAuthError({
    what: 'The first message must sign in.',
    fix: 'Send { type: "auth", token } with an access token, an API key, or null for what is public.',
  })
