/** One request to one server of a stranger: no redirect is followed, no byte beyond the limit read, no silence waited out. */
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { z } from 'zod'
import { BlyanError } from '../../../chain/lib/errors.ts'
import { parseServerUrl, publicLookup } from './address.ts'
import { AnswersNoServerError, AnswersRequestError, AnswersServerError } from './errors.ts'

export interface AskOptions {
  readonly allowPrivate: boolean
  /** Longest reply, bytes. */
  readonly replyBytes: number
  /** Longest silence, ms. */
  readonly silenceMs: number
  readonly signal: AbortSignal
  /** Sent as `x-request-id`. */
  readonly id?: string
}

const errorSchema = z.object({
  error: z.object({
    code: z.string().max(64),
    data: z
      .object({ field: z.string().max(64) })
      .partial()
      .optional(),
  }),
})

/**
 * @param body sent as JSON; absent, the request is a GET
 * @returns the reply's bytes as they come
 * @throws AnswersAddressError, AnswersServerError, AnswersNoServerError when it is busy or has no such model,
 *   AnswersRequestError when it refuses the request itself, the signal's reason
 */
export async function* askServer(
  base: string,
  path: string,
  { allowPrivate, replyBytes, silenceMs, signal, id }: AskOptions,
  body?: unknown,
): AsyncGenerator<Buffer, void, void> {
  const url = new URL(path, parseServerUrl(base, allowPrivate))
  const response = await send(url, { allowPrivate, silenceMs, signal, id }, body)
  try {
    let length = 0
    const isFine = response.statusCode === 200
    const refusal: Buffer[] = []
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > replyBytes) throw failed(`sent more than ${replyBytes} bytes`)
      if (isFine) yield chunk
      else refusal.push(chunk)
    }
    if (!isFine) throw refused(response.statusCode ?? 0, Buffer.concat(refusal).toString())
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof BlyanError ? error : failed('broke off', error)
  } finally {
    response.destroy()
  }
}

function send(
  url: URL,
  { allowPrivate, silenceMs, signal, id }: Omit<AskOptions, 'replyBytes'>,
  body: unknown,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
      method: text === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'application/json',
        ...(id !== undefined && { 'x-request-id': id }),
        ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      },
      ...(allowPrivate ? {} : { lookup: publicLookup() }),
      agent: false, // a connection each: what a server does to one answer stays with that answer
      signal,
      timeout: silenceMs,
    })
    request.once('response', resolve)
    request.once('timeout', () => request.destroy(failed(`was silent for ${silenceMs} ms`)))
    request.on('error', (error) => {
      if (signal.aborted) reject(signal.reason)
      else reject(error instanceof BlyanError ? error : failed('cannot be reached', error))
    })
    request.end(text)
  })
}

export const failed = (what: string, cause?: unknown): AnswersServerError =>
  new AnswersServerError({
    what: `A server ${what}.`,
    fix: 'Try again: another server will be asked.',
    cause,
  })

/** What a server said instead of an answer. Its own words are not passed on: they are a stranger's. */
function refused(status: number, text: string): BlyanError {
  const parsed = errorSchema.safeParse(parseJson(text))
  const { code, data } = parsed.success ? parsed.data.error : { code: `HTTP ${status}`, data: undefined }
  if (status === 400) {
    return new AnswersRequestError({
      what: `A server refused the request (${code}${data?.field ? `, ${data.field}` : ''}).`,
      fix: 'Ask for fewer tokens or send a shorter prompt.',
      data: data?.field === undefined ? {} : { field: data.field },
    })
  }
  if (status === 503 || status === 404) {
    return new AnswersNoServerError({
      what: status === 404 ? 'A server dropped this model meanwhile.' : 'Every server that was asked is busy.',
      fix: 'Try again in a few seconds.',
    })
  }
  return failed(`answered ${code}`)
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
