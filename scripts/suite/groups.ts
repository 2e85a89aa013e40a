/** Which test files a pattern means, and which run together in one process. */
import { globSync } from 'node:fs'
import { resolve } from 'node:path'
import mocharc from '../../.mocharc.json' with { type: 'json' }

export const REPOSITORY = resolve(import.meta.dirname, '../..')

/** Tests that run in one process, so that neither memory nor globals leak further than a folder. */
export interface Group {
  /** e.g. `unit/vm`, `e2e`. */
  name: string
  files: string[]
  /** Pure and light enough to run beside another group. */
  parallel: boolean
}

export interface Selection {
  groups: Group[]
  /** Text that the titles must contain: set when the pattern names no file. */
  grep: string | null
}

/** All test files of the checkout, as paths from its root. */
export function testFiles(): string[] {
  return globSync(mocharc.spec, { cwd: REPOSITORY, exclude: mocharc.ignore })
    .map((file) => file.replaceAll('\\', '/'))
    .sort()
}

/** @param pattern part of a path (`attacks`, `unit/vm`, `launcher.test.ts`), else part of a test's title; undefined is all */
export function select(files: readonly string[], pattern: string | undefined): Selection {
  const matching = pattern === undefined ? files : files.filter((file) => file.includes(pattern.replace(/^\.\//, '')))
  return matching.length > 0 || pattern === undefined
    ? { groups: groupByFolder(matching), grep: null }
    : { groups: groupByFolder(files), grep: pattern }
}

/** Unit tests by the part they mirror, all others by their kind; unit tests first, because they fail fastest. */
function groupByFolder(files: readonly string[]): Group[] {
  const groups = new Map<string, Group>()
  for (const file of files) {
    const [, kind = '', ...rest] = file.split('/')
    const name = kind === 'unit' && rest.length > 1 ? `unit/${rest[0]}` : rest.length === 0 ? 'test' : kind
    const group = groups.get(name) ?? { name, files: [], parallel: kind === 'unit' || kind === 'contracts' }
    group.files.push(file)
    groups.set(name, group)
  }
  return [...groups.values()].sort((a, b) => Number(b.parallel) - Number(a.parallel) || a.name.localeCompare(b.name))
}
