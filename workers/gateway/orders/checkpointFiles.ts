/** Checkpoints on disk: parameters by their hash, and what is known of each. A file is whole or not there. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { modelCid } from '../../../chain/client/content/index.ts'
import { hashHex, taskId } from '../../../chain/client/gateway/index.ts'

const configSchema = z.object({
  layers: z.number(),
  width: z.number(),
  heads: z.number(),
  context: z.number(),
  vocab: z.number(),
  parameters: z.number(),
})
const infoSchema = z.object({
  task: taskId,
  /** The round that starts from it; the number of settled rounds for the last one. */
  round: z.number().int(),
  hash: hashHex,
  /** Whether an operator named this hash on the chain; what follows the last round nobody names. */
  named: z.boolean(),
  config: configSchema,
  onnxSha256: hashHex,
})

export type CheckpointInfo = z.infer<typeof infoSchema> & { readonly cid: string }

export interface CheckpointFiles {
  list(): CheckpointInfo[]
  byCid(cid: string): CheckpointInfo | null
  at(task: string, round: number): CheckpointInfo | null
  read(info: CheckpointInfo): Promise<Uint8Array>
  /** @param parameters little-endian float32 */
  write(info: Omit<CheckpointInfo, 'cid'>, parameters: Uint8Array): Promise<CheckpointInfo>
}

/** @param dir made when missing; a file that does not fit is as good as absent */
export function openCheckpointFiles(dir: string): CheckpointFiles {
  mkdirSync(dir, { recursive: true })
  const known = new Map<string, CheckpointInfo>()
  const place = (task: string, round: number): string => `${task}-${round}`
  const parametersPath = (hash: string): string => join(dir, `${hash}.f32`)
  for (const name of readdirSync(dir)) {
    if (!/^\d+-\d+\.json$/.test(name)) continue
    const parsed = infoSchema.safeParse(JSON.parse(readFileSync(join(dir, name), 'utf8')))
    if (!parsed.success || !existsSync(parametersPath(parsed.data.hash))) continue
    known.set(place(parsed.data.task, parsed.data.round), { ...parsed.data, cid: modelCid(parsed.data.hash) })
  }
  const put = async (path: string, content: Uint8Array | string): Promise<void> => {
    await writeFile(`${path}.tmp`, content)
    await rename(`${path}.tmp`, path)
  }
  return {
    list: () => [...known.values()],
    byCid: (cid) => [...known.values()].find((info) => info.cid === cid) ?? null,
    at: (task, round) => known.get(place(task, round)) ?? null,
    async read({ hash }) {
      const bytes = new Uint8Array(await readFile(parametersPath(hash)))
      // Disks lie too, and a checkpoint is known by its hash.
      if (createHash('sha256').update(bytes).digest('hex') === hash) return bytes
      throw new TypeError(`the file of checkpoint ${hash} does not hash to its name`)
    },
    async write(info, parameters) {
      await put(parametersPath(info.hash), parameters)
      await put(join(dir, `${place(info.task, info.round)}.json`), JSON.stringify(info))
      const whole = { ...info, cid: modelCid(info.hash) }
      known.set(place(info.task, info.round), whole)
      return whole
    },
  }
}
