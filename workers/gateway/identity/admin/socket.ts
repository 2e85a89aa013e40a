/**
 * The operator's way into a running gateway: a socket file in its folder that only its own user may open. Nothing of it is
 * on HTTP or on any port, so no page and no neighbour reaches it. One line of JSON in, one line out.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join, relative } from 'node:path'
import { z } from 'zod'
import { BlyanError } from '../../../../chain/lib/errors.ts'
import type { Log } from '../../types.ts'
import { AdminError } from '../errors.ts'
import type { AdminHandlers } from './handlers.ts'

/** `sun_path` of Linux has 108 bytes, of macOS 104, with a zero at the end. */
const LONGEST_PATH = 103
const LONGEST_LINE = 4 * 1024 * 1024
const ANSWER_MS = 30_000

const request = z.object({ name: z.string().max(40), input: z.unknown().optional() })
const reply = z.union([
  z.object({ ok: z.unknown() }),
  z.object({ error: z.object({ code: z.string(), what: z.string(), fix: z.string() }) }),
])

/** Listens when it returns. @returns how to stop; null where the folder's path is too long for a socket */
export async function serveAdmin(
  dir: string,
  handlers: AdminHandlers,
  log: Log,
): Promise<{ close(): Promise<void> } | null> {
  const path = socketPath(dir)
  if (path === null) {
    log.warn('no admin socket: the path of the folder is too long for one; admin works while the gateway is stopped')
    return null
  }
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  rmSync(path, { force: true }) // of a killed gateway: the database's lock says that none is running
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => {}) // the asker went away
    readLine(socket)
      .then((line) => answer(line, handlers, log))
      .then((text) => socket.end(`${text}\n`))
      .catch(() => socket.destroy())
  })
  // The file is made within listen: for that moment nobody else's bits are set at all.
  const mask = process.umask(0o177)
  try {
    server.listen(path)
  } finally {
    process.umask(mask)
  }
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject))
  return {
    async close() {
      for (const socket of open) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** What the running gateway of that folder answers; null where none runs. @throws AdminError with what it said */
export async function askAdmin(dir: string, name: string, input?: unknown): Promise<{ value: unknown } | null> {
  const path = socketPath(dir)
  if (path === null) return null
  const socket = connect(path)
  try {
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  } catch (error) {
    if (['ENOENT', 'ECONNREFUSED', 'ENOTSOCK'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
    throw new AdminError({
      what: `The gateway’s admin socket cannot be opened: ${(error as Error).message}.`,
      fix: 'Run this as the user who runs the gateway.',
      data: { path },
      cause: error,
    })
  }
  socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error('it does not answer')))
  try {
    const line = readLine(socket)
    socket.write(`${JSON.stringify({ name, input })}\n`)
    const said = reply.parse(JSON.parse(await line))
    if ('error' in said) throw new AdminError({ ...said.error, data: { code: said.error.code } })
    return { value: said.ok }
  } finally {
    socket.destroy()
  }
}

async function answer(line: string, handlers: AdminHandlers, log: Log): Promise<string> {
  try {
    const { name, input } = request.parse(JSON.parse(line))
    if (!Object.hasOwn(handlers, name)) {
      const fix = `It knows: ${Object.keys(handlers).join(', ')}.`
      throw new AdminError({ what: `This gateway does not know ${JSON.stringify(name)}.`, fix })
    }
    log.info('operator asked', { name })
    return JSON.stringify({ ok: (await handlers[name]!(input)) ?? null })
  } catch (error) {
    if (error instanceof BlyanError) {
      return JSON.stringify({ error: { code: error.code, what: error.what, fix: error.fix } })
    }
    const what = error instanceof z.ZodError ? `That is not what it takes: ${error.issues[0]?.message}.` : String(error)
    return JSON.stringify({ error: { code: AdminError.code, what, fix: 'Look at the gateway’s log.' } })
  }
}

function readLine(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      text += chunk
      const end = text.indexOf('\n')
      if (end >= 0) resolve(text.slice(0, end))
      else if (text.length > LONGEST_LINE) socket.destroy(new Error('a line that does not end'))
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('it hung up')))
  })
}

/** Relative where that is shorter. */
function socketPath(dir: string): string | null {
  const path = join(dir, 'admin.sock')
  const near = relative(process.cwd(), path)
  const shorter = near.length < path.length ? near : path
  return Buffer.byteLength(shorter) <= LONGEST_PATH ? shorter : null
}
