/** Text that every installation has: documentation and sources of packages which npm put there. Nothing is downloaded. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TrainingText } from '../../chain/client/heldOut/index.ts'
import { DataFileError } from './errors.ts'
import { type DataFile, type Manifest, readManifest } from './manifest.ts'

export interface DefaultData extends TrainingText {
  readonly files: readonly DataFile[]
}

/**
 * Reads the files of the manifest, each checked, in the manifest's order, parted by a line end.
 * @param root folder that holds `node_modules`
 * @throws DataFileError when a file is missing or is not what the manifest says
 */
export function loadDefaultData({
  root,
  manifest = readManifest(),
}: {
  root: string
  manifest?: Manifest
}): DefaultData {
  const { files } = manifest
  const texts = { train: [] as Uint8Array[], reserve: [] as Uint8Array[] }
  for (const file of files) texts[file.split].push(readChecked(root, file), LINE_END)
  return { train: Buffer.concat(texts.train), reserve: Buffer.concat(texts.reserve), files }
}

const LINE_END = Uint8Array.of(10)

function readChecked(root: string, file: DataFile): Uint8Array {
  const path = join(root, 'node_modules', file.package, file.path)
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (cause) {
    throw broken(path, file, 'cannot be read', cause)
  }
  if (createHash('sha256').update(bytes).digest('hex') === file.sha256) return bytes
  throw broken(path, file, 'is not the file of the manifest')
}

function broken(path: string, file: DataFile, why: string, cause?: unknown): DataFileError {
  return new DataFileError({
    what: `${path}, which is part of the default data, ${why}; ${file.package} ${file.version} is needed.`,
    fix: 'Install again with `npm ci`, or give your own text with --data FILE.',
    data: { path, package: file.package, version: file.version },
    cause,
  })
}
