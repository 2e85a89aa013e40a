/**
 * Keeps what a doubter needs after a task has ended: its trainers drop what they published once their pay is free. Of each
 * submission of each settled round one sample and the last state, with the task's documents, within the files' bound.
 */
import type { MarketViews } from '../../node/views.ts'
import { keptLeaf, type Manifest } from '../../proof/index.ts'
import type { ContentFiles } from './contentFiles.ts'
import { type Place, statesOf, type TaskContent } from './taskContent.ts'

export interface KeptSamplesOptions {
  readonly views: Pick<MarketViews, 'round'>
  readonly content: TaskContent
  readonly files: ContentFiles
}

/** @returns what keeps the first so many rounds of a task; throws when a part could not be had, and goes on there when asked again */
export function keepSamples({
  views,
  content,
  files,
}: KeptSamplesOptions): (task: string, rounds: number) => Promise<void> {
  const kept = new Map<string, number>()
  const keep = async (cids: readonly string[], read: (cid: string) => Promise<Uint8Array>): Promise<void> => {
    for (const cid of cids) if (!files.has(cid)) await files.write(cid, await read(cid))
  }
  return async (task, rounds) => {
    const done = kept.get(task) ?? 0
    if (done >= rounds) return
    let failed: unknown = null
    // A trainer who serves nothing must not keep the others' work from being kept.
    const attempt = (work: Promise<void>): Promise<void> =>
      work.catch((error: unknown) => {
        failed ??= error
      })
    const keepDocuments = async (): Promise<void> => {
      const documents = await content.documents(task)
      await keep(await documents.addresses(), documents.read)
    }
    await attempt(keepDocuments())
    for (let round = done; round < rounds; round++) {
      const { trainers } = await views.round(task, round)
      for (const { index: submission, delta, manifest } of trainers) {
        if (manifest === null || delta === null) continue
        const of = { round, submission }
        const keepWork = async (): Promise<void> => {
          const work = await content.submission(task, of)
          const published = await work.manifest()
          await keep([manifest, delta, ...(published === null ? [] : statesOf(oneSample(published, of)))], work.read)
        }
        await attempt(keepWork())
      }
    }
    if (failed !== null) throw failed
    kept.set(task, rounds)
  }
}

function oneSample({ leaves, codec }: Manifest, of: Place): Pick<Manifest, 'leaves' | 'codec'> {
  const kept = keptLeaf(
    leaves.map(({ leaf }) => leaf).sort((a, b) => a - b),
    of,
  )
  return { leaves: leaves.filter(({ leaf }) => leaf === kept), codec }
}
