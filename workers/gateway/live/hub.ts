/**
 * The WebSocket: every event of the index to whoever asked for its topic, in order, without gap or double across
 * reconnections. It reads what it sends from the index, so a message is never ahead of what REST answers.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { BlyanError } from '../../../chain/lib/errors.ts'
import type { Visitor } from '../http/route.ts'
import type { Head, Log } from '../types.ts'
import { CLIENT_LIMITS, type ClientHub, type ClientLimits, LiveClient } from './client.ts'
import { comparePositions, decodeCursor, encodeCursor, LAST_INDEX, LAST_PART, type Position, START } from './cursor.ts'
import { CLOSE_AUTH, CLOSE_GOING_AWAY, CLOSE_LIMIT, CLOSE_UNREADABLE, LiveCursorError } from './errors.ts'
import { type EventRow, type LiveMessage, messagesOf } from './messages.ts'

export interface HubOptions {
  readonly genesisHash: string
  readonly head: Pick<Head, 'asOf' | 'onBlock'>
  /** Height up to which everything is old news; the head's unless told. */
  readonly from?: number
  /** Rows after (height, index), oldest first; at most `limit`. */
  readonly readEvents: (after: { height: number; index: number }, limit: number) => Promise<EventRow[]>
  /** Present figures of the network, once a block. */
  readonly stats?: () => Promise<Record<string, unknown>>
  readonly signIn: ClientHub['signIn']
  /** Whether a visitor's key or session is still good: asked now and then, for ends that nobody told of. */
  readonly stillHolds?: (visitor: Visitor) => Promise<boolean>
  /** Whether this visitor's host and origin may connect; the reason when not. */
  readonly checkVisitor: (request: IncomingMessage) => BlyanError | null
  readonly now: () => number
  readonly log: Log
  readonly limits?: Partial<ClientLimits & HubLimits>
  readonly onClients?: (count: number) => void
}

export interface HubLimits {
  readonly maxClients: number
  readonly maxPerAddress: number
  /** Events that a resumed stream may be behind. */
  readonly maxReplay: number
  /** Between two looks at whether a client still lives and may still listen, ms. */
  readonly pingMs: number
}

const HUB_LIMITS: HubLimits = { maxClients: 5_000, maxPerAddress: 50, maxReplay: 20_000, pingMs: 30_000 }
const PAGE = 500
/** Frames from clients are sign-ins and topics: a token and a few names. */
const MAX_PAYLOAD_BYTES = 8 << 10
/** After a broadcast that failed, such as for a database that is away: the next block may be long in coming. */
const RETRY_MS = 1_000

export interface Hub {
  /** For the HTTP server's `upgrade` event. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Closes the connections of whose right has ended. */
  revoke(isEnded: (visitor: Visitor) => boolean): void
  readonly clients: number
  close(): Promise<void>
}

