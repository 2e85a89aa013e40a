/**
 * Requests in OpenAI's format. What would change the answer and is not done here is refused by name; what changes nothing
 * (user, metadata, store) is let pass. Source: platform.openai.com/docs/api-reference, completions and chat.
 */
import { z } from 'zod'
import { utf8ToBytes } from '../../../chain/lib/bytes.ts'
import type { CompletionRequest } from './answers.ts'
import { AnswersRequestError } from './errors.ts'
import type { GatewayAnswerLimits } from './limits.ts'
import { CHAT_STOP, chatPrompt } from './template.ts'

/** OpenAI's own default for completions. */
const COMPLETION_TOKENS = 16
/** A few lines; OpenAI's default for chat is whatever the context holds. */
const CHAT_TOKENS = 256
const STOPS = 4

export interface WantedAnswer {
  readonly request: CompletionRequest & { readonly stop: readonly string[] }
  readonly isStream: boolean
  readonly includeUsage: boolean
}

const stopText = z.string().min(1).max(64)
const common = {
  model: z.string().max(128),
  temperature: z.number().min(0).max(2).nullish(),
  seed: z.number().int().nullish(),
  stop: z.union([stopText, z.array(stopText).max(STOPS)]).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: z.number().int().min(1).nullish(),
  // Known, and refused unless they ask for nothing.
  n: z.literal(1).nullish(),
  top_p: z.literal(1).nullish(),
  frequency_penalty: z.literal(0).nullish(),
  presence_penalty: z.literal(0).nullish(),
  logit_bias: z.record(z.string(), z.never()).nullish(),
}

export const completionSchema = z.object({
  ...common,
  prompt: z.union([z.string(), z.tuple([z.string()])]).nullish(),
  best_of: z.literal(1).nullish(),
  echo: z.literal(false).nullish(),
  suffix: z.literal('').nullish(),
  logprobs: z.null().optional(),
})

const part = z.object({ type: z.literal('text'), text: z.string() })
const messageSchema = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content: z.union([z.string(), z.array(part)]),
})
export const chatSchema = z.object({
  ...common,
  messages: z.array(messageSchema).min(1).max(1000),
  max_completion_tokens: z.number().int().min(1).nullish(),
  logprobs: z.literal(false).nullish(),
  tools: z.array(z.never()).nullish(),
  functions: z.array(z.never()).nullish(),
  response_format: z.object({ type: z.literal('text') }).nullish(),
  modalities: z.tuple([z.literal('text')]).nullish(),
})

/** @throws AnswersRequestError */
export function parseCompletion(raw: unknown, limits: GatewayAnswerLimits): WantedAnswer {
  const data = parse(completionSchema, raw)
  const prompt = typeof data.prompt === 'string' ? data.prompt : (data.prompt?.[0] ?? '')
  return wanted(data, prompt, data.max_tokens ?? COMPLETION_TOKENS, listed(data.stop), limits)
}

/** @throws AnswersRequestError */
export function parseChat(raw: unknown, limits: GatewayAnswerLimits): WantedAnswer {
  const data = parse(chatSchema, raw)
  const messages = data.messages.map(({ role, content }) => ({
    role,
    content: typeof content === 'string' ? content : content.map(({ text }) => text).join(''),
  }))
  const stop = listed(data.stop)
  const length = data.max_completion_tokens ?? data.max_tokens ?? Math.min(CHAT_TOKENS, limits.maxTokens)
  return wanted(data, chatPrompt(messages), length, stop.length < STOPS ? [...stop, CHAT_STOP] : stop, limits)
}

function wanted(
  data: z.infer<typeof completionSchema> | z.infer<typeof chatSchema>,
  prompt: string,
  maxTokens: number,
  stop: readonly string[],
  limits: GatewayAnswerLimits,
): WantedAnswer {
  if (maxTokens > limits.maxTokens) {
    const field = 'max_completion_tokens' in data && data.max_completion_tokens ? 'max_completion_tokens' : 'max_tokens'
    refuse(`${maxTokens} tokens were asked for; one answer has at most ${limits.maxTokens}.`, 'Ask for fewer.', field)
  }
  const bytes = utf8ToBytes(prompt).length
  if (bytes > limits.promptBytes) {
    const field = 'messages' in data ? 'messages' : 'prompt'
    const what = `The prompt has ${bytes} bytes; at most ${limits.promptBytes} are read.`
    refuse(what, 'Send the end of it: the model looks back a context only.', field)
  }
  return {
    request: {
      model: data.model,
      prompt,
      maxTokens,
      temperature: data.temperature ?? 1,
      ...(typeof data.seed === 'number' && { seed: seedHex(data.seed) }),
      stop,
    },
    isStream: data.stream ?? false,
    includeUsage: data.stream_options?.include_usage ?? false,
  }
}

/** An integer seed as the engine's bytes: two's complement, 8 bytes, big-endian. @example seedHex(1) // '0000000000000001' */
export const seedHex = (seed: number): string => BigInt.asUintN(64, BigInt(seed)).toString(16).padStart(16, '0')

const listed = (stop: string | string[] | null | undefined): string[] =>
  typeof stop === 'string' ? [stop] : (stop ?? [])

function parse<S extends z.ZodType>(schema: S, raw: unknown): z.infer<S> {
  const parsed = schema.safeParse(raw)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const field = issue?.path.join('.') ?? ''
  return refuse(
    field === '' ? 'The body is no JSON object.' : `"${field}" does not fit: ${issue?.message}.`,
    'Correct that parameter; what these models do not do cannot be asked for.',
    field,
  )
}

function refuse(what: string, fix: string, field: string): never {
  throw new AnswersRequestError({ what, fix, data: field === '' ? {} : { field } })
}
