/**
 * What a task names by address, for whoever checks a round in a page: the task's documents, and what each of its trainers
 * handed in and published. Nothing else is given out: this gateway is no door to other people's files.
 */
import { ADAMW_COUNTERS } from '../../../chain/client/order/index.ts'
import { maxDeltaBytes } from '../../delta/index.ts'
import { ViewShapeError } from '../../node/errors.ts'
import type { MarketViews, RoundView, TaskView, TrainerView } from '../../node/views.ts'
import {
  type Fetch,
  type Manifest,
  manifestSchema,
  parseDocument,
  roundAccounts,
  type TaskDocument,
  taskSpecSchema,
} from '../../proof/index.ts'
import type { ContentFiles } from './contentFiles.ts'
import { ContentUnnamedError } from './errors.ts'

/** One trainer's work in one round. */
export interface Place {
  readonly round: number
  readonly submission: number
}

/** The task's own documents, as the chain named them when they were asked for. */
export interface NamedDocuments {
  addresses(): Promise<string[]>
  /** @throws ContentUnnamedError, DocumentError, storage errors */
  read(cid: string): Promise<Uint8Array>
}

/** What one trainer handed in and published in one round. */
export interface NamedWork {
  /** Null where it published nothing. */
  manifest(): Promise<Manifest | null>
  /** @throws ContentUnnamedError, DocumentError, storage errors */
  read(cid: string): Promise<Uint8Array>
}

export interface TaskContent {
  /** @throws ContentUnnamedError */
  documents(task: string): Promise<NamedDocuments>
  /** @throws ContentUnnamedError */
  submission(task: string, of: Place): Promise<NamedWork>
}

const MAX_DOCUMENT_BYTES = 1 << 20
/** Longer texts are fetched from the requester's own peer. */
const MAX_TEXT_BYTES = 1 << 26

export interface TaskContentOptions {
  readonly views: Pick<MarketViews, 'task' | 'round'>
  readonly fetch: Fetch
  readonly peersOf: (accounts: readonly string[]) => Promise<string[]>
  readonly files: ContentFiles
}

export function createTaskContent({ views, fetch, peersOf, files }: TaskContentOptions): TaskContent {
  const get = async (
    task: TaskView,
    cid: string,
    maxBytes: number,
    accounts: readonly string[],
  ): Promise<Uint8Array> => {
    const kept = await files.read(cid)
    if (kept !== null) return kept
    const requester = [...(task.spec.peer ? [task.spec.peer] : []), ...(await peersOf([task.requester]))]
    return fetch(cid, maxBytes, [...(await peersOf(accounts)), ...requester])
  }
  const taskOf = (id: string): Promise<TaskView> =>
    views.task(id).catch((cause: unknown) => {
      throw cause instanceof ViewShapeError ? unnamed(`There is no task ${id}.`, 'id', cause) : cause
    })
  const documentOf = async (task: TaskView): Promise<TaskDocument> =>
    parseDocument(taskSpecSchema, await get(task, task.spec.spec, MAX_DOCUMENT_BYTES, []), 'the task document')

  const seatOf = async (
    task: string,
    { round, submission }: Place,
  ): Promise<{ round: RoundView; seat: TrainerView }> => {
    const view = await views.round(task, round).catch((cause: unknown) => {
      throw cause instanceof ViewShapeError ? unnamed(`Task ${task} has no round ${round + 1}.`, 'round', cause) : cause
    })
    const seat = view.trainers[submission]
    if (seat === undefined) throw unnamed(`Round ${round + 1} of task ${task} has no such submission.`, 'submission')
    return { round: view, seat }
  }

  return {
    async documents(id) {
      const task = await taskOf(id)
      const document = once(() => documentOf(task))
      return {
        addresses: async () => [task.spec.spec, ...sizesOf(await document()).keys()],
        async read(cid) {
          if (cid === task.spec.spec) return get(task, cid, MAX_DOCUMENT_BYTES, [])
          const bytes = sizesOf(await document()).get(cid)
          if (bytes === undefined) throw unnamed(`Task ${id} names no such content.`, 'cid')
          return get(task, cid, bytes, [])
        },
      }
    },
    async submission(id, of) {
      const task = await taskOf(id)
      const { round, seat } = await seatOf(id, of)
      const holders = [seat.account, ...roundAccounts(round)]
      const document = once(() => documentOf(task))
      const manifest = once(async (): Promise<Manifest | null> => {
        if (seat.manifest === null) return null
        const bytes = await get(task, seat.manifest, MAX_DOCUMENT_BYTES, holders)
        return parseDocument(manifestSchema, bytes, `what ${seat.account} published`)
      })
      return {
        manifest,
        async read(cid) {
          if (cid === seat.manifest) return get(task, cid, MAX_DOCUMENT_BYTES, holders)
          const { model, delta } = await document()
          if (cid === seat.delta) return get(task, cid, maxDeltaBytes(model.parameters, delta), holders)
          const published = await manifest()
          if (published === null || !statesOf(published).includes(cid)) {
            throw unnamed(`${seat.account} named no such content in round ${of.round + 1} of task ${id}.`, 'cid')
          }
          return get(task, cid, 4 * Math.max(model.parameters, ADAMW_COUNTERS), holders)
        },
      }
    },
  }
}

/** Fetched and parsed for the first read of many; who asked and failed asks for the whole again. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined
  return () => (answer ??= read())
}

/** Longest acceptable bytes of each document that the task's own names. */
const sizesOf = ({ init, data, heldOut, model }: TaskDocument): Map<string, number> =>
  new Map([
    [init, 4 * model.parameters],
    [data.cid, Math.min(data.bytes, MAX_TEXT_BYTES)],
    [heldOut.sets, MAX_DOCUMENT_BYTES],
  ])

type Stored = Manifest['codec']['start']

/** Addresses of the states that stand in a manifest. */
export function statesOf({ leaves, codec }: Pick<Manifest, 'leaves' | 'codec'>): string[] {
  const step = ({ parameters, m, v, counters }: Omit<Stored, 'residual'>): string[] =>
    [parameters, m, v, counters].map(({ cid }) => cid)
  return [...leaves.flatMap(({ start }) => step(start)), ...step(codec.start), codec.start.residual.cid]
}

const unnamed = (what: string, field: string, cause?: unknown): ContentUnnamedError =>
  new ContentUnnamedError({
    what,
    fix: 'Take the address from the task, or from what was published.',
    data: { field },
    cause,
  })
