/** Path, query, body and reply against an operation's schemas. */
import type { z } from 'zod'
import { ReplyInvalidError, RequestInvalidError } from './errors.ts'

export type Place = 'path' | 'query' | 'body'

/** @throws RequestInvalidError naming the first field that does not fit */
export function parseRequest(schema: z.ZodType, value: unknown, place: Place): unknown {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]!
  const field = issue.path.map(String).join('.')
  throw new RequestInvalidError({
    what: `${field === '' ? `The ${place}` : `${JSON.stringify(field)} in the ${place}`} does not fit: ${issue.message}.`,
    fix: 'Correct it as /docs describes this operation.',
    data: { field, place, message: issue.message },
  })
}

/** The query as one value a name. @throws RequestInvalidError on a name given twice or not known */
export function parseQuery(schema: z.ZodType | undefined, url: string): unknown {
  const at = url.indexOf('?')
  const values: Record<string, string> = {}
  for (const [name, value] of at < 0 ? [] : new URLSearchParams(url.slice(at + 1))) {
    if (Object.hasOwn(values, name)) throw wrongQuery(name, 'is given twice')
    if (!isKnown(schema, name)) throw wrongQuery(name, 'is not known here')
    values[name] = value
  }
  return schema === undefined ? values : parseRequest(schema, values, 'query')
}

/** What is sent: the value as the schema has it, unknown fields left out. @throws ReplyInvalidError */
export function parseReply(schema: z.ZodType, value: unknown, operation: string): unknown {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]!
  throw new ReplyInvalidError({
    what: 'The gateway’s own answer does not fit its description.',
    fix: 'Give the operator the id of this answer.',
    data: { operation, field: issue.path.map(String).join('.') },
    cause: new Error(issue.message),
  })
}

function isKnown(schema: z.ZodType | undefined, name: string): boolean {
  const { shape } = (schema ?? {}) as { shape?: object }
  return shape !== undefined && Object.hasOwn(shape, name)
}

const wrongQuery = (name: string, why: string): RequestInvalidError =>
  new RequestInvalidError({
    what: `${JSON.stringify(name.slice(0, 60))} in the query ${why}.`,
    fix: 'Leave it out, or write it as /docs describes this operation.',
    data: { field: name.slice(0, 60), place: 'query' },
  })
