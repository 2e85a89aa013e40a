/** Which servers there are, what each writes with, how busy each is here, and who failed lately. */
import { z } from 'zod'
import { cidOfHash } from '../follow/reduce/models.ts'
import { askServer, failed, parseJson } from './askServer.ts'
import type { GatewayAnswerLimits } from './limits.ts'

/** A server as the chain names it. */
export interface RegisteredServer {
  readonly account: string
  /** Its registered peer address. */
  readonly url: string
  /** Keys that may sign for the account, `ed25519:…`; absent, the key that the server names is believed. */
  readonly keys?: readonly string[]
}

const modelSchema = z
  .object({
    /** CID of the parameters. */
    id: z.string().max(128),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    task: z.string().regex(/^\d{1,15}$/),
    round: z.number().int().positive(),
    parameters: z.number().int().positive(),
    context: z.number().int().positive(),
    since: z.number().int().nonnegative(),
  })
  .refine(({ id, sha256 }) => id === cidOfHash(sha256))
/** A set of parameters that at least one server writes with. */
export type ServedModel = z.infer<typeof modelSchema>

const listSchema = z.object({
  account: z.string(),
  publicKey: z.string().max(120),
  models: z.array(modelSchema).max(16),
})

export interface ListedServer extends RegisteredServer {
  readonly publicKey: string
  readonly models: readonly ServedModel[]
}

export interface CatalogueOptions {
  readonly servers: () => Promise<readonly RegisteredServer[]>
  /** Whether the chain knows such a checkpoint; absent, servers are believed. */
  readonly vouches?: (model: ServedModel) => Promise<boolean>
  readonly allowPrivate: boolean
  readonly now: () => number
  readonly random: (length: number) => Uint8Array
  readonly signal: AbortSignal
  readonly limits: GatewayAnswerLimits
  readonly log: (what: string, data?: Record<string, unknown>) => void
}

export interface Catalogue {
  /** Newest first. */
  models(): Promise<readonly ServedModel[]>
  /**
   * The least busy server with a model, that is not resting and not among `tried`; null when there is none.
   * The caller says `leave` when it is done with it.
   */
  pick(model: string, tried: ReadonlySet<string>): Promise<{ server: ListedServer; leave: () => void } | null>
  /** Leaves a server alone for a while; for good when it lied. */
  rest(account: string, isForGood?: boolean): void
}

export function openCatalogue(options: CatalogueOptions): Catalogue {
  const { now, random, limits, log } = options
  const resting = new Map<string, number>()
  const busy = new Map<string, number>()
  let listed: { at: number; servers: Promise<ListedServer[]> } | null = null

  const isResting = ({ account }: RegisteredServer): boolean => (resting.get(account) ?? 0) > now()

  const list = (): Promise<ListedServer[]> => {
    if (listed && now() - listed.at < limits.listedMs) return listed.servers
    const servers = (async () => {
      const all = (await options.servers()).slice(0, limits.servers).filter((server) => !isResting(server))
      const answered = await Promise.allSettled(all.map((server) => look(server, options)))
      return answered.flatMap((each, i) => {
        if (each.status === 'fulfilled') return [each.value]
        log('server does not list its models', {
          account: all[i].account,
          code: (each.reason as { code?: string }).code,
        })
        return []
      })
    })()
    listed = { at: now(), servers }
    servers.catch(() => (listed = null))
    return servers
  }

  return {
    models: async () => {
      const models = new Map<string, ServedModel>()
      for (const server of await list()) {
        if (!isResting(server)) for (const model of server.models) models.set(model.id, models.get(model.id) ?? model)
      }
      return [...models.values()].sort((a, b) => newness(b) - newness(a) || b.round - a.round)
    },
    pick: async (model, tried) => {
      const able = (await list()).filter(
        (server) => !tried.has(server.account) && !isResting(server) && server.models.some(({ id }) => id === model),
      )
      const least = Math.min(...able.map(({ account }) => busy.get(account) ?? 0))
      const idle = able.filter(({ account }) => (busy.get(account) ?? 0) === least)
      if (idle.length === 0) return null
      const server = idle[random(1)[0] % idle.length]
      const count = (by: number): void => void busy.set(server.account, (busy.get(server.account) ?? 0) + by)
      count(1)
      return { server, leave: () => count(-1) }
    },
    rest: (account, isForGood = false) => {
      resting.set(account, isForGood ? Number.POSITIVE_INFINITY : now() + limits.restMs)
    },
  }
}

const newness = ({ task }: ServedModel): number => Number(task)

async function look(server: RegisteredServer, options: CatalogueOptions): Promise<ListedServer> {
  const { allowPrivate, limits, vouches } = options
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(limits.listMs)])
  const chunks: Buffer[] = []
  const ask = { allowPrivate, replyBytes: limits.replyBytes, silenceMs: limits.listMs, signal }
  for await (const chunk of askServer(server.url, '/v1/model', ask)) chunks.push(chunk)
  const parsed = listSchema.safeParse(parseJson(Buffer.concat(chunks).toString()))
  if (!parsed.success) throw failed('lists its models in no form that is known')
  const { account, publicKey, models } = parsed.data
  if (account !== server.account) throw failed('answers for another account than registered its address')
  if (server.keys && !server.keys.includes(publicKey)) throw failed("signs with a key that is not its account's")
  const vouched = vouches ? await Promise.all(models.map(vouches)) : models.map(() => true)
  return { ...server, publicKey, models: models.filter((_, i) => vouched[i]) }
}
