/**
 * Checkpoints of tasks, merged here from the updates that the chain names: anybody could, and whoever downloads one can
 * check its hash. Nothing is computed twice at once, and no request waits for another task's.
 */
import { eq } from 'drizzle-orm'
import type { ModelReply, TaskDetail } from '../../../chain/client/gateway/index.ts'
import { ADAMW_COUNTERS } from '../../../chain/client/order/index.ts'
import { BlyanError } from '../../../chain/lib/errors.ts'
import { exportInference, gpt } from '../../engine/index.ts'
import { ViewShapeError } from '../../node/errors.ts'
import { openTask, type TaskContext } from '../../node/taskContext.ts'
import type { MarketViews, TaskView } from '../../node/views.ts'
import { parseComponent } from '../../proof/index.ts'
import type { ContentStore } from '../../storage/types.ts'
import { models } from '../database/schema/chain.ts'
import type { Parts } from '../types.ts'
import { type CheckpointInfo, openCheckpointFiles } from './checkpointFiles.ts'
import { CheckpointUnknownError } from './errors.ts'
import { contentFetch } from './fetchContent.ts'
import { type LossBook, openLossBook } from './loss.ts'
import { type Measure, measureInThread } from './measure.ts'
import { mergeRounds } from './mergeRounds.ts'
import { peerBook } from './peers.ts'
import type { RuntimeId } from './runtimeId.ts'
import { followSettled } from './settledRounds.ts'

export type Loss = TaskDetail['loss']

export interface CheckpointsOptions {
  readonly parts: Pick<Parts, 'config' | 'db' | 'head' | 'log' | 'now' | 'signal'>
  readonly views: MarketViews
  readonly store: Pick<ContentStore, 'cat'>
  readonly runtime: RuntimeId
  /** Folder of this part alone. */
  readonly dir: string
  readonly measure?: Measure
}

export interface Checkpoints {
  /** Whether the bytes lie here. */
  held(cid: string): boolean
  /** What is known of a held checkpoint. */
  find(cid: string): CheckpointInfo | null
  /** Those of one task that are held, in order of rounds. */
  ofTask(task: string): CheckpointInfo[]
  list(): CheckpointInfo[]
  /** Fields of a model's reply that depend on whether it is held. */
  describe(cid: string): Pick<ModelReply, 'held' | 'config' | 'parametersUrl' | 'onnxUrl' | 'onnxSha256'>
  /** The model with which a round starts; after the last settled round when none is named. @throws CheckpointUnknownError */
  ensure(task: string, round?: number): Promise<CheckpointInfo>
  /** By its address, merging it first where it is not held. @throws CheckpointUnknownError, CheckpointMismatchError */
  parameters(cid: string): Promise<{ info: CheckpointInfo; bytes: Uint8Array }>
  onnx(cid: string): Promise<{ info: CheckpointInfo; bytes: Uint8Array }>
  /** What has been measured of a task; asking has the rest measured in the background. */
  loss(task: string): Loss
  /** Waits for what is under way. */
  stop(): Promise<void>
}

export const ENDED: readonly string[] = ['Completed', 'Failed', 'Cancelled']
const RETRY_MS = 30_000

