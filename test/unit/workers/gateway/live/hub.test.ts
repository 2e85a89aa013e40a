/** The WebSocket over real sockets: order, resuming, rights, and visitors who misbehave. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { expect } from 'chai'
import fc from 'fast-check'
import { WebSocket } from 'ws'
import { BlyanError } from '../../../../../chain/lib/errors.ts'
import type { Visitor } from '../../../../../workers/gateway/http/route.ts'
import { createHub, type EventRow, type Hub, type HubOptions } from '../../../../../workers/gateway/live/index.ts'

const GENESIS = 'GenesisHashOfTheTest'
const quiet = { info: () => {}, warn: () => {}, error: () => {} }

class Forged extends BlyanError {
  static override readonly code: string = 'TEST_TOKEN_FORGED'
}

const visitor = (user: string, expiresAt: number | null = null): Visitor => ({
  expiresAt,
  user,
  kind: 'near',
  account: user,
  address: null,
  via: { kind: 'session', session: `s-${user}` },
  scopes: ['read'],
})

/** An index in memory and a gateway around it. */
async function world(changes: Partial<HubOptions> = {}) {
  const rows: EventRow[] = []
  const listeners = new Set<(block: { height: number; at: number; tasks: number[]; accounts: string[] }) => void>()
  let height = 10
  const hub: Hub = await createHub({
    genesisHash: GENESIS,
    head: {
      asOf: () => ({ height, at: 1_000, stale: false }),
      onBlock: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    readEvents: async (after, limit) => {
      const found = rows.filter((r) => r.height > after.height || (r.height === after.height && r.index > after.index))
      const snapshot = found.slice(0, limit)
      await new Promise((done) => setImmediate(done))
      return snapshot
    },
    signIn: async (token) => {
      if (token === 'forged') throw new Forged({ what: 'no', fix: 'no' })
      return token === null ? null : visitor(token)
    },
    checkVisitor: () => null,
    now: Date.now,
    log: quiet,
    ...changes,
  })
  const server: Server = createServer()
  server.on('upgrade', hub.upgrade)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`
  const block = (count: number, changes: Partial<EventRow> = {}): void => {
    height += 1
    for (let index = 0; index < count; index++) {
      rows.push({
        height,
        index,
        tx: 'T',
        name: 'committed',
        data: {},
        at: height,
        task: 1,
        round: 0,
        accounts: ['a.near'],
        ...changes,
      })
    }
    for (const listener of listeners) listener({ height, at: height, tasks: [1], accounts: [] })
  }
  const open = async (token: string | null = null) => client(url, token)
  return {
    hub,
    url,
    rows,
    block,
    open,
    port: (server.address() as AddressInfo).port,
    close: async () => {
      await hub.close()
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

interface Message {
  type: string
  cursor: string | null
  data: Record<string, unknown>
}

async function client(url: string, token: string | null, first: unknown = { type: 'auth', token }) {
  const socket = new WebSocket(url)
  const messages: Message[] = []
  const waiting = new Set<() => void>()
  const wake = (): void => {
    for (const each of waiting) each()
  }
  let closed: number | null = null
  socket.on('message', (text) => {
    messages.push(JSON.parse(String(text)))
    wake()
  })
  socket.on('close', (code) => {
    closed = code
    wake()
  })
  socket.on('error', () => {})
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise<void>((done) => waiting.add(done))
  }
  await new Promise((done) => socket.once('open', done))
  if (first !== null) socket.send(JSON.stringify(first))
  return {
    socket,
    messages,
    until,
    send: (message: unknown) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    closed: async () => {
      await until(() => closed !== null)
      return closed
    },
    events: () => messages.filter(({ type }) => type === 'task_update' || type === 'round' || type === 'node_status'),
  }
}

describe('the live stream', () => {
  it('sends each event once and in order, to those alone who asked for its topic', async () => {
    const w = await world()
    const a = await w.open()
    a.send({ type: 'subscribe', topics: ['task_update:1'] })
    const b = await w.open()
    b.send({ type: 'subscribe', topics: ['task_update:2', 'node_status:x.near'] })
    await a.until(() => a.messages.some(({ type }) => type === 'subscribed'))
    await b.until(() => b.messages.some(({ type }) => type === 'subscribed'))
    w.block(3)
    w.block(1, { name: 'stake_changed', task: null, round: null, accounts: ['x.near'] })
    await a.until(() => a.events().length === 3)
    await b.until(() => b.events().length === 1)
    expect(a.events().map(({ cursor }) => cursor)).to.deep.equal([
      'GenesisH.11.0.0',
      'GenesisH.11.1.0',
      'GenesisH.11.2.0',
    ])
    expect(b.events()[0]!.type).to.equal('node_status')
    await w.close()
  })

  it('resumes after any message without gap or double, whatever happens meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 }),
        fc.nat(30),
        fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 4 }),
        async (before, cut, after) => {
          const w = await world()
          const first = await w.open()
          first.send({ type: 'subscribe', topics: ['task_update', 'round'] })
          await first.until(() => first.messages.some(({ type }) => type === 'subscribed'))
          for (const count of before) w.block(count)
          const total = before.reduce((sum, n) => sum + n, 0) * 2
          await first.until(() => first.events().length === total)
          const seen = first.events().slice(0, 1 + (cut % total))
          first.socket.terminate()
          const again = await w.open()
          again.send({ type: 'subscribe', topics: ['task_update', 'round'], cursor: seen.at(-1)!.cursor })
          for (const count of after) w.block(count)
          const all = total + after.reduce((sum, n) => sum + n, 0) * 2
          await again.until(() => again.events().length >= all - seen.length)
          const cursors = [...seen, ...again.events()].map(({ cursor }) => cursor)
          expect(new Set(cursors).size).to.equal(cursors.length)
          expect(cursors.length).to.equal(all)
          await w.close()
        },
      ),
      { numRuns: 15, seed: 7 },
    )
  })

  it('refuses a cursor of another network', async () => {
    const w = await world()
    const a = await w.open()
    a.send({ type: 'subscribe', topics: ['round'], cursor: 'Another1.1.0.0' })
    expect(await a.closed()).to.equal(1007)
    expect(a.messages.at(-1)!.data.code).to.equal('LIVE_CURSOR_INVALID')
    await w.close()
  })

  it('closes with 4401 who does not sign in first, in time, or truly', async () => {
    const w = await world({ limits: { authMs: 30 } })
    const silent = await client(w.url, null, null)
    expect(await silent.closed()).to.equal(4401)
    const rude = await client(w.url, null, { type: 'subscribe', topics: ['round'] })
    expect(await rude.closed()).to.equal(4401)
    const forger = await w.open('forged')
    expect(await forger.closed()).to.equal(4401)
    await w.close()
  })

  it('closes when the token ends and when the session is revoked', async () => {
    const w = await world({
      signIn: async (token) => visitor(token!, token === 'short' ? Date.now() + 20 : null),
    })
    const short = await w.open('short')
    const long = await w.open('long')
    const other = await w.open('other')
    await long.until(() => long.messages.length > 0)
    await other.until(() => other.messages.length > 0)
    expect(await short.closed()).to.equal(4401)
    w.hub.revoke(({ user }) => user === 'long')
    expect(await long.closed()).to.equal(4401)
    expect(other.socket.readyState).to.equal(WebSocket.OPEN)
    await w.close()
  })

  it('closes when the session ended and nobody told of it, but not while the database cannot say', async () => {
    const answers = new Map([
      ['ended', async () => false],
      ['unknown', async () => Promise.reject(new Error('away'))],
    ])
    const w = await world({
      limits: { pingMs: 300 },
      stillHolds: async ({ user }) => (answers.get(user) ?? (async () => true))(),
    })
    const [ended, unknown, good] = [await w.open('ended'), await w.open('unknown'), await w.open('good')]
    expect(await ended.closed()).to.equal(4401)
    for (const { socket } of [unknown, good]) expect(socket.readyState).to.equal(WebSocket.OPEN)
    await w.close()
  })

  it('tells what could not be read the first time, without waiting for another block', async () => {
    const rows: EventRow[] = []
    let fails = 1
    const w = await world({
      readEvents: async ({ height: after }) => {
        if (rows.length > 0 && fails-- > 0) throw new Error('the database is away')
        return rows.filter(({ height }) => height > after)
      },
    })
    const page = await w.open()
    page.send({ type: 'subscribe', topics: ['task_update'] })
    await page.until(() => page.messages.some(({ type }) => type === 'subscribed'))
    w.block(1)
    rows.push(...w.rows)
    w.block(0)
    await page.until(() => page.events().length === 1)
    expect(fails).to.be.below(0)
    await w.close()
  })

  it('cuts a client that reads nothing, and serves the others', async () => {
    const w = await world({ limits: { maxBufferedBytes: 64 << 10 } })
    const deaf = connect(w.port, '127.0.0.1')
    deaf.on('error', () => {})
    deaf.write(
      `GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    )
    deaf.write(masked(JSON.stringify({ type: 'auth', token: null })))
    deaf.write(masked(JSON.stringify({ type: 'subscribe', topics: ['task_update'] })))
    deaf.pause()
    const good = await w.open()
    good.send({ type: 'subscribe', topics: ['task_update'] })
    await good.until(() => good.messages.some(({ type }) => type === 'subscribed'))
    const text = 'x'.repeat(100_000)
    let blocks = 0
    for (; w.hub.clients === 2 && blocks < 400; blocks++) {
      w.block(1, { data: { text } })
      await good.until(() => good.events().length === blocks + 1)
    }
    expect(w.hub.clients).to.equal(1)
    expect(good.events().length).to.equal(blocks)
    deaf.destroy()
    await w.close()
  })

  it('closes who sends broken frames, oversized ones, or too many', async () => {
    const w = await world({ limits: { maxMessages: 10 } })
    const binary = await w.open()
    binary.socket.send(Buffer.from([1, 2, 3]))
    expect(await binary.closed()).to.equal(1007)
    const long = await w.open()
    long.send('x'.repeat(9_000))
    expect(await long.closed()).to.equal(1009)
    const chatty = await w.open()
    for (let n = 0; n < 12; n++) chatty.send({ type: 'subscribe', topics: ['round'] })
    expect(await chatty.closed()).to.equal(4429)
    const raw = connect(w.port, '127.0.0.1')
    raw.on('error', () => {})
    raw.write(
      `GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    )
    raw.write(Buffer.from([0xff, 0xff, 0xff]))
    await new Promise((done) => raw.on('close', done).resume())
    await w.close()
  })

  it('answers 403 to a page of another origin before anything is said', async () => {
    const w = await world({
      checkVisitor: ({ headers }) =>
        headers.origin === 'http://evil.example' ? new Forged({ what: 'no', fix: 'no' }) : null,
    })
    const socket = new WebSocket(w.url, { headers: { origin: 'http://evil.example' } })
    const status = await new Promise((done) =>
      socket.once('unexpected-response', (_, response) => done(response.statusCode)),
    )
    expect(status).to.equal(403)
    await w.close()
  })
})

/** A client's frame, masked as RFC 6455 §5.3 demands. */
function masked(text: string): Buffer {
  const body = Buffer.from(text)
  const mask = Buffer.from([1, 2, 3, 4])
  return Buffer.concat([Buffer.from([0x81, 0x80 | body.length]), mask, body.map((byte, i) => byte ^ mask[i % 4]!)])
}
