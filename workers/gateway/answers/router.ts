/** OpenAI's addresses: `/v1/models`, `/v1/completions`, `/v1/chat/completions`, as handlers of express 5. */
import express, { type NextFunction, type Request, type RequestHandler, type Response, Router } from 'express'
import { BlyanError } from '../../../chain/lib/errors.ts'
import type { Answers } from './answers.ts'
import type { ServedModel } from './catalogue.ts'
import { AnswersBodyError, AnswersError, AnswersModelError, AnswersRequestError } from './errors.ts'
import { type KeyPlaces, keyPlaces } from './keyPlaces.ts'
import { type AnswerKind, chunksOf, errorOf, evidenceOf, modelOf, replyOf } from './openaiReply.ts'
import { parseChat, parseCompletion, type WantedAnswer } from './openaiRequest.ts'
import { sendEvents } from './sendEvents.ts'
import { textOutput } from './text.ts'

export interface AnswersRouterOptions {
  readonly answers: Answers
  /** Who asks. @throws a BlyanError when nobody may: no key, a wrong one, or one without the scope `infer` */
  readonly authorize: (request: Request) => Promise<{ readonly account: string; readonly keyId: string | null }>
  /** HTTP status of an error of `authorize`; absent, 401 for each. */
  readonly statusOf?: (error: BlyanError) => number
  readonly now: () => number
  readonly random: (length: number) => Uint8Array
  readonly log?: (what: string, data?: Record<string, unknown>) => void
}

export interface AnswersRouter extends Router {
  readonly places: KeyPlaces
}

export function answersRouter(options: AnswersRouterOptions): AnswersRouter {
  const { answers, authorize } = options
  const { limits } = answers
  const keys = keyPlaces(limits)
  const router = Router()

  const enter: RequestHandler = async (request, response, next) => {
    try {
      const { account, keyId } = await authorize(request)
      response.locals.answersKey = keyId === null ? `account ${account}` : `key ${keyId}`
    } catch (error) {
      response.locals.answersStatus = error instanceof BlyanError ? (options.statusOf?.(error) ?? 401) : 500
      throw error
    }
    next()
  }
  const json = express.json({ limit: limits.bodyBytes, strict: true })

  const write =
    (kind: AnswerKind, parse: typeof parseChat): RequestHandler =>
    async (request, response) => {
      // Asked before the wait, so that a request that does not fit waits for nobody.
      const wanted = parse(request.body, limits)
      const gone = new AbortController()
      response.once('close', () => gone.abort(new Error('the asker went away')))
      const leave = await keys.take(response.locals.answersKey, gone.signal)
      try {
        if (wanted.isStream) await stream(response, kind, wanted, options, gone.signal)
        else await whole(response, kind, wanted, options, gone.signal)
      } catch (error) {
        if (!gone.signal.aborted) throw error
        options.log?.('answer cancelled')
      } finally {
        leave()
      }
    }

  router.use('/v1/models', enter)
  router.get('/v1/models', async (_request, response) => {
    response.json({ object: 'list', data: (await answers.models()).map(modelOf) })
  })
  router.get('/v1/models/:id', async (request, response) => {
    const found = (await answers.models()).find(({ id }) => id === request.params.id)
    if (found) return void response.json(modelOf(found))
    throw new AnswersModelError({
      what: 'No server writes with this model.',
      fix: 'Take an id of GET /v1/models.',
      data: { field: 'model' },
    })
  })
  router.post('/v1/completions', enter, json, write('completion', parseCompletion))
  router.post('/v1/chat/completions', enter, json, write('chat', parseChat))
  router.use('/v1', sayError)
  return Object.assign(router, { places: keys })
}

async function whole(
  response: Response,
  kind: AnswerKind,
  { request }: WantedAnswer,
  { answers, now, random }: AnswersRouterOptions,
  signal: AbortSignal,
): Promise<void> {
  const output = textOutput(request.stop)
  const tokens: number[] = []
  let text = ''
  let model: ServedModel | null = null
  for await (const event of answers.complete(request, { signal })) {
    if ('model' in event) model = event.model
    else if ('bytes' in event) {
      tokens.push(...event.bytes)
      text += output.push(event.bytes)
    } else {
      text += output.end(event.record.finish === 'stop')
      const evidence = evidenceOf(event.record, request.prompt, Uint8Array.from(tokens))
      response.setHeader('cache-control', 'no-store')
      response.json(replyOf(kind, headOf(kind, model!, now, random), text, evidence))
    }
  }
}

async function stream(
  response: Response,
  kind: AnswerKind,
  { request, includeUsage }: WantedAnswer,
  { answers, now, random }: AnswersRouterOptions,
  signal: AbortSignal,
): Promise<void> {
  const output = textOutput(request.stop)
  const tokens: number[] = []
  async function* events(): AsyncGenerator<object, void, void> {
    let chunks: ReturnType<typeof chunksOf> | null = null
    for await (const event of answers.complete(request, { signal })) {
      if ('model' in event) {
        chunks = chunksOf(kind, headOf(kind, event.model, now, random), includeUsage)
        continue
      }
      // Not before the first byte: until then a failure still has a status of its own.
      const first = tokens.length === 0 ? chunks!.first() : null
      if (first) yield first
      let text: string
      if ('bytes' in event) {
        tokens.push(...event.bytes)
        text = output.push(event.bytes)
      } else text = output.end(event.record.finish === 'stop')
      if (text !== '') yield chunks!.text(text)
      if ('record' in event) {
        const evidence = evidenceOf(event.record, request.prompt, Uint8Array.from(tokens))
        yield chunks!.last(evidence)
        const usage = chunks!.usage(evidence)
        if (usage) yield usage
      }
    }
  }
  await sendEvents(response, events(), {
    stallMs: answers.limits.stallMs,
    signal,
    onError: (error) => errorOf(error, 502),
  })
}

function headOf(
  kind: AnswerKind,
  model: ServedModel,
  now: () => number,
  random: (length: number) => Uint8Array,
): { id: string; created: number; model: ServedModel } {
  const id = `${kind === 'chat' ? 'chatcmpl' : 'cmpl'}-${Buffer.from(random(12)).toString('hex')}`
  return { id, created: Math.floor(now() / 1000), model }
}

/** OpenAI's shape for every error below `/v1`; express knows an error handler by its four parameters. */
function sayError(error: unknown, _request: Request, response: Response, _next: NextFunction): void {
  if (response.headersSent || response.destroyed) return void response.destroy()
  const said = fromBodyParser(error)
  const status = response.locals.answersStatus ?? (said instanceof AnswersError ? said.status : statusByFault(said))
  if (said instanceof BlyanError && said.retryable) response.setHeader('retry-after', '2')
  response.setHeader('cache-control', 'no-store')
  response.status(status).json(errorOf(said, status))
}

function fromBodyParser(error: unknown): unknown {
  const { type } = error as { type?: string }
  if (type === 'entity.too.large') {
    return new AnswersBodyError({
      what: 'The body is too long.',
      fix: 'Send a shorter prompt.',
      data: { field: 'prompt' },
    })
  }
  if (error instanceof BlyanError || type === undefined) return error
  return new AnswersRequestError({ what: 'The body is no JSON.', fix: 'Send one JSON object as application/json.' })
}

const statusByFault = (error: unknown): number => (error instanceof BlyanError && error.fault === 'user' ? 400 : 500)
