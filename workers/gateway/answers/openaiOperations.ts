/** The addresses as OpenAPI describes them, from the schemas that requests are parsed by and replies are tested by. */
import { z } from 'zod'
import { answerRecordSchema } from '../../engine/index.ts'
import { chatSchema, completionSchema } from './openaiRequest.ts'

const model = z.strictObject({
  id: z.string(),
  object: z.literal('model'),
  created: z.number().int(),
  owned_by: z.string(),
  blyan: z.strictObject({
    sha256: z.string(),
    task: z.string(),
    round: z.number().int(),
    parameters: z.number().int(),
    context: z.number().int(),
  }),
})
const usage = z.strictObject({
  prompt_tokens: z.number().int(),
  completion_tokens: z.number().int(),
  total_tokens: z.number().int(),
})
const choiceEnd = { index: z.literal(0), logprobs: z.null(), finish_reason: z.enum(['stop', 'length']) }
const replyHead = {
  id: z.string(),
  created: z.number().int(),
  model: z.string(),
  system_fingerprint: z.string(),
  usage,
  blyan: z.strictObject({ record: answerRecordSchema, prompt: z.string(), tokens: z.base64() }),
}

/** What is answered, strictly: a field more or less is a mistake. */
export const replySchemas = {
  models: z.strictObject({ object: z.literal('list'), data: z.array(model) }),
  model,
  completions: z.strictObject({
    ...replyHead,
    object: z.literal('text_completion'),
    choices: z.tuple([z.strictObject({ ...choiceEnd, text: z.string() })]),
  }),
  chat: z.strictObject({
    ...replyHead,
    object: z.literal('chat.completion'),
    choices: z.tuple([
      z.strictObject({
        ...choiceEnd,
        message: z.strictObject({ role: z.literal('assistant'), content: z.string(), refusal: z.null() }),
      }),
    ]),
  }),
  error: z.strictObject({
    error: z.strictObject({
      message: z.string(),
      type: z.string(),
      code: z.string(),
      param: z.string().nullable(),
    }),
  }),
}

const jsonSchema = (schema: z.ZodType, io: 'input' | 'output'): object => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, target: 'draft-2020-12' })
  return rest
}
const json = (schema: z.ZodType): object => ({ 'application/json': { schema: jsonSchema(schema, 'output') } })
const failing = (description: string): object => ({ description, content: json(replySchemas.error) })

const ERRORS = {
  '400': failing('The request does not fit; `param` names the place'),
  '401': failing('No key, or one that is no good'),
  '403': failing('The key lacks the scope infer'),
  '404': failing('No server writes with this model'),
  '413': failing('The body is too long'),
  '415': failing('The body is no JSON'),
  '429': failing('More than this key’s share'),
  '500': failing('A fault of this gateway'),
  '502': failing('The servers that were asked failed or lied'),
  '503': failing('No server, or no place, is free now'),
}
/** Of any operation: who asks may be nobody or ask too often, and parts of the gateway may be away. */
const ALWAYS = ['401', '403', '429', '500', '503'] as const
const errors = (...statuses: (keyof typeof ERRORS)[]): object =>
  Object.fromEntries([...ALWAYS, ...statuses].map((status) => [status, ERRORS[status]]))

const security = [{ bearer: [] }]
const writing = (
  summary: string,
  operationId: string,
  request: z.ZodType,
  reply: z.ZodType,
): Readonly<Record<string, unknown>> => ({
  tags: ['answers'],
  summary,
  operationId,
  security,
  requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(request, 'input') } } },
  responses: {
    '200': {
      description: 'The whole answer; with `stream: true` its pieces as server-sent events, ending with [DONE]',
      content: { ...json(reply), 'text/event-stream': { schema: { type: 'string' } } },
    },
    ...errors('400', '404', '413', '415', '502'),
  },
})

export const operations = {
  models: {
    tags: ['answers'],
    summary: 'Models that servers write with, newest first',
    operationId: 'listServedModels',
    security,
    responses: {
      '200': { description: 'The list', content: json(replySchemas.models) },
      ...errors(),
    },
  },
  model: {
    tags: ['answers'],
    summary: 'One model that servers write with',
    operationId: 'getServedModel',
    security,
    parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
    responses: {
      '200': { description: 'The model', content: json(model) },
      ...errors('404'),
    },
  },
  completions: writing('Continues a text', 'createCompletion', completionSchema, replySchemas.completions),
  chat: writing('Answers in a conversation', 'createChatCompletion', chatSchema, replySchemas.chat),
} as const satisfies Record<string, Readonly<Record<string, unknown>>>
