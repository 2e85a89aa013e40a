/**
 * Answers for people, from servers of strangers. All servers with one model write the same bytes for one seed, so when one
 * breaks off in the middle another takes over where it stopped, and two that differ convict one of them.
 */
import { z } from 'zod'
import { base64ToBytes } from '../../../chain/lib/bytes.ts'
import { BlyanError } from '../../../chain/lib/errors.ts'
import { type AnswerRecord, answerRecordSchema } from '../../engine/index.ts'
import { type AskOptions, askServer, failed, parseJson } from './askServer.ts'
import { type CatalogueOptions, openCatalogue, type ServedModel } from './catalogue.ts'
import { AnswersModelError, AnswersNoServerError, AnswersRecordError, AnswersServerError } from './errors.ts'
import { GATEWAY_ANSWER_LIMITS, type GatewayAnswerLimits } from './limits.ts'
import { type AskedFor, recordMisfits } from './record.ts'

export interface AnswersOptions extends Omit<CatalogueOptions, 'limits' | 'allowPrivate' | 'log'> {
  /** Only on the embedded network, where servers listen on loopback. Default false. */
  readonly allowPrivate?: boolean
  readonly limits?: Partial<GatewayAnswerLimits>
  readonly log?: CatalogueOptions['log']
  /** SHA-256 of the canonical runtime's WASM: servers that use another one are not believed. Absent, any is. */
  readonly runtime?: string
  /** What a record is checked by; a test may take it away. */
  readonly misfits?: typeof recordMisfits
  /** Recomputes a share of the answers: the only thing that tells a server with other parameters from an honest one. */
  readonly audit?: {
    /** 0 to 1. */
    readonly share: number
    /** @returns whether the record is true; null when that cannot be said here */
    readonly replay: (record: AnswerRecord, prompt: string) => Promise<boolean | null>
  }
}

export interface CompletionRequest {
  /** A model's id; `latest` or nothing for the newest. */
  readonly model?: string
  readonly prompt: string
  readonly maxTokens: number
  /** 0 to 2. */
  readonly temperature: number
  /** Hex of at most 32 bytes; fresh randomness where absent. */
  readonly seed?: string
  readonly stop?: readonly string[]
}

export type CompletionEvent =
  | { readonly model: ServedModel }
  | { readonly bytes: Uint8Array }
  /** The last one. */
  | { readonly record: AnswerRecord }

export interface Answers {
  /** Newest first. */
  models(): Promise<readonly ServedModel[]>
  /** @throws AnswersModelError, AnswersNoServerError, AnswersServerError, AnswersRecordError, the signal's reason */
  complete(
    request: CompletionRequest,
    /** `id` of the request, which the server's log gets too. */
    options: { signal: AbortSignal; id?: string },
  ): AsyncGenerator<CompletionEvent, void, void>
  readonly limits: GatewayAnswerLimits
}

const lineSchema = z.union([
  z.object({ token: z.string().max(400) }),
  z.object({ record: answerRecordSchema }),
  z.object({ model: z.string().max(128) }),
  z.object({ error: z.object({ code: z.string().max(64) }) }),
])

