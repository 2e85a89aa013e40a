/** Server-sent events as OpenAI's clients read them. A reader that does not read is cut, so that it holds no place. */
import type { ServerResponse } from 'node:http'
import { asBlyanError, problemOf } from '../http/problem.ts'
import { errorBodyOf } from './openaiReply.ts'

/**
 * Sends `data: JSON` events, then `data: [DONE]`. The head goes out with the first event: what fails before is thrown, and
 * can still be answered with a status; what fails later becomes an `error` event without `[DONE]`.
 * @param stallMs how long the reader's socket may stay full
 * @param id of the request, told with an error
 */
export async function sendEvents(
  response: ServerResponse,
  events: AsyncGenerator<object, void, void>,
  { stallMs, signal, id }: { stallMs: number; signal: AbortSignal; id: string },
): Promise<void> {
  let step = await events.next()
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-accel-buffering': 'no', // a proxy before us must not gather the stream
  })
  response.flushHeaders()
  try {
    while (!step.done) {
      await send(response, JSON.stringify(step.value), stallMs, signal)
      step = await events.next()
    }
    await send(response, '[DONE]', stallMs, signal)
  } catch (error) {
    if (signal.aborted || response.destroyed) throw error
    await send(response, JSON.stringify(errorBodyOf(problemOf(asBlyanError(error), id))), stallMs, signal)
  } finally {
    await events.return()
  }
  response.end()
}

async function send(response: ServerResponse, text: string, stallMs: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  if (response.write(`data: ${text}\n\n`)) return
  await new Promise<void>((resolve, reject) => {
    const stalled = Number.isFinite(stallMs) ? setTimeout(() => response.destroy(), stallMs) : undefined
    const settle = (): void => {
      clearTimeout(stalled)
      response.off('drain', settle)
      response.off('close', settle)
      if (response.destroyed || signal.aborted) reject(signal.reason ?? new Error('the asker does not read'))
      else resolve()
    }
    response.once('drain', settle)
    response.once('close', settle)
  })
}
