/** Test loss of tasks, measured once for each settled round and kept on disk. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { openHeldOut } from '../../../chain/client/heldOut/index.ts'
import type { TaskContext } from '../../node/taskContext.ts'
import type { MarketViews, TaskView } from '../../node/views.ts'
import { parseComponent } from '../../proof/index.ts'
import type { CheckpointFiles } from './checkpointFiles.ts'
import type { Measure } from './measure.ts'

const entrySchema = z.object({
  settled: z.number().int(),
  loss: z.object({
    points: z.array(z.object({ round: z.number().int(), bitsPerByte: z.number() })),
    unigram: z.number().nullable(),
    bigram: z.number().nullable(),
    trigram: z.number().nullable(),
  }),
})
type Entry = z.infer<typeof entrySchema>

export interface LossBook {
  get(task: string): Entry | null
  /** Measures every base on the text that its round opened, and the last model on the last text. */
  measure(
    context: TaskContext,
    task: TaskView,
    tools: { files: CheckpointFiles; views: MarketViews; measure: Measure; signal: AbortSignal },
  ): Promise<void>
}

/** AES-GCM's tag and nothing else is longer than the text. */
const SEAL_BYTES = 64

export function openLossBook(dir: string): LossBook {
  const entries = new Map<string, Entry>()
  for (const name of existsSync(dir) ? readdirSync(dir) : []) {
    const task = /^loss-(\d+)\.json$/.exec(name)?.[1]
    if (!task) continue
    const parsed = entrySchema.safeParse(JSON.parse(readFileSync(join(dir, name), 'utf8')))
    if (parsed.success) entries.set(task, parsed.data)
  }
  return {
    get: (task) => entries.get(task) ?? null,
    async measure(context, task, { files, views, measure, signal }) {
      const texts = await openedTexts(context, task, views)
      if (texts.length === 0) return
      const places = texts.map(({ round, text }) => ({ round, text }))
      places.push({ round: task.rounds_settled, text: texts.at(-1)!.text })
      const count = context.document.model.parameters
      const points = []
      for (const { round, text } of places) {
        const bytes = await files.read(files.at(task.id, round)!)
        points.push({ parameters: parseComponent(bytes, count, 'parameters'), text })
      }
      const heldOut = new Uint8Array(Buffer.concat(texts.map(({ text }) => text)))
      const job = { config: context.document.model, points, training: context.data, heldOut }
      const { bitsPerByte, unigram, bigram, trigram } = await measure(job, signal)
      const entry: Entry = {
        settled: task.rounds_settled,
        loss: {
          points: places.map(({ round }, i) => ({ round, bitsPerByte: bitsPerByte[i]! })),
          unigram,
          bigram,
          trigram,
        },
      }
      const path = join(dir, `loss-${task.id}.json`)
      await writeFile(`${path}.tmp`, JSON.stringify(entry))
      await rename(`${path}.tmp`, path)
      entries.set(task.id, entry)
    },
  }
}

/** Test texts of settled rounds whose key was opened. */
async function openedTexts(
  context: TaskContext,
  task: TaskView,
  views: MarketViews,
): Promise<{ round: number; text: Uint8Array }[]> {
  const texts: { round: number; text: Uint8Array }[] = []
  for (let round = 0; round < task.rounds_settled; round++) {
    const { key } = await views.round(task.id, round)
    const set = context.heldOut.sets[round]
    if (key === null || !set) continue
    const ciphertext = await context.fetch(set.ciphertext, set.bytes + SEAL_BYTES)
    texts.push({ round, text: await openHeldOut({ ciphertext, key, root: set.root }) })
  }
  return texts
}
