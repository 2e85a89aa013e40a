/**
 * The newest parameters of trained tasks: found on the chain, recomputed from what it names, kept in this node's own
 * storage, so that a server answers again after a restart though no trainer serves the deltas any more.
 */
import { z } from 'zod'
import { BlyanError } from '../../../chain/lib/errors.ts'
import { type GptConfig, hashBytes } from '../../engine/index.ts'
import { componentBytes, parseComponent } from '../../proof/index.ts'
import { cidOf, RAW } from '../../storage/cid.ts'
import type { ContentStore } from '../../storage/types.ts'
import type { Compute } from '../compute/types.ts'
import type { Journal } from '../journal.ts'
import type { Log } from '../operator.ts'
import type { TaskContext } from '../taskContext.ts'
import type { TaskView } from '../views.ts'
import type { Checkpoint } from './answer.ts'

/** Checkpoints held at the same time, one a task: 80 MB each at the largest model that a task may name. */
export const KEPT = 2
/** How long a checkpoint that was replaced can still be asked for: askers' lists are seconds old, answers a minute long. */
export const RETIRED_MS = 90_000
const RETRY_MS = 1_000
const MAX_RETRY_MS = 60_000

const keptSchema = z.object({
  cid: z.string(),
  file: z.string(),
  sha256: z.string(),
  task: z.string(),
  round: z.number(),
  config: z.object({
    vocab: z.number(),
    layers: z.number(),
    width: z.number(),
    heads: z.number(),
    context: z.number(),
  }),
  size: z.number(),
  since: z.number(),
})

export interface CheckpointsOptions {
  /** The youngest tasks, newest first. */
  readonly tasks: () => Promise<readonly TaskView[]>
  readonly open: (task: TaskView) => Promise<TaskContext>
  readonly store: ContentStore
  readonly journal: Journal
  readonly compute: Pick<Compute, 'hold' | 'drop'>
  readonly now: () => number
  readonly log: Log
  readonly signal: AbortSignal
  readonly kept?: number
}

export interface HeldCheckpoints {
  /** Newest task first. */
  list(): readonly Checkpoint[]
  /** Replaced lately: no longer listed, still answered from. */
  retired(): readonly Checkpoint[]
  /** Lets go of what was replaced long enough ago. */
  sweep(): Promise<void>
  /** Takes up what an earlier process kept; asks nobody. */
  restore(): Promise<void>
  /** Looks at the chain and takes what is new. What cannot be fetched is logged and tried again later. @throws chain errors */
  refresh(): Promise<void>
}

export function holdCheckpoints(options: CheckpointsOptions): HeldCheckpoints {
  const { store, journal, compute, now, log, signal, kept = KEPT } = options
  const held = new Map<string, Checkpoint>()
  const contexts = new Map<string, TaskContext>()
  const retry = new Map<string, { failures: number; at: number }>()

  const list = (): Checkpoint[] => [...held.values()].sort((a, b) => Number(b.task) - Number(a.task))

  let gone: { checkpoint: Checkpoint; at: number }[] = []
  const retire = (checkpoint: Checkpoint): void => void gone.push({ checkpoint, at: now() })
  const isHeld = ({ cid }: Checkpoint): boolean => [...held.values()].some((each) => each.cid === cid)

  const take = async (task: TaskView): Promise<void> => {
    const round = task.rounds_settled
    const context = contexts.get(task.id) ?? (await options.open(task))
    contexts.set(task.id, context)
    const { parameters, hash } = await context.base(round)
    const { vocab, layers, width, heads, context: length } = context.document.model
    const config: GptConfig = { vocab, layers, width, heads, context: length }
    const file = await store.add(componentBytes(parameters), { signal })
    journal.put(STORED + file, task.id)
    const cid = String(cidOf(componentBytes(parameters), RAW))
    const fresh: Checkpoint = {
      cid,
      file,
      sha256: hash,
      task: task.id,
      round,
      config,
      size: parameters.length,
      since: now(),
    }
    await compute.hold(cid, config, parameters)
    const before = held.get(task.id)
    journal.put(keyOf(task.id), fresh)
    held.set(task.id, fresh)
    if (before && before.cid !== cid) retire(before)
    for (const old of list().slice(kept)) {
      held.delete(old.task)
      contexts.delete(old.task)
      journal.remove(keyOf(old.task))
      retire(old)
    }
    if (isEnded(task)) contexts.delete(task.id)
    log('serves', { task: task.id, round, model: cid })
  }

  return {
    list,
    retired: () => gone.map(({ checkpoint }) => checkpoint),
    sweep: async () => {
      const due = gone.filter(({ at }) => now() - at >= RETIRED_MS)
      if (due.length === 0) return
      gone = gone.filter((each) => !due.includes(each))
      for (const { checkpoint } of due) {
        // Two tasks may have come to the same parameters.
        if (isHeld(checkpoint)) continue
        await compute.drop(checkpoint.cid)
        await store.unpin(checkpoint.file)
        journal.remove(STORED + checkpoint.file)
      }
    },
    restore: async () => {
      for (const key of journal.keys(PREFIX)) {
        try {
          const checkpoint = keptSchema.parse(journal.get(key))
          const { cid, file, sha256, size } = checkpoint
          const bytes = await store.cat(file, { maxBytes: 4 * size, signal })
          if (hashBytes(bytes) !== sha256) throw new Error('the kept bytes have another hash')
          await compute.hold(cid, checkpoint.config, parseComponent(bytes, size, 'parameters'))
          held.set(checkpoint.task, checkpoint)
          log('serves', { task: checkpoint.task, round: checkpoint.round, model: cid })
        } catch (error) {
          journal.remove(key)
          log('cannot take up a model again', { key, ...describe(error) })
        }
      }
      // What an earlier process had replaced but not yet let go of.
      const files = new Set([...held.values()].map(({ file }) => file))
      for (const key of journal.keys(STORED)) {
        if (files.has(key.slice(STORED.length))) continue
        await store.unpin(key.slice(STORED.length))
        journal.remove(key)
      }
    },
    refresh: async () => {
      const trained = (await options.tasks()).filter((task) => task.rounds_settled > 0).slice(0, kept)
      for (const task of trained) {
        if ((held.get(task.id)?.round ?? -1) >= task.rounds_settled) continue
        const pause = retry.get(task.id)
        if (pause && now() < pause.at) continue
        try {
          await take(task)
          retry.delete(task.id)
        } catch (error) {
          if (signal.aborted) return
          contexts.delete(task.id)
          const failures = (pause?.failures ?? 0) + 1
          retry.set(task.id, { failures, at: now() + Math.min(RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS) })
          log('cannot serve a task yet', { task: task.id, round: task.rounds_settled, ...describe(error) })
        }
      }
    },
  }
}

const PREFIX = 'serve/'
/** Files that this role pinned. */
const STORED = 'served/'
const keyOf = (task: string): string => `${PREFIX}${task}/`

const isEnded = ({ state }: TaskView): boolean => state === 'Completed' || state === 'Failed' || state === 'Cancelled'

function describe(error: unknown): Record<string, unknown> {
  if (error instanceof BlyanError) return { code: error.code, what: error.what }
  return { what: error instanceof Error ? error.message : String(error) }
}
