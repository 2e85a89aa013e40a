/** The OpenAPI document, made from the same schemas that validate. Source: OpenAPI 3.1.1, JSON Schema 2020-12. */
import { STATUS_CODES } from 'node:http'
import { z } from 'zod'
import { problem } from '../../../chain/client/gateway/index.ts'
import type { RawRoute } from './rawRoute.ts'
import type { Access, Route } from './route.ts'

type Json = Record<string, unknown>

/** What tags are about; their order is the document's. */
const TAGS: Readonly<Record<string, string>> = {
  auth: 'Signing in with an Ethereum or NEAR account.',
  tasks: 'Ordering work and following it.',
  nodes: 'Operators and their stake.',
  user: 'Your own account, keys and ledger.',
  network: 'The market as a whole.',
  receipts: 'Evidence of accepted work.',
  models: 'Checkpoints and their bytes.',
  why: 'Why an account has what it has.',
  relay: 'Calls whose gas this gateway pays.',
  answers: 'Text from trained models, in OpenAI’s format.',
  service: 'This gateway itself.',
  bridge: 'BLY and receipts beyond NEAR: where the bridge is, what crossed it, its signers.',
  'older names': 'Names of earlier drafts.',
}

export interface OpenApiOptions {
  readonly routes: readonly Route[]
  readonly raw: readonly RawRoute[]
  /** As browsers see it. */
  readonly origin: string
  readonly version: string
}

export function openApiDocument({ routes, raw, origin, version }: OpenApiOptions): Json {
  const paths: Record<string, Json> = {}
  const add = (path: string, method: string, operation: Json): void => {
    const place = paths[path] ?? {}
    place[method] = operation
    paths[path] = place
  }
  for (const route of routes) add(route.path, route.method, operationOf(route))
  for (const route of raw) if (route.operation !== null) add(route.path, route.method, rawOperationOf(route))
  const used = new Set(
    Object.values(paths)
      .flatMap((methods) => Object.values(methods) as { tags?: string[] }[])
      .flatMap(({ tags = [] }) => tags),
  )
  return {
    openapi: '3.1.1',
    info: {
      title: 'Blyan gateway',
      version,
      description:
        'Reads of the market’s index, unsigned transactions for your wallet, answers of trained models. Amounts are decimal attoBLY (10⁻¹⁸), times ms since 1970, hashes lower-case hex.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: origin }],
    tags: [...used].sort(byTag).map((name) => ({ name, description: TAGS[name] ?? name })),
    paths,
    components: {
      schemas: { Problem: jsonSchema(problem, 'output') },
      responses: {
        Problem: {
          description: 'What happened, what to do about it, and who should act (RFC 9457).',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
      securitySchemes: {
        session: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An access token of ten minutes, from /api/v1/auth/login.',
        },
        apiKey: { type: 'http', scheme: 'bearer', description: '`bly_<id>_<secret>`, made at /api/v1/user/api-keys.' },
      },
    },
  }
}

const order = Object.keys(TAGS)
const byTag = (a: string, b: string): number => order.indexOf(a) - order.indexOf(b)

function operationOf(route: Route): Json {
  const { method, path, tag, summary, access, params, query, body, reply, produces = [], status = 200 } = route
  const content: Json = {}
  if (reply !== null) content['application/json'] = { schema: jsonSchema(reply, 'output') }
  const types = reply === null && status !== 204 && produces.length === 0 ? ['application/octet-stream'] : produces
  for (const type of types) content[type] = { schema: { type: 'string', contentMediaType: type } }
  const success: Json = { description: STATUS_CODES[status] ?? 'Success' }
  if (Object.keys(content).length > 0) success.content = content
  return {
    operationId: operationId(method, path),
    tags: [tag],
    summary,
    parameters: [...parametersOf(params, 'path'), ...parametersOf(query, 'query')],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(body, 'input') } } } }),
    responses: { [status]: success, ...problemReplies(method) },
    security: securityOf(access),
  }
}

function rawOperationOf({ method, path, access, operation, errorBody }: RawRoute): Json {
  const { responses = {}, parameters, ...rest } = operation as { responses?: Json; parameters?: unknown[] }
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const problems = errorBody === undefined ? problemReplies(method) : {}
  return {
    operationId: operationId(method, path),
    parameters: parameters ?? inPath,
    ...rest,
    responses: { ...problems, ...responses },
    security: securityOf(access),
  }
}

function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query'): Json[] {
  if (schema === undefined) return []
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, { description, ...each }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: Object.keys(each).length === 0 ? { type: 'string' } : each,
  }))
}

/** Every refusal that any operation may give, and those of bodies. */
function problemReplies(method: string): Json {
  const statuses = [400, 401, 403, 404, 409, 421, 429, 500, 502, 503, ...(method === 'post' ? [413, 415] : [])]
  return Object.fromEntries(statuses.sort((a, b) => a - b).map((each) => [each, PROBLEM]))
}
const PROBLEM = { $ref: '#/components/responses/Problem' }

function securityOf(access: Access): Json[] {
  if (access === 'open') return [{}, { session: [] }]
  return access === 'session' ? [{ session: [] }] : [{ session: [] }, { apiKey: [] }]
}

/** @example operationId('get', '/api/v1/tasks/{id}') // 'getTasksById' */
export function operationId(method: string, path: string): string {
  const words = path
    .replace(/^\/api\/v1\//, '')
    .split(/[/_.-]+/)
    .filter((word) => word !== '')
    .map((word) => (word.startsWith('{') ? `by-${word.slice(1, -1)}` : word))
    .flatMap((word) => word.split('-'))
  return method + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')
}

/** @param io what comes in, or what goes out */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' })
  return json
}
