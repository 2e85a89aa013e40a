/**
 * Every command that a document shows. Blocks marked `sh tested` are run, here or by the test that ELSEWHERE names; of
 * blocks marked `sh shown` (they need a running market) the command and each flag must exist, as its help says.
 */

import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect } from 'chai'

const REPOSITORY = resolve(import.meta.dirname, '../..')

/** Commands too long to run here, and where they are run. All others run as they stand. */
const ELSEWHERE: readonly { command: RegExp; file?: string; by: string }[] = [
  { command: /^\.\/blyan /, file: 'docs/tutorial.md', by: 'test/e2e/tutorial.test.ts' },
  { command: /^\.\/blyan up\b/, by: 'test/e2e/up.test.ts' },
  { command: /^\.\/blyan test$/, by: '.ci/run' },
]

interface Shown {
  file: string
  line: number
  command: string
}

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'workers/gateway/README.md',
  ...globSync('docs/**/*.md', { cwd: REPOSITORY }),
]
const read = (file: string): string => readFileSync(join(REPOSITORY, file), 'utf8')

/** Lines of the fenced blocks with this mark; `\\` at an end joins two. */
function commandsOf(file: string, mark: 'tested' | 'shown'): Shown[] {
  const text = read(file)
  return [...text.matchAll(new RegExp(`^\`\`\`sh ${mark}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].flatMap((block) => {
    const first = text.slice(0, block.index).split('\n').length + 1
    const lines = block[1]!.replace(/\\\n\s*/g, ' ').split('\n')
    const shown = lines.map((command, i) => ({ file, line: first + i, command: command.trim() }))
    return shown.filter(({ command }) => command !== '' && !command.startsWith('#'))
  })
}

/** Through the launcher, but on the packages that this test itself runs on. */
function shell(command: string): { status: number | null; stdout: string; stderr: string } {
  const PATH = `${dirname(process.execPath)}:${process.env.PATH}`
  const env = { ...process.env, PATH, BLYAN_SKIP_INSTALL: '1', NO_COLOR: '1' }
  return spawnSync('sh', ['-c', command], { cwd: REPOSITORY, encoding: 'utf8', env })
}

describe('documents', () => {
  for (const { file, line, command } of documents.flatMap((file) => commandsOf(file, 'tested'))) {
    const elsewhere = ELSEWHERE.find((entry) => (entry.file ?? file) === file && entry.command.test(command))
    it(`${file}:${line} works as shown: ${command}`, () => {
      if (elsewhere !== undefined) {
        expect(existsSync(join(REPOSITORY, elsewhere.by)), `${elsewhere.by}, which runs it`).to.equal(true)
        return
      }
      const { status, stderr } = shell(command)
      expect(status, stderr).to.equal(0)
    })
  }

  for (const { file, line, command } of documents.flatMap((file) => commandsOf(file, 'shown'))) {
    it(`${file}:${line} names a command and flags that exist: ${command}`, () => {
      const [, ...words] = command.split(/\s+/)
      const end = words.findIndex((word) => !/^[a-z][a-z-]*$/.test(word)) // the first argument or flag
      const verbs = end === -1 ? words : words.slice(0, end)
      const { status, stdout, stderr } = shell(`./blyan ${verbs.join(' ')} --help`)
      expect(status, stderr).to.equal(0)
      for (const flag of words.filter((word) => word.startsWith('--')))
        expect(stdout).to.match(new RegExp(`${flag}\\b`))
    })
  }

  it('show no command outside a tested block without a reason', () => {
    for (const file of ['README.md']) expect(read(file)).not.to.match(/^```(sh|bash|console)$/m)
  })

  it('link only to files that exist', () => {
    for (const file of documents) {
      for (const [, target] of read(file).matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)) {
        expect(existsSync(resolve(REPOSITORY, dirname(file), target!)), `${file} → ${target}`).to.equal(true)
      }
    }
  })
})
