/**
 * A process that holds many WebSocket clients of a gateway and says when each heard of each event: `node sockets.ts URL N`.
 * Prints JSON Lines: `connected` with the ms that each connection took, then `heard` for each event once all have it.
 */
import { WebSocket } from 'ws'

const [url, count] = [process.argv[2]!, Number(process.argv[3])]
/** Connections opened at a time, as browsers arrive. */
const AT_ONCE = 50
const connectMs: number[] = []
const heard = new Map<string, { at: number; delays: number[] }>()

/** As many visitors' addresses: one may hold only so many connections. */
const ADDRESSES = 100

async function open(index: number): Promise<void> {
  const begun = performance.now()
  const localAddress = `127.0.0.${2 + (index % ADDRESSES)}`
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, { localAddress })
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
  socket.send('{"type":"auth","token":null}')
  socket.send('{"type":"subscribe","topics":["node_status"]}')
  await new Promise<void>((resolve, reject) => {
    socket.on('close', (code) => reject(new Error(`closed with ${code}`)))
    socket.on('message', (data) => {
      const now = Date.now()
      const message = JSON.parse(String(data)) as { type: string; at: number; cursor: string }
      if (message.type === 'subscribed') resolve()
      if (message.type !== 'node_status') return
      const event = heard.get(message.cursor) ?? { at: message.at, delays: [] }
      heard.set(message.cursor, event)
      event.delays.push(now - event.at)
      if (event.delays.length < count) return
      heard.delete(message.cursor)
      process.stdout.write(`${JSON.stringify({ type: 'heard', cursor: message.cursor, delays: event.delays })}\n`)
    })
  })
  connectMs.push(performance.now() - begun)
}

for (let opened = 0; opened < count; opened += AT_ONCE) {
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - opened) }, (_, i) => open(opened + i)))
}
process.stdout.write(`${JSON.stringify({ type: 'connected', ms: connectMs })}\n`)
