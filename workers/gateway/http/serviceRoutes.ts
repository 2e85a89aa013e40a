/** Routes about the gateway itself: its description, its figures, whether it lives and is ready. */
import { DOCS_STYLE, docsPage } from './docsPage.ts'
import { HttpNotReadyError } from './errors.ts'
import type { Metrics } from './metrics.ts'
import { openApiDocument } from './openapi.ts'
import type { RawRoute } from './rawRoute.ts'
import type { Route } from './route.ts'

/** Whether what the gateway stands on answers. */
export interface Readiness {
  readonly chain: boolean
  readonly database: boolean
  readonly lagBlocks: number
  /** Why the index goes on no more; absent while it does. */
  readonly stopped?: { readonly code: string; readonly what: string; readonly fix: string } | null | undefined
}

export interface ServiceOptions {
  readonly routes: readonly Route[]
  readonly raw: readonly RawRoute[]
  readonly origin: string
  readonly version: string
  readonly metrics: Metrics
  ready(): Promise<Readiness>
}

/** Further behind than this, reads are not the present any more: 30 s of half-second blocks. */
const MAX_LAG_BLOCKS = 60

export function serviceRoutes(options: ServiceOptions): RawRoute[] {
  const { routes, raw, origin, version, metrics, ready } = options
  let document: string | null = null
  let page: string | null = null
  const all: RawRoute[] = []
  const describe = (): Record<string, unknown> => openApiDocument({ routes, raw: [...raw, ...all], origin, version })

  const text = (
    path: string,
    type: string,
    summary: string,
    make: () => string | Promise<string>,
    { caching = 'no-cache', schema = { type: 'string' } } = {},
  ): RawRoute => ({
    method: 'get',
    path,
    access: 'open',
    operation: {
      tags: ['service'],
      summary,
      responses: { 200: { description: 'OK', content: { [type.split(';')[0]!]: { schema } } } },
    },
    async handle({ response }) {
      const body = await make()
      response.set({ 'content-type': type, 'cache-control': caching }).end(body)
    },
  })

  all.push(
    text(
      '/openapi.json',
      'application/json; charset=utf-8',
      'This interface, for programs',
      () => {
        document ??= JSON.stringify(describe())
        return document
      },
      { schema: { type: 'object' } },
    ),
    text('/docs', 'text/html; charset=utf-8', 'This interface, for people', () => {
      page ??= docsPage(describe())
      return page
    }),
    text('/docs/style.css', 'text/css; charset=utf-8', 'How the description looks', () => DOCS_STYLE),
    text('/metrics', metrics.contentType, 'Figures in Prometheus’ format', () => metrics.text(), {
      caching: 'no-store',
    }),
    {
      method: 'get',
      path: '/health',
      access: 'open',
      operation: statusOperation('Whether the process lives'),
      handle: async ({ response }) => sendJson(response, { ok: true }),
    },
    {
      method: 'get',
      path: '/ready',
      access: 'open',
      operation: statusOperation('Whether chain, database and index are there to be asked'),
      async handle({ response }) {
        const state = await ready()
        const { stopped, ...figures } = state
        if (stopped || !state.chain || !state.database || state.lagBlocks > MAX_LAG_BLOCKS) {
          throw new HttpNotReadyError({
            what: notReadySentence(state),
            fix: stopped?.fix ?? 'Reads go on, marked stale; it comes back by itself.',
            data: { ...figures, ...(stopped && { stopped: stopped.code }) },
          })
        }
        sendJson(response, { ok: true, ...figures })
      },
    },
  )
  return all
}

function notReadySentence({ chain, database, lagBlocks, stopped }: Readiness): string {
  if (stopped) return stopped.what
  if (!database) return 'The database does not answer.'
  if (!chain) return 'The chain does not answer.'
  return `The index is ${lagBlocks} blocks behind the chain.`
}

const statusOperation = (summary: string) => ({
  tags: ['service'],
  summary,
  responses: {
    200: {
      description: 'OK',
      content: {
        'application/json': { schema: { type: 'object', required: ['ok'], properties: { ok: { const: true } } } },
      },
    },
  },
})

function sendJson(response: Parameters<RawRoute['handle']>[0]['response'], value: object): void {
  response.set({ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
  response.end(JSON.stringify(value))
}
