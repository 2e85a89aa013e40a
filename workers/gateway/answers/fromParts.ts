/** Answers of a running gateway: servers, their keys and what checkpoints exist, from its index and its chain. */
import { and, arrayContains, desc, eq, ne } from 'drizzle-orm'
import { z } from 'zod'
import { models, nodes, tasks } from '../database/schema/chain.ts'
import type { Checkpoints } from '../orders/checkpoints.ts'
import { canonicalRuntimeId } from '../orders/runtimeId.ts'
import type { Parts } from '../types.ts'
import { type Answers, type AnswersOptions, createAnswers } from './answers.ts'
import type { RegisteredServer, ServedModel } from './catalogue.ts'
import { GATEWAY_ANSWER_LIMITS } from './limits.ts'
import { type KnownParameters, replayer } from './replayer.ts'

/** How long an account's keys are believed, ms: one that was taken away counts that much longer. */
const KEYS_MS = 60_000

const keyListSchema = z.object({
  keys: z.array(z.object({ public_key: z.string(), access_key: z.object({ permission: z.unknown() }) })),
})

/** Of the answers, so many are written again here: a server that substitutes one in ten is found within some 160. */
const AUDITED_SHARE = 1 / 16

export interface GatewayAnswersOptions extends Partial<AnswersOptions> {
  /** Checkpoints merged here from what the chain names; absent, nothing is audited. */
  readonly checkpoints?: Pick<Checkpoints, 'ensure' | 'parameters' | 'ofTask'>
}

/** @param options checkpoints, and what differs from the usual: limits, an audit of another share */
export function answersOf(parts: Parts, { checkpoints, ...options }: GatewayAnswersOptions = {}): Answers {
  const { config, now, random, signal, log } = parts
  const keys = keyBook(parts)
  return createAnswers({
    servers: async () => {
      const rows = await serverRows(parts)
      const found = await Promise.allSettled(
        rows.map(async ({ workerKey, ...server }): Promise<RegisteredServer> => {
          return { ...server, keys: workerKey === null ? await keys(server.account) : [workerKey] }
        }),
      )
      return found.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    },
    vouches: async (model) => !isRefuted(checkpoints, model) && (await isKnown(parts, model)),
    ...(checkpoints && {
      audit: { share: AUDITED_SHARE, replay: replayer({ signal, checkpointOf: checkpointOf(checkpoints) }) },
    }),
    runtime: canonicalRuntimeId().wasmSha256,
    allowPrivate: config.embedded,
    now,
    random,
    signal,
    log: (what, data) => log.info(what, data),
    ...options,
  })
}

/** Operators of role server, those with most at stake first: a crowd of small ones cannot push them out. */
function serverRows({ db }: Parts): Promise<{ account: string; url: string; workerKey: string | null }[]> {
  return db
    .select({ account: nodes.account, url: nodes.peer, workerKey: nodes.workerKey })
    .from(nodes)
    .where(and(arrayContains(nodes.roles, ['server']), ne(nodes.peer, '')))
    .orderBy(desc(nodes.stake), nodes.number)
    .limit(GATEWAY_ANSWER_LIMITS.servers)
}

/** Full-access keys of an account without a worker key: what its daemon signs with then. */
function keyBook({ chain, now, signal }: Parts): (account: string) => Promise<readonly string[]> {
  const known = new Map<string, { keys: readonly string[]; until: number }>()
  return async (account) => {
    const entry = known.get(account)
    if (entry && entry.until > now()) return entry.keys
    const request = { request_type: 'view_access_key_list', finality: 'final', account_id: account }
    const list = keyListSchema.parse(await chain.rpc('query', request, signal)).keys
    const keys = list.filter((each) => each.access_key.permission === 'FullAccess').map((each) => each.public_key)
    known.set(account, { keys, until: now() + KEYS_MS })
    return keys
  }
}

/** Whether this gateway merged the same round and came to other parameters. */
function isRefuted(checkpoints: GatewayAnswersOptions['checkpoints'], { task, round, sha256 }: ServedModel): boolean {
  return checkpoints?.ofTask(task).some((held) => held.round === round && held.hash !== sha256) ?? false
}

/** Parameters of a round, merged here first where they are not held. */
function checkpointOf({ ensure, parameters }: NonNullable<GatewayAnswersOptions['checkpoints']>) {
  return async (task: string, round: number): Promise<KnownParameters> => {
    const { info, bytes } = await parameters((await ensure(task, round)).cid)
    return { config: info.config, parameters: new Float32Array(bytes.slice().buffer) }
  }
}

/**
 * Whether the chain can know such parameters: its task settled that many rounds, and where a round started from them, that
 * round named the same hash. The last round's result is named by nobody; only a replay tells about it.
 */
async function isKnown({ db }: Parts, { task, round, sha256 }: ServedModel): Promise<boolean> {
  const id = Number(task)
  const [[settled], [named]] = await Promise.all([
    db.select({ rounds: tasks.roundsSettled }).from(tasks).where(eq(tasks.id, id)),
    db
      .select({ hash: models.hash })
      .from(models)
      .where(and(eq(models.task, id), eq(models.round, round))),
  ])
  return settled !== undefined && settled.rounds >= round && (named === undefined || named.hash === sha256)
}
