/** OpenAI's addresses as routes of the gateway: `/v1/models`, `/v1/completions`, `/v1/chat/completions`, scope `infer`. */
import type { RawExchange, RawRoute } from '../http/rawRoute.ts'
import type { Visitor } from '../http/route.ts'
import type { Answers } from './answers.ts'
import type { ServedModel } from './catalogue.ts'
import { AnswersModelError } from './errors.ts'
import { type KeyPlaces, keyPlaces } from './keyPlaces.ts'
import { operations } from './openaiOperations.ts'
import { type AnswerKind, chunksOf, errorBodyOf, evidenceOf, modelOf, replyOf } from './openaiReply.ts'
import { parseChat, parseCompletion, type WantedAnswer } from './openaiRequest.ts'
import { sendEvents } from './sendEvents.ts'
import { textOutput } from './text.ts'

export interface AnswerRoutesOptions {
  readonly answers: Answers
  readonly now: () => number
  readonly random: (length: number) => Uint8Array
  /** One line an answer: whose key, how many tokens, how long; no text. */
  readonly log: (what: string, data: Record<string, unknown>) => void
}

export interface AnswerRoutes {
  readonly routes: readonly RawRoute[]
  readonly places: KeyPlaces
}

/** A request is cheap to ask for and dear to answer. */
const ANSWER_COST = 5

export function answerRoutes(options: AnswerRoutesOptions): AnswerRoutes {
  const { answers, now, log } = options
  const { limits } = answers
  const places = keyPlaces(limits)
  const access = { scope: 'infer' } as const
  const common = { access, errorBody: errorBodyOf }

  const write =
    (kind: AnswerKind, parse: typeof parseChat): RawRoute['handle'] =>
    async (exchange) => {
      const { body, visitor, signal, id, response } = exchange
      // Before the wait, so that a request that does not fit waits for nobody.
      const wanted = parse(body, limits)
      const key = keyOf(visitor!)
      const since = now()
      let tokens = 0
      try {
        const leave = await places.take(key, signal)
        try {
          tokens = await (wanted.isStream ? stream : whole)(exchange, kind, wanted, options)
        } finally {
          leave()
        }
      } catch (error) {
        if (!signal.aborted) throw error
        log('answer cancelled', { id, key, ms: now() - since })
        return void response.destroy()
      }
      log('answered', { id, key, kind, tokens, ms: now() - since })
    }

  return {
    places,
    routes: [
      {
        ...common,
        method: 'get',
        path: '/v1/models',
        operation: operations.models,
        handle: async ({ response }) =>
          sendJson(response, { object: 'list', data: (await answers.models()).map(modelOf) }),
      },
      {
        ...common,
        method: 'get',
        path: '/v1/models/{id}',
        operation: operations.model,
        handle: async ({ request, response }) => {
          const found = (await answers.models()).find(({ id }) => id === request.params.id)
          if (found) return sendJson(response, modelOf(found))
          throw new AnswersModelError({
            what: 'No server writes with this model.',
            fix: 'Take an id of GET /v1/models.',
            data: { field: 'model' },
          })
        },
      },
      {
        ...common,
        method: 'post',
        path: '/v1/completions',
        cost: ANSWER_COST,
        bodyLimit: limits.bodyBytes,
        operation: operations.completions,
        handle: write('completion', parseCompletion),
      },
      {
        ...common,
        method: 'post',
        path: '/v1/chat/completions',
        cost: ANSWER_COST,
        bodyLimit: limits.bodyBytes,
        operation: operations.chat,
        handle: write('chat', parseChat),
      },
    ],
  }
}

const keyOf = ({ user, via }: Visitor): string => (via.kind === 'key' ? `key ${via.key}` : `user ${user}`)

function sendJson(response: RawExchange['response'], body: object): void {
  response.setHeader('cache-control', 'no-store')
  response.setHeader('content-type', 'application/json; charset=utf-8')
  response.end(JSON.stringify(body))
}

/** @returns tokens written */
async function whole(
  { response, signal, id }: RawExchange,
  kind: AnswerKind,
  { request }: WantedAnswer,
  { answers, now, random }: AnswerRoutesOptions,
): Promise<number> {
  const output = textOutput(request.stop)
  const tokens: number[] = []
  let text = ''
  let model: ServedModel | null = null
  for await (const event of answers.complete(request, { signal, id })) {
    if ('model' in event) model = event.model
    else if ('bytes' in event) {
      tokens.push(...event.bytes)
      text += output.push(event.bytes)
    } else {
      text += output.end(event.record.finish === 'stop')
      const evidence = evidenceOf(event.record, request.prompt, Uint8Array.from(tokens))
      sendJson(response, replyOf(kind, headOf(kind, model!, now, random), text, evidence))
    }
  }
  return tokens.length
}

/** @returns tokens written */
async function stream(
  { response, signal, id }: RawExchange,
  kind: AnswerKind,
  { request, includeUsage }: WantedAnswer,
  { answers, now, random }: AnswerRoutesOptions,
): Promise<number> {
  const output = textOutput(request.stop)
  const tokens: number[] = []
  async function* events(): AsyncGenerator<object, void, void> {
    let chunks: ReturnType<typeof chunksOf> | null = null
    for await (const event of answers.complete(request, { signal, id })) {
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
  await sendEvents(response, events(), { stallMs: answers.limits.stallMs, signal, id })
  return tokens.length
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
