/** Merges a task's rounds one after another, each held against what its accepted workers named, and keeps each on disk. */
import { createHash } from 'node:crypto'
import { mergeDeltas } from '../../aggregate/index.ts'
import { exportInference, gpt } from '../../engine/index.ts'
import { roundAccounts, type TaskContext } from '../../node/taskContext.ts'
import type { MarketViews, TaskView } from '../../node/views.ts'
import { componentBytes, parseComponent } from '../../proof/index.ts'
import type { CheckpointFiles } from './checkpointFiles.ts'
import { CheckpointMismatchError } from './errors.ts'

export interface MergeTools {
  readonly files: CheckpointFiles
  readonly open: (task: TaskView) => Promise<TaskContext>
  readonly views: Pick<MarketViews, 'task' | 'round'>
}

/**
 * Goes on from the last round that is held: earlier updates may be served by nobody any more.
 * @throws CheckpointMismatchError, storage and document errors; what was merged before stays
 */
export async function mergeRounds({ files, open, views }: MergeTools, task: string, upTo: number): Promise<void> {
  const view = await views.task(task)
  const context = await open(view)
  const { layers, width, heads, context: length, vocab, parameters: count } = context.document.model
  const config = { layers, width, heads, context: length, vocab, parameters: count }
  let before: Float32Array | null = null
  for (let round = 0; round <= upTo; round++) {
    const held = files.at(task, round)
    if (held !== null) {
      // Only the last held one is read.
      before = files.at(task, round + 1) ? null : parseComponent(await files.read(held), count, 'parameters')
      continue
    }
    const parameters: Float32Array =
      round === 0 ? (await context.base(0)).parameters : await mergeRound(context, views, round - 1, before!)
    const bytes = componentBytes(parameters)
    const hash = createHash('sha256').update(bytes).digest('hex')
    const judged = round < view.rounds_settled ? await acceptedBases(views, task, round) : []
    if (judged.length > 0 && !judged.includes(hash)) {
      throw new CheckpointMismatchError({
        what: `Round ${round + 1} of task ${task} starts from ${judged[0]}, as its accepted workers said; merging gives ${hash}.`,
        fix: 'Do not use this model; the updates that this gateway fetched are not those that were merged.',
        data: { task, round, expected: judged[0], got: hash },
      })
    }
    const onnx = exportInference(gpt(config), parameters)
    const onnxSha256 = createHash('sha256').update(onnx).digest('hex')
    await files.write({ task, round, hash, named: judged.length > 0, config, onnxSha256 }, bytes)
    before = parameters
  }
}

/** The base after a settled round: its merged updates on the base before. */
async function mergeRound(
  { task, document, decode, fetch, maxDeltaBytes }: TaskContext,
  views: MergeTools['views'],
  round: number,
  base: Float32Array,
): Promise<Float32Array> {
  const settled = await views.round(task, round)
  const deltas: Float32Array[] = []
  for (const index of settled.merge_set ?? []) {
    const { account, delta } = settled.trainers[index]!
    deltas.push(decode(await fetch(delta!, maxDeltaBytes, [account, ...roundAccounts(settled)])))
  }
  return mergeDeltas({ base, deltas, ...document.merge }).base
}

/** What accepted trainers said that a round starts from. Before anybody has judged it, a base is its trainer's word alone. */
async function acceptedBases(views: MergeTools['views'], task: string, round: number): Promise<string[]> {
  const { trainers } = await views.round(task, round)
  return trainers.flatMap(({ base, outcome }) => (outcome === 'accepted' && base !== null ? [base] : []))
}