export function createCheckpoints(options: CheckpointsOptions): Checkpoints {
  const { parts, views, dir, measure = measureInThread } = options
  const { db, head, log, now, signal } = parts
  const files = openCheckpointFiles(dir)
  const book: LossBook = openLossBook(dir)
  const opening = openContext(options)
  const running = new Map<string, Promise<void>>()
  const wanted = new Set<string>()
  /** After a failure the same is not tried with every look. */
  const failedUntil = new Map<string, number>()
  let asked: { version: number; tasks: Set<string> } = { version: -1, tasks: new Set() }
  let measuring: Promise<void> | null = null

  /** Merges rounds of a task that are not held. One at a time for each task: who comes later finds them done. */
  const mergeTask = (task: string, upTo: number): Promise<void> => {
    const before = running.get(task)?.catch(() => undefined) ?? Promise.resolve()
    const merging = before.then(async () => {
      if (files.at(task, upTo) === null) await mergeRounds({ files, open: opening, views }, task, upTo)
    })
    running.set(task, merging)
    const done = (): void => {
      if (running.get(task) === merging) running.delete(task)
    }
    merging.then(done, done)
    return merging
  }

  const ensure: Checkpoints['ensure'] = async (task, round) => {
    const held = round === undefined ? null : files.at(task, round)
    if (held !== null) return held
    const view = await views.task(task).catch((cause: unknown) => {
      throw cause instanceof ViewShapeError ? unknown(`There is no task ${task}.`, cause) : cause
    })
    const last = round ?? view.rounds_settled
    if (last > view.rounds_settled) {
      throw unknown(`Task ${task} has settled ${view.rounds_settled} rounds; round ${last} has not begun.`)
    }
    const known = files.at(task, last)
    if (known !== null) return known
    await mergeTask(task, last)
    return files.at(task, last)!
  }

  const locate = async (cid: string): Promise<CheckpointInfo> => {
    const held = files.byCid(cid)
    if (held !== null) return held
    const [row] = await db.select({ task: models.task, round: models.round }).from(models).where(eq(models.cid, cid))
    if (!row) throw unknown(`No task of this network has a checkpoint ${cid}.`)
    return ensure(String(row.task), row.round)
  }

  const measureNext = async (): Promise<void> => {
    for (const task of wanted) {
      wanted.delete(task)
      try {
        const view = await views.task(task)
        if (view.rounds_settled === 0 || book.get(task)?.settled === view.rounds_settled) continue
        await mergeTask(task, view.rounds_settled)
        await book.measure(await opening(view), view, { files, views, measure, signal })
        log.info('task measured', { task, rounds: view.rounds_settled })
      } catch (error) {
        failedUntil.set(task, now() + RETRY_MS)
        if (!signal.aborted) log.warn('task not measured', { task, ...reason(error) })
      }
    }
  }
  const request = (task: string): void => {
    if (signal.aborted || (failedUntil.get(task) ?? 0) > now()) return
    wanted.add(task)
    measuring ??= measureNext().finally(() => {
      measuring = null
    })
  }

  // What has ended is measured by itself; what runs, when somebody looks at it.
  const settled = followSettled({
    ...parts,
    async merge(task, rounds, state) {
      if (files.at(task, rounds) === null) await mergeTask(task, rounds)
      if (ENDED.includes(state)) request(task)
    },
  })

  return {
    held: (cid) => files.byCid(cid) !== null,
    find: files.byCid,
    list: files.list,
    ofTask: (task) =>
      files
        .list()
        .filter((info) => info.task === task)
        .sort((a, b) => a.round - b.round),
    describe(cid) {
      const info = files.byCid(cid)
      if (info === null) return { held: false, config: null, parametersUrl: null, onnxUrl: null, onnxSha256: null }
      const url = `/api/v1/models/${cid}`
      const config = { kind: 'gpt' as const, ...info.config }
      const { onnxSha256 } = info
      return { held: true, config, parametersUrl: `${url}/parameters`, onnxUrl: `${url}/onnx`, onnxSha256 }
    },
    ensure,
    async parameters(cid) {
      const info = await locate(cid)
      return { info, bytes: await files.read(info) }
    },
    async onnx(cid) {
      const info = await locate(cid)
      const parameters = parseComponent(await files.read(info), info.config.parameters, 'parameters')
      return { info, bytes: exportInference(gpt(info.config), parameters) }
    },
    loss(task) {
      // Between two blocks nothing is new.
      const version = head.version()
      if (asked.version !== version) asked = { version, tasks: new Set() }
      if (!asked.tasks.has(task)) request(task)
      asked.tasks.add(task)
      return book.get(task)?.loss ?? { points: [], unigram: null, bigram: null, trigram: null }
    },
    async stop() {
      wanted.clear()
      await Promise.allSettled([settled.stop(), ...running.values(), measuring])
    },
  }
}

/** Opens tasks' documents over the store, fetching from the peers that the chain names. */
function openContext({ parts, views, store, runtime }: CheckpointsOptions): (task: TaskView) => Promise<TaskContext> {
  const { config, now } = parts
  const peersOf = peerBook(views, { embedded: config.embedded, now })
  const fetch = contentFetch(parts, store)
  return (task) => openTask(task, { views, peersOf, runtime, counters: ADAMW_COUNTERS, fetch })
}

const unknown = (what: string, cause?: unknown): CheckpointUnknownError =>
  new CheckpointUnknownError({ what, fix: 'See the list of models.', cause })

function reason(error: unknown): Record<string, unknown> {
  if (error instanceof BlyanError) return { code: error.code, what: error.what }
  return { code: 'INTERNAL', what: error instanceof Error ? error.message : String(error) }
}
