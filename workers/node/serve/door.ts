/**
 * A server's HTTP door: `GET /v1/model` says what it writes with, `POST /v1/generate` writes, as lines of JSON. Nothing of
 * it is for pages: no CORS header is sent, the body must be JSON, and the Host must be this server's own.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { BlyanError } from '../../../chain/lib/errors.ts'
import type { Predict } from '../../engine/index.ts'
import type { NodeKey } from '../keyFile.ts'
import { type AnswerLine, answerLines, type Checkpoint } from './answer.ts'
import { ServeBusyError, ServeError, ServeHostError, ServeNoModelError, ServeUnknownError } from './errors.ts'
import { isOwnHost } from './host.ts'
import { ANSWER_LIMITS, type AnswerLimits } from './limits.ts'
import { type Places, places } from './places.ts'
import { readRequest } from './request.ts'

export interface AnswerDoorOptions {
  /** Newest first. */
  readonly checkpoints: () => readonly Checkpoint[]
  /** Not listed any more, but still answered from when asked for by name. */
  readonly retired?: () => readonly Checkpoint[]
  readonly predict: (checkpoint: Checkpoint, ...next: Parameters<Predict>) => ReturnType<Predict>
  readonly key: NodeKey
  readonly runtime: string | null
  readonly now: () => number
  /** Names beside the loopback's under which this server is reached. */
  readonly hosts?: readonly string[]
  readonly limits?: Partial<AnswerLimits>
  readonly log?: (what: string, data?: Record<string, unknown>) => void
}

export interface AnswerDoor {
  (request: IncomingMessage, response: ServerResponse): Promise<void>
  readonly places: Places
}

export function answerDoor(options: AnswerDoorOptions): AnswerDoor {
  const limits: AnswerLimits = { ...ANSWER_LIMITS, ...options.limits }
  const line = places(limits)
  const door = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      if (!isOwnHost(request.headers.host, options.hosts)) {
        throw new ServeHostError({
          what: 'This server does not answer under that name.',
          fix: 'Use the address that it registered; its operator adds names with --serve-host.',
        })
      }
      const { pathname } = new URL(request.url ?? '/', 'http://node')
      if (pathname === '/v1/model' && request.method === 'GET') return sendModels(response, options, limits)
      if (pathname === '/v1/generate' && request.method === 'POST') {
        return await sendAnswer(request, response, options, limits, line)
      }
      throw new ServeUnknownError({
        what: 'There is no such address here.',
        fix: 'Use GET /v1/model or POST /v1/generate.',
      })
    } catch (error) {
      sendError(response, error)
    }
  }
  return Object.assign(door, { places: line })
}

function sendModels(response: ServerResponse, { checkpoints, key }: AnswerDoorOptions, limits: AnswerLimits): void {
  const models = checkpoints().map(({ cid, file, sha256, task, round, size, config, since }) => ({
    id: cid,
    file,
    sha256,
    task,
    round,
    parameters: size,
    context: config.context,
    since,
  }))
  const { maxTokens, promptBytes } = limits
  const body = {
    schema: 'blyan.models/1',
    account: key.accountId,
    publicKey: key.publicKey,
    models,
    limits: { maxTokens, promptBytes },
  }
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(`${JSON.stringify(body)}\n`)
}

async function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  options: AnswerDoorOptions,
  limits: AnswerLimits,
  line: Places,
): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort(new Error('the asker went away')))
  const wanted = await readRequest(request, limits)
  const leave = await takePlace(line, gone.signal, limits.waitMs)
  const since = options.now()
  const id = requestId(request)
  try {
    // Chosen now, not when the wait began: the newest then may have been dropped meanwhile.
    const checkpoint = choose(options, wanted.model)
    const context = {
      ...options,
      checkpoint,
      predict: (...next: Parameters<Predict>) => options.predict(checkpoint, ...next),
      answerMs: limits.answerMs,
      signal: gone.signal,
    }
    response.writeHead(200, {
      'content-type': 'application/x-ndjson',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    response.flushHeaders()
    // Not held back for a reader that is slow: an answer is some 40 kB at most, and its place must be free again.
    for await (const each of answerLines(wanted, context)) {
      writeLine(response, each)
      if (!('record' in each)) continue
      const { tokens, finish } = each.record
      options.log?.('answered', { id, model: checkpoint.cid, tokens, finish, ms: options.now() - since })
    }
    response.end()
  } catch (error) {
    if (gone.signal.aborted) {
      options.log?.('answer cancelled', { id, ms: options.now() - since })
      return
    }
    throw error
  } finally {
    leave()
  }
}

/** The asker's own id of this request, for the log; null where it is none. */
function requestId({ headers }: IncomingMessage): string | null {
  const id = headers['x-request-id']
  return typeof id === 'string' && /^[\w.-]{1,64}$/.test(id) ? id : null
}

async function takePlace(line: Places, gone: AbortSignal, waitMs: number): Promise<() => void> {
  const late = AbortSignal.timeout(waitMs)
  try {
    return await line.take(AbortSignal.any([gone, late]))
  } catch (error) {
    if (!late.aborted) throw error
    throw new ServeBusyError({
      what: `No place became free within ${waitMs} ms.`,
      fix: 'Try again later, or ask another server.',
    })
  }
}

/** @throws ServeNoModelError, ServeUnknownError */
function choose({ checkpoints, retired }: AnswerDoorOptions, model: string | undefined): Checkpoint {
  const listed = checkpoints()
  if (listed.length === 0) {
    throw new ServeNoModelError({
      what: 'This server has no model yet: no round of a task has settled.',
      fix: 'Try again when a task has settled a round.',
    })
  }
  const found = model === undefined ? listed[0] : [...listed, ...(retired?.() ?? [])].find(({ cid }) => cid === model)
  if (found) return found
  throw new ServeUnknownError({
    what: `This server does not write with ${model}.`,
    fix: 'Ask GET /v1/model which it has.',
    data: { field: 'model' },
  })
}

const writeLine = (response: ServerResponse, line: AnswerLine): boolean => response.write(`${JSON.stringify(line)}\n`)

function sendError(response: ServerResponse, error: unknown): void {
  if (response.destroyed) return
  const known = error instanceof BlyanError
  const body = {
    code: known ? error.code : 'INTERNAL',
    what: known ? error.what : 'The answer could not be written.',
    fix: known ? error.fix : 'Try again, or ask another server.',
    ...(known && { data: error.data }),
  }
  if (response.headersSent) {
    writeLine(response, { error: { code: body.code, what: body.what, fix: body.fix } })
    response.end()
    return
  }
  const status = error instanceof ServeError ? error.status : 500
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    // What is left of a body that nobody will read must not be taken for the next request.
    connection: 'close',
    ...(known && error.retryable && { 'retry-after': '2' }),
  })
  response.end(`${JSON.stringify({ error: body })}\n`)
}