export function createAnswers(options: AnswersOptions): Answers {
  const { random, now, allowPrivate = false, misfits = recordMisfits, log = () => {} } = options
  const limits = { ...GATEWAY_ANSWER_LIMITS, ...options.limits }
  const catalogue = openCatalogue({ ...options, allowPrivate, limits, log })

  const audit = (account: string, record: AnswerRecord, prompt: string): void => {
    if (!options.audit || random(1)[0] >= options.audit.share * 256) return
    options.audit.replay(record, prompt).then(
      (isTrue) => {
        if (isTrue === false) catalogue.rest(account, true)
        log('answer replayed', { account, isTrue })
      },
      (error: unknown) => log('answer could not be replayed', { account, what: String(error) }),
    )
  }

  return {
    limits,
    models: catalogue.models,
    async *complete(request, { signal: gone, id }) {
      const model = choose(await catalogue.models(), request.model)
      yield { model }
      const asked: AskedFor = {
        model: model.id,
        modelSha256: model.sha256,
        prompt: request.prompt,
        seed: request.seed ?? Buffer.from(random(16)).toString('hex'),
        temperature: request.temperature,
        maxTokens: request.maxTokens,
        stop: request.stop ?? [],
        runtime: options.runtime ?? null,
      }
      const signal = AbortSignal.any([gone, options.signal, AbortSignal.timeout(limits.answerMs)])
      const ask = { ...limits, allowPrivate, signal, id }
      const said: number[] = []
      const tried = new Set<string>()
      let why: unknown = null
      while (tried.size < limits.tries) {
        const picked = await catalogue.pick(model.id, tried)
        if (!picked) break
        const { server, leave } = picked
        const { account } = server
        tried.add(account)
        try {
          const received: number[] = []
          for await (const line of linesOf(server.url, ask, asked)) {
            if ('token' in line) {
              const fresh = takeToken(line.token, received, said, asked.maxTokens)
              if (fresh.length > 0) yield { bytes: fresh }
            } else if ('record' in line) {
              const wrong = misfits(line.record, asked, Uint8Array.from(received), server)
              if (wrong.length > 0 || received.length < said.length) throw falseRecord(account, wrong)
              audit(account, line.record, asked.prompt)
              yield { record: line.record }
              return
            } else if ('error' in line) throw failed(`broke off (${line.error.code})`)
          }
          throw failed('broke off')
        } catch (error) {
          gone.throwIfAborted()
          if (error instanceof BlyanError && error.fault === 'user') throw error
          log('server failed', { account, code: (error as { code?: string }).code ?? 'INTERNAL', at: now() })
          catalogue.rest(account, error instanceof AnswersRecordError)
          why = error
          if (signal.aborted) break
        } finally {
          leave()
        }
      }
      if (signal.aborted) throw tooLate(limits.answerMs)
      throw why ?? nobody()
    },
  }
}

async function* linesOf(url: string, ask: AskOptions, asked: AskedFor): AsyncGenerator<z.infer<typeof lineSchema>> {
  const { modelSha256: _, runtime: __, ...body } = asked
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of askServer(url, '/v1/generate', ask, body)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop()!
    for (const line of lines) {
      const parsed = lineSchema.safeParse(parseJson(line))
      if (!parsed.success) throw failed('said something that is no answer')
      yield parsed.data
    }
  }
}

/**
 * Adds a token's bytes to what this server wrote and, where they are new, to what was said to the asker.
 * @returns the new ones @throws AnswersServerError when they contradict what was said; then nothing of them is taken
 */
function takeToken(text: string, received: number[], said: number[], maxTokens: number): Uint8Array {
  let bytes: Uint8Array
  try {
    bytes = base64ToBytes(text)
  } catch {
    throw failed('said something that is no answer')
  }
  const from = received.length
  if (from + bytes.length > maxTokens) throw failed('wrote more than it was asked for')
  if (bytes.some((byte, i) => from + i < said.length && said[from + i] !== byte)) throw contradiction()
  const fresh = bytes.slice(Math.max(0, said.length - from))
  received.push(...bytes)
  said.push(...fresh)
  return fresh
}

/** @throws AnswersModelError, AnswersNoServerError */
function choose(models: readonly ServedModel[], wanted: string | undefined): ServedModel {
  if (models.length === 0) throw nobody()
  const found = wanted === undefined || wanted === 'latest' ? models[0] : models.find(({ id }) => id === wanted)
  if (found) return found
  throw new AnswersModelError({
    what: `No server writes with ${wanted}.`,
    fix: 'Take an id of GET /v1/models, or latest for the newest.',
    data: { field: 'model' },
  })
}

const nobody = (): AnswersNoServerError =>
  new AnswersNoServerError({
    what: 'No server can answer now.',
    fix: 'Try again later: a server must be registered and a task must have settled a round.',
  })

const tooLate = (ms: number): AnswersServerError =>
  new AnswersServerError({ what: `The answer took more than ${ms} ms.`, fix: 'Ask for fewer tokens.' })

const falseRecord = (account: string, wrong: readonly string[]): AnswersRecordError =>
  new AnswersRecordError({
    what: `The record of ${account} is not of this answer: ${wrong.join(', ') || 'it is too short'}.`,
    fix: 'Do not use the answer; ask again and another server writes it.',
    data: { account, wrong },
  })

const contradiction = (): AnswersServerError =>
  new AnswersServerError({
    what: 'Two servers wrote different bytes for the same model and seed: one of them uses other parameters.',
    fix: 'Do not use the answer; replay it with the model of the chain.',
  })
