/** `node scripts/data/manifest.ts`: writes workers/data/manifest.gen.json from the installed packages. */
import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { type DataFile, LICENCES } from '../../workers/data/index.ts'
import { MAX_PACKAGE_BYTES, SELECTION, type Selection } from './selection.ts'

/** A longer line of code is a bundle or an embedded binary, and no text to learn from. */
const MAX_LINE_BYTES = 8_000
const packageSchema = z.object({ version: z.string(), license: z.enum(LICENCES) })

/** The manifest as JSON, one file a line. @param root folder that holds `node_modules` */
export function makeManifest(root: string): string {
  const seen = new Set<string>()
  const files = SELECTION.flatMap((selection) => filesOf(root, selection, seen))
  const lines = files.map((file) => `    ${JSON.stringify(file)}`).join(',\n')
  return `{ "generator": "scripts/data/manifest.ts",\n  "schema": "blyan.data/1",\n  "files": [\n${lines}\n  ]\n}\n`
}

/** @param seen hashes of files already taken: no text comes in twice */
function filesOf(root: string, { package: name, split, include, exclude }: Selection, seen: Set<string>): DataFile[] {
  const folder = join(root, 'node_modules', name)
  const { version, license } = packageSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')))
  const paths = pathsBelow(folder).filter((path) => !exclude?.test(path))
  const wanted = include.flatMap((pattern) => paths.filter((path) => pattern.test(path)))
  const files: DataFile[] = []
  let total = 0
  for (const path of new Set(wanted)) {
    const text = readFileSync(join(folder, path))
    const sha256 = createHash('sha256').update(text).digest('hex')
    const kind = /\.mdx?$/.test(path) ? 'prose' : 'code'
    if (!isUtf8(text) || text.length === 0 || (kind === 'code' && hasLongLine(text))) continue
    if (seen.has(sha256) || total + text.length > MAX_PACKAGE_BYTES) continue
    seen.add(sha256)
    total += text.length
    files.push({ package: name, version, licence: license, path, kind, split, bytes: text.length, sha256 })
  }
  return files
}

/** Paths of a package with forward slashes, in code unit order: the same on every system. */
function pathsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !/(^|\/)node_modules\//.test(path) && /\.(mdx?|js|ts)$/.test(path))
    .sort((a, b) => (a < b ? -1 : 1))
}

function hasLongLine(text: Uint8Array): boolean {
  for (let start = 0; start < text.length; ) {
    const lineEnd = text.indexOf(10, start)
    const end = lineEnd < 0 ? text.length : lineEnd
    if (end - start > MAX_LINE_BYTES) return true
    start = end + 1
  }
  return false
}

if (import.meta.main) {
  const root = dirname(dirname(import.meta.dirname))
  const path = join(root, 'workers', 'data', 'manifest.gen.json')
  const text = makeManifest(root)
  writeFileSync(path, text)
  const files: DataFile[] = JSON.parse(text).files
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  process.stdout.write(`${path}: ${files.length} files, ${bytes} bytes\n`)
}
