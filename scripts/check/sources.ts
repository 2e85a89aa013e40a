/** The checkout's own source files, for the checks that read them as text. */
import { globSync, readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'

export const REPOSITORY = resolve(import.meta.dirname, '../..')

/** Folders that hold source, in the order of the design. */
const TOPS = ['contracts', 'chain', 'workers', 'oracle', 'frontend', 'scripts', 'test']
const SKIPPED = new Set(['node_modules', 'build', 'dist', 'coverage', 'fixtures'])

export interface Source {
  /** From the root, with `/`. */
  path: string
  text: string
}

/** All .ts and .tsx files below the given folders (default: all), and the root's own. */
export function readSources(under: readonly string[] = [...TOPS, '*']): Source[] {
  const patterns = under.map((folder) => (folder === '*' ? '*.ts' : `${folder}/**/*.{ts,tsx}`))
  const exclude = (path: string) => SKIPPED.has(basename(path)) || basename(path).startsWith('.')
  const paths = globSync(patterns, { cwd: REPOSITORY, exclude }).map((path) => path.replaceAll('\\', '/'))
  return paths.sort().map((path) => ({ path, text: readFileSync(resolve(REPOSITORY, path), 'utf8') }))
}

/** The text with comments blanked, line for line, so that what they say is not taken for code. */
export function withoutComments(text: string): string {
  const token = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g
  return text.replace(token, (match) => (match.startsWith('/') ? match.replace(/[^\n]/g, ' ') : match))
}

/** Line of an offset, from 1. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}
