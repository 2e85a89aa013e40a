/** The command line as a process: what goes to which stream, and the exit codes. */

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect } from 'chai'
import { confirm } from '../../../../scripts/cli/ask.ts'
import { DeclinedError, exitCodeOf, NeedsAnswerError } from '../../../../scripts/cli/errors.ts'
import { toBlyanError } from '../../../../scripts/cli/systemErrors.ts'
import { findVerb, VERBS } from '../../../../scripts/cli/verbs.ts'

const CLI = join(import.meta.dirname, '../../../../scripts/cli')
const blyan = (...argv: string[]) =>
  spawnSync(process.execPath, [join(CLI, 'main.ts'), ...argv], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })

describe('the command line', () => {
  it('lists every command with one sentence', () => {
    const { status, stdout } = blyan('--help')
    expect(status).to.equal(0)
    for (const { words, sentence } of VERBS) expect(stdout).to.contain(words).and.contain(sentence)
  })

  it('has a file for each command', () => {
    expect(VERBS.filter(({ file }) => !existsSync(join(CLI, file))).map(({ words }) => words)).to.deep.equal([])
  })

  it('finds the longest command and leaves it its arguments', () => {
    expect(findVerb(['chain', 'call-wasm', 'x']))
      .to.deep.include({ rest: ['x'] })
      .and.have.nested.property('verb.words', 'chain call-wasm')
    expect(findVerb(['chain', '--port', '1'])).to.deep.include({ rest: ['--port', '1'] })
    expect(findVerb(['call-wasm'])).to.equal(null)
  })

  it('answers an unknown command on standard error with exit 2', () => {
    const { status, stdout, stderr } = blyan('trian')
    expect({ status, stdout }).to.deep.equal({ status: 2, stdout: '' })
    expect(stderr).to.match(
      /^error CLI_USAGE +nothing was sent, nothing changed\n {2}what {2}There is no command "trian"\.\n {2}fix {3}\S/,
    )
    expect(stderr).not.to.contain('    at ')
  })

  it('with --json prints the error as one JSON document and nothing else', () => {
    const { status, stdout, stderr } = blyan('bench', 'none', '--json', 'x.json')
    expect({ status, stderr }).to.deep.equal({ status: 2, stderr: '' })
    expect(JSON.parse(stdout).error)
      .to.include({ code: 'CLI_USAGE', fault: 'user', id: null })
      .and.have.nested.property('data.field', 'NAME')
  })

  it('shows the raw error text with -v alone', () => {
    expect(blyan('bench', '--seed', 'x', '-v').stderr).to.contain('    at ')
  })
})

describe('errors of the operating system', () => {
  const system = (code: string, rest: object = {}) => Object.assign(new Error(code), { code, syscall: 'x', ...rest })

  it('come with a code, a cause and a way out', () => {
    const cases: [unknown, string, RegExp][] = [
      [system('EADDRINUSE', { address: '127.0.0.1', port: 3030 }), 'SYSTEM_PORT_IN_USE', /Port 3030/],
      [system('ENOSPC', { path: '/d/x' }), 'SYSTEM_DISK_FULL', /\/d\/x/],
      [system('EACCES', { path: '/d/x' }), 'SYSTEM_PERMISSION', /\/d\/x/],
      [system('ENOENT', { path: '/d/x' }), 'SYSTEM_FILE_MISSING', /\/d\/x/],
      [
        new TypeError('fetch failed', { cause: system('ECONNREFUSED', { address: '127.0.0.1', port: 1 }) }),
        'SYSTEM_UNREACHABLE',
        /127\.0\.0\.1:1/,
      ],
      [new TypeError('x is not a function'), 'CLI_UNEXPECTED', /TypeError: x is not a function/],
      ['thrown text', 'CLI_UNEXPECTED', /thrown text/],
    ]
    for (const [thrown, code, what] of cases) {
      const error = toBlyanError(thrown)
      expect(error).to.include({ code, cause: thrown })
      expect(error.what).to.match(what)
      expect(error.fix).not.to.equal('')
    }
  })
})

describe('the question before a signature', () => {
  const ask = async (answers: string | null, yes = false) => {
    const input = Object.assign(new PassThrough(), { isTTY: answers !== null })
    if (answers !== null) input.end(answers)
    const output = new PassThrough()
    await confirm('Sign?', { yes, explain: 'because', input, output })
    return output
  }
  const refusal = (answers: string | null) =>
    ask(answers).then(
      () => null,
      (error) => error,
    )

  it('takes y alone for a yes, and --yes without asking', async () => {
    await ask('y\n')
    await ask(null, true)
    expect(exitCodeOf(await refusal('\n'))).to.equal(130)
    expect(await refusal('yep\n')).to.be.instanceOf(DeclinedError)
  })

  it('exits 2 where nobody can be asked', async () => {
    const error = await refusal(null)
    expect(error).to.be.instanceOf(NeedsAnswerError)
    expect(exitCodeOf(error)).to.equal(2)
  })
})