export async function createHub(options: HubOptions): Promise<Hub> {
  const { genesisHash, head, readEvents, now, log } = options
  const limits = { ...CLIENT_LIMITS, ...HUB_LIMITS, ...options.limits }
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD_BYTES, perMessageDeflate: false })
  const clients = new Set<LiveClient>()
  const perAddress = new Map<string, number>()
  let sentUpTo: Position = { height: options.from ?? head.asOf().height, index: LAST_INDEX, part: LAST_PART }
  /** Of the last broadcast; before the first one nothing can be missed by joining. */
  let lastRow: Position = START
  let broadcasting: Promise<void> | null = null
  let isAgain = false
  let retry: NodeJS.Timeout | undefined

  const clientHub: ClientHub = {
    limits,
    now,
    signIn: options.signIn,
    subscribed(client, cursor) {
      void start(client, cursor).catch((error: unknown) => {
        log.error('live: a subscription failed', { error: String(error) })
        client.close(1011, 'internal error')
      })
    },
    gone: (client) => {
      clients.delete(client)
      options.onClients?.(clients.size)
    },
  }

  async function start(client: LiveClient, cursor: string | null): Promise<void> {
    let from = client.caughtUp ? client.position : sentUpTo
    if (cursor !== null) {
      try {
        from = decodeCursor(genesisHash, cursor)
      } catch (error) {
        return client.refuse(CLOSE_UNREADABLE, error as BlyanError)
      }
    }
    client.caughtUp = false
    client.position = from
    client.send({ type: 'subscribed', at: now(), cursor: encodeCursor(genesisHash, from), data: { ...head.asOf() } })
    await catchUp(client)
    if (client.wantsTopic('network_stats')) await tellStats([client])
  }

  /** Reads what the client missed, up to and beyond what was broadcast, and joins it to the broadcasts without a gap. */
  async function catchUp(client: LiveClient): Promise<void> {
    // The event of the cursor itself may have messages that were not sent yet.
    let after = { height: client.position.height, index: client.position.index - 1 }
    for (let read = 0; ; ) {
      const rows = await readEvents(after, PAGE)
      client.deliver(rows.flatMap((row) => messagesOf(genesisHash, row)))
      const last = rows.at(-1)
      if (last !== undefined) after = { height: last.height, index: last.index }
      // A broadcast may have read rows that were not there a moment ago: then there is more to read here too.
      if (rows.length < PAGE && comparePositions({ ...after, part: 0 }, lastRow) >= 0) break
      if ((read += rows.length) > limits.maxReplay) {
        return client.refuse(
          CLOSE_LIMIT,
          new LiveCursorError({
            what: `More than ${limits.maxReplay} events came after that cursor.`,
            fix: 'Read the present state once, then subscribe without a cursor.',
            data: { field: 'cursor' },
          }),
        )
      }
    }
    client.caughtUp = true
  }

  /** Sends everything that is new in the index. Calls while one runs are joined into one more. */
  function broadcast(): void {
    if (broadcasting !== null) {
      isAgain = true
      return
    }
    broadcasting = (async () => {
      do {
        isAgain = false
        await broadcastOnce()
      } while (isAgain)
    })()
      .catch((error: unknown) => {
        log.warn('live: a broadcast waits', { error: String(error) })
        clearTimeout(retry)
        retry = setTimeout(broadcast, RETRY_MS).unref()
      })
      .finally(() => {
        broadcasting = null
      })
  }

  async function broadcastOnce(): Promise<void> {
    for (;;) {
      const rows = await readEvents(sentUpTo, PAGE)
      const last = rows.at(-1)
      if (last === undefined) break
      const messages: LiveMessage[] = rows.flatMap((row) => messagesOf(genesisHash, row))
      lastRow = { height: last.height, index: last.index, part: 0 }
      sentUpTo = { ...lastRow, part: LAST_PART }
      for (const client of clients) if (client.caughtUp) client.deliver(messages)
    }
    await tellStats([...clients].filter((client) => client.wantsTopic('network_stats')))
  }

  async function tellStats(to: readonly LiveClient[]): Promise<void> {
    if (to.length === 0 || options.stats === undefined) return
    const text = JSON.stringify({ type: 'network_stats', at: now(), cursor: null, data: await options.stats() })
    for (const client of to) client.sendText(text)
  }

  /** A revocation travels to other gateways as a hint that may be lost; the database has it in any case. */
  async function recheck(client: LiveClient): Promise<void> {
    if (client.visitor === null || options.stillHolds === undefined) return
    // While the database is away nobody is signed out.
    const holds = await options.stillHolds(client.visitor).catch(() => true)
    if (!holds) client.close(CLOSE_AUTH, 'revoked')
  }

  const stopListening = head.onBlock(broadcast)
  const pings = setInterval(() => {
    for (const client of clients) {
      client.ping()
      void recheck(client)
    }
  }, limits.pingMs)
  pings.unref()

  return {
    get clients() {
      return clients.size
    },
    upgrade(request, socket, first) {
      const refused = options.checkVisitor(request)
      if (refused !== null) return reject(socket, '403 Forbidden')
      const address = request.socket.remoteAddress ?? ''
      const here = perAddress.get(address) ?? 0
      if (clients.size >= limits.maxClients || here >= limits.maxPerAddress) {
        return reject(socket, '429 Too Many Requests')
      }
      server.handleUpgrade(request, socket, first, (webSocket) => {
        perAddress.set(address, (perAddress.get(address) ?? 0) + 1)
        webSocket.on('close', () => {
          const left = (perAddress.get(address) ?? 1) - 1
          if (left === 0) perAddress.delete(address)
          else perAddress.set(address, left)
        })
        clients.add(new LiveClient(webSocket, clientHub))
        options.onClients?.(clients.size)
      })
    },
    revoke(isEnded) {
      for (const client of clients) {
        if (client.visitor !== null && isEnded(client.visitor)) client.close(CLOSE_AUTH, 'revoked')
      }
    },
    async close() {
      stopListening()
      clearInterval(pings)
      clearTimeout(retry)
      for (const client of clients) client.close(CLOSE_GOING_AWAY, 'the gateway stops')
      await broadcasting
      await new Promise<void>((done) => {
        server.close(() => done())
        for (const socket of server.clients) socket.terminate()
      })
    },
  }
}

function reject(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
