/** The live stream: authenticates first, resumes by cursor, comes back by itself. */
import { expect } from 'chai'
import type { ServerMessage } from '../../../../chain/client/gateway/index.ts'
import { createReach } from '../../../../frontend/src/live/reach.ts'
import { concerns, createLive, type SocketLike } from '../../../../frontend/src/live/socket.ts'

const message = (type: string, data: Record<string, unknown> = {}, cursor: string | null = null) => ({
  data: JSON.stringify({ type, at: 1, cursor, data }),
})

function world() {
  const sockets: (SocketLike & { sent: Record<string, unknown>[] })[] = []
  const timers: { job: () => void; ms: number }[] = []
  const states: boolean[] = []
  const asked: boolean[] = []
  const live = createLive({
    open: () => {
      const sent: Record<string, unknown>[] = []
      const socket = {
        sent,
        send: (text: string) => void sent.push(JSON.parse(text)),
        close() {},
        onopen: null,
        onmessage: null,
        onclose: null,
      }
      sockets.push(socket)
      return socket
    },
    token: async (fresh) => {
      asked.push(fresh)
      return 'T'
    },
    onState: (state) => void states.push(state),
    setTimer: (job, ms) => timers.push({ job, ms }),
    clearTimer: () => undefined,
  })
  const opened = async (at: number) => {
    sockets[at]!.onopen!()
    await Promise.resolve()
    await Promise.resolve()
    sockets[at]!.onmessage!(message('ready'))
  }
  return { live, sockets, timers, states, asked, opened }
}

describe('the live stream of the page', () => {
  it('says who it is before it asks for anything, and never in the address', async () => {
    const { live, sockets, opened } = world()
    live.subscribe(['round:12'], () => undefined)
    await opened(0)
    expect(sockets[0]!.sent).to.deep.equal([
      { type: 'auth', token: 'T' },
      { type: 'subscribe', topics: ['round:12'] },
    ])
  })

  it('resumes after its last cursor, waits longer each time, and asks for a fresh token when it was turned away', async () => {
    const { live, sockets, timers, states, asked, opened } = world()
    const heard: ServerMessage[] = []
    live.subscribe(['round:12'], (each) => heard.push(each))
    await opened(0)
    sockets[0]!.onmessage!(message('round', { task: '12' }, 'c7'))
    sockets[0]!.onmessage!({ data: 'no json' })
    sockets[0]!.onclose!({ code: 4401 })
    timers[0]!.job()
    await opened(1)
    expect(sockets[1]!.sent[1]).to.deep.equal({ type: 'subscribe', topics: ['round:12'], cursor: 'c7' })
    expect(asked).to.deep.equal([false, true])
    expect(states).to.deep.equal([true, false, true])
    sockets[1]!.onclose!({ code: 1006 })
    timers[1]!.job()
    sockets[2]!.onclose!({ code: 1006 })
    expect(timers.map(({ ms }) => ms)).to.deep.equal([500, 500, 1000])
    expect(heard).to.have.length(1)
  })

  it('forgets a cursor that the server refuses', async () => {
    const { live, sockets, timers, opened } = world()
    live.subscribe(['round'], () => undefined)
    await opened(0)
    sockets[0]!.onmessage!(message('round', {}, 'old'))
    sockets[0]!.onmessage!(message('error', { code: 'LIVE_CURSOR' }))
    sockets[0]!.onclose!({ code: 4429 })
    timers[0]!.job()
    await opened(1)
    expect(sockets[1]!.sent[1]).to.deep.equal({ type: 'subscribe', topics: ['round'] })
  })

  it('tells each listener only what concerns it', () => {
    const of = (type: 'round' | 'node_status', data: Record<string, unknown>): ServerMessage => ({
      type,
      at: 1,
      cursor: null,
      data,
    })
    expect(concerns(new Set(['round:12']), of('round', { task: '12' }))).to.equal(true)
    expect(concerns(new Set(['round:12']), of('round', { task: '13' }))).to.equal(false)
    expect(concerns(new Set(['node_status:bob']), of('node_status', { accounts: ['al', 'bob'] }))).to.equal(true)
    expect(concerns(new Set(['round']), of('round', {}))).to.equal(true)
  })
})

describe('whether the gateway is heard', () => {
  it('is away when either way is, and keeps the time of the last word', () => {
    let now = 1_000
    const reach = createReach(() => now)
    reach.gateway(true)
    now = 2_000
    reach.socket(false)
    now = 3_000
    expect(reach.state()).to.deep.equal({ state: 'away', heardAt: 1_000 })
    reach.socket(true)
    expect(reach.state()).to.deep.equal({ state: 'ok', heardAt: 3_000 })
  })
})
