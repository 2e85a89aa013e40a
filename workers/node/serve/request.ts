/** A request for text as a server takes it, parsed at the border. Tokens are bytes, so lengths are in bytes. */
import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { utf8ToBytes } from '../../../chain/lib/bytes.ts'
import { ServeRequestError } from './errors.ts'
import type { AnswerLimits } from './limits.ts'

const schema = z.strictObject({
  /** CID of a checkpoint that this server lists; absent, its newest. */
  model: z.string().max(128).optional(),
  prompt: z.string(),
  /** Hex of at most 32 bytes. */
  seed: z.string().regex(/^([0-9a-f]{2}){0,32}$/),
  maxTokens: z.number().int().min(1),
  temperature: z.number().min(0).max(2),
  /** Writing ends behind the first of these. */
  stop: z.array(z.string().min(1).max(64)).max(4).default([]),
})
export type AnswerRequest = z.infer<typeof schema>

/** @throws ServeRequestError when the body is too long, no JSON, or beyond a limit */
export async function readRequest(request: IncomingMessage, limits: AnswerLimits): Promise<AnswerRequest> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    refuse('The body is not declared as JSON.', 'Send content-type: application/json.', 'content-type')
  }
  return parseRequest(await readJson(request, limits.bodyBytes), limits)
}

/** @throws ServeRequestError */
export function parseRequest(raw: unknown, limits: AnswerLimits): AnswerRequest {
  const parsed = schema.safeParse(raw)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const field = issue?.path.join('.') ?? ''
    refuse(`The request does not fit at "${field}": ${issue?.message}.`, 'Correct that field.', field)
  }
  const { data } = parsed
  if (data.maxTokens > limits.maxTokens) {
    const what = `${data.maxTokens} tokens were asked for; one answer has at most ${limits.maxTokens}.`
    refuse(what, 'Ask for fewer.', 'maxTokens')
  }
  const length = utf8ToBytes(data.prompt).length
  if (length > limits.promptBytes) {
    const what = `The prompt has ${length} bytes; at most ${limits.promptBytes} are read.`
    refuse(what, 'Send the end of it: the model looks back a context only.', 'prompt')
  }
  return data
}

async function readJson(request: IncomingMessage, limit: number): Promise<unknown> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += chunk.length
    if (length > limit) refuse(`The body has more than ${limit} bytes.`, 'Send a shorter prompt.', 'body')
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    return refuse('The body is no JSON.', 'Send one JSON object.', 'body')
  }
}

function refuse(what: string, fix: string, field: string): never {
  throw new ServeRequestError({ what, fix, data: { field } })
}
