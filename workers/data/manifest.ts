/** The committed list of files that make up the default data. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'

export const LICENCES = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'Apache-2.0 OR MIT'] as const

const fileSchema = z.strictObject({
  package: z.string(),
  version: z.string(),
  licence: z.enum(LICENCES),
  /** Path inside the package. */
  path: z.string().regex(/^[\w@.-]+(\/[\w@.-]+)*$/),
  kind: z.enum(['prose', 'code']),
  /** What the file is for; a package is wholly for one. */
  split: z.enum(['train', 'reserve']),
  bytes: z.number().int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})
export type DataFile = z.infer<typeof fileSchema>

export const manifestSchema = z.strictObject({
  generator: z.string(),
  schema: z.literal('blyan.data/1'),
  files: z.array(fileSchema).min(1),
})
export type Manifest = z.infer<typeof manifestSchema>

/** The manifest beside this file. */
export function readManifest(): Manifest {
  return manifestSchema.parse(JSON.parse(readFileSync(new URL('./manifest.gen.json', import.meta.url), 'utf8')))
}
