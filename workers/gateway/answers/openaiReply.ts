/**
 * Replies in OpenAI's format: completions, chat, their chunks, models and errors. Beside OpenAI's fields each answer carries
 * `blyan`: the server's signed record, and the prompt and bytes that it is about, so that anyone can replay it.
 */
import type { Problem } from '../../../chain/client/gateway/index.ts'
import { bytesToBase64 } from '../../../chain/lib/bytes.ts'
import type { AnswerRecord } from '../../engine/index.ts'
import type { ServedModel } from './catalogue.ts'

export type AnswerKind = 'completion' | 'chat'

export interface Evidence {
  readonly record: AnswerRecord
  /** The text that was continued. */
  readonly prompt: string
  /** Base64 of the bytes written, stop text included. */
  readonly tokens: string
}

export const evidenceOf = (record: AnswerRecord, prompt: string, tokens: Uint8Array): Evidence => ({
  record,
  prompt,
  tokens: bytesToBase64(tokens),
})

interface Head {
  readonly id: string
  /** Seconds since 1970. */
  readonly created: number
  readonly model: ServedModel
}

const headOf = ({ id, created, model }: Head, object: string): Record<string, unknown> => ({
  id,
  object,
  created,
  model: model.id,
  // The weights, as OpenAI means this field: another one, another answer for the same seed.
  system_fingerprint: `bly_${model.sha256.slice(0, 12)}`,
})

const usageOf = ({ promptTokens, tokens }: AnswerRecord): Record<string, number> => ({
  prompt_tokens: promptTokens,
  completion_tokens: tokens,
  total_tokens: promptTokens + tokens,
})

/** OpenAI knows no end by time; `length` says the same: there would have been more. */
const finishOf = ({ finish }: AnswerRecord): 'stop' | 'length' => (finish === 'stop' ? 'stop' : 'length')

/** A whole answer. */
export function replyOf(kind: AnswerKind, head: Head, text: string, evidence: Evidence): Record<string, unknown> {
  const { record } = evidence
  const rest = { logprobs: null, finish_reason: finishOf(record) }
  const choice =
    kind === 'chat'
      ? { index: 0, message: { role: 'assistant', content: text, refusal: null }, ...rest }
      : { index: 0, text, ...rest }
  const object = kind === 'chat' ? 'chat.completion' : 'text_completion'
  return { ...headOf(head, object), choices: [choice], usage: usageOf(record), blyan: evidence }
}

/** Chunks of a stream, in order: `first` (chat alone), `text` as it comes, `last`, and `usage` where it was asked for. */
export function chunksOf(kind: AnswerKind, head: Head, includeUsage: boolean) {
  const object = kind === 'chat' ? 'chat.completion.chunk' : 'text_completion'
  const chunk = (content: Record<string, unknown>, finish: string | null): Record<string, unknown> => ({
    ...headOf(head, object),
    choices: [{ index: 0, ...content, logprobs: null, finish_reason: finish }],
    ...(includeUsage && { usage: null }),
  })
  const isChat = kind === 'chat'
  return {
    first: () => (isChat ? chunk({ delta: { role: 'assistant', content: '', refusal: null } }, null) : null),
    text: (text: string) => chunk(isChat ? { delta: { content: text } } : { text }, null),
    last: (evidence: Evidence) => ({
      ...chunk(isChat ? { delta: {} } : { text: '' }, finishOf(evidence.record)),
      blyan: evidence,
    }),
    usage: ({ record }: Evidence) =>
      includeUsage ? { ...headOf(head, object), choices: [], usage: usageOf(record) } : null,
  }
}

/** A model as OpenAI lists it, with what the chain says of it. */
export function modelOf({ id, sha256, task, round, parameters, context, since }: ServedModel): Record<string, unknown> {
  return {
    id,
    object: 'model',
    created: Math.floor(since / 1000),
    owned_by: `task-${task}`,
    blyan: { sha256, task, round, parameters, context },
  }
}

/** A problem in the shape in which OpenAI's clients read errors; what to do stands in the message, since they show nothing else. */
export function errorBodyOf({ status, code, what, fix, data }: Problem): {
  error: { message: string; type: string; code: string; param: string | null }
} {
  const param = typeof data.field === 'string' ? data.field : null
  return { error: { message: `${what} ${fix}`, type: typeOf(status), code, param } }
}

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error'
  if (status === 403) return 'permission_error'
  if (status === 429) return 'rate_limit_error'
  return status < 500 ? 'invalid_request_error' : 'server_error'
}
