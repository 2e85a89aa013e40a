/** blyan test counts what mocha saw, and a dead process is a failure. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect } from 'chai'
import { REPOSITORY, select } from '../../../../scripts/suite/groups.ts'
import { runGroups } from '../../../../scripts/suite/runGroups.ts'

describe('the choice of tests', () => {
  const files = [
    'test/unit/vm/a.test.ts',
    'test/unit/vm/b.test.ts',
    'test/unit/words.test.ts',
    'test/e2e/c.test.ts',
    'test/contracts/bly/d.test.ts',
  ]

  it('groups unit tests by part and the rest by kind, light ones first', () => {
    const { groups, grep } = select(files, undefined)
    expect(grep).to.equal(null)
    expect(groups.map(({ name, files, parallel }) => [name, files.length, parallel])).to.deep.equal([
      ['contracts', 1, true],
      ['unit', 1, true],
      ['unit/vm', 2, true],
      ['e2e', 1, false],
    ])
  })

  it('takes a pattern for a path, and for a title where no path has it', () => {
    expect(select(files, 'unit/vm').groups.flatMap((group) => group.files)).to.deep.equal(files.slice(0, 2))
    expect(select(files, 'pays nothing'))
      .to.deep.include({ grep: 'pays nothing' })
      .and.have.property('groups')
      .with.length(4)
  })
})

describe('running the tests', () => {
  let folder = ''
  beforeEach(() => (folder = mkdtempSync(join(REPOSITORY, '.blyan-suite-')))) // inside, so that node_modules is found
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const group = (name: string, text: string) => {
    const file = join(folder, `${name}.test.ts`)
    writeFileSync(file, text)
    return { name, files: [relative(REPOSITORY, file)], parallel: true }
  }
  const run = async (groups: ReturnType<typeof group>[], jobs = 1, grep: string | null = null) => {
    let text = ''
    const outcomes = await runGroups(groups, { grep, jobs, colour: false, write: (part) => (text += part) })
    return { outcomes, text }
  }

  it('counts passes, failures and skips, and shows why one failed', async () => {
    const { outcomes, text } = await run([
      group(
        'mixed',
        "describe('a', () => { it('b'); it('c', () => {}); it('d', () => { throw new Error('because') }) })",
      ),
    ])
    expect(outcomes).to.deep.equal([{ passed: 1, failures: ['a d'], skips: ['a b'] }])
    expect(text).to.contain('Error: because')
  })

  it('counts a file that does not load and a process that dies as failures', async () => {
    const { outcomes } = await run(
      [
        group('unloadable', "import './missing.ts'"),
        group('dead', "it('x', () => process.kill(process.pid, 'SIGKILL'))"),
        group('fine', "it('y', () => {})"),
      ],
      2,
    )
    expect(outcomes.map(({ failures }) => failures)).to.deep.equal([
      ['unloadable: the test process ended without a report (exit 1)'],
      ['dead: the test process ended without a report (SIGKILL)'],
      [],
    ])
  })

  it('does not wait for handles that a test left open', async () => {
    const { outcomes } = await run([group('open', "it('z', () => { setInterval(() => {}, 1e6) })")])
    expect(outcomes[0]!.passed).to.equal(1)
  })

  it('runs only titles with the given words', async () => {
    const { outcomes } = await run(
      [group('two', "it('one thing', () => {}); it('two things', () => {})")],
      1,
      'two things',
    )
    expect(outcomes[0]!.passed).to.equal(1)
  })
})
