/**
 * docs/tutorial.md, typed as it stands into terminals: every command of its `sh tested` blocks, in order. Only the folder and
 * the ports differ, so that the test can run beside a person who follows the tutorial.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'

const REPOSITORY = resolve(import.meta.dirname, '../..')
const MAIN = join(REPOSITORY, 'scripts/cli/main.ts')
const TEXT = readFileSync(join(REPOSITORY, 'docs/tutorial.md'), 'utf8')

const COMMANDS = [...TEXT.matchAll(/^```sh tested\n([\s\S]*?)^```$/gm)].flatMap(([, block]) =>
  block!
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.startsWith('./blyan ')),
)

/** Commands that go on until Ctrl-C, and what they say once the next one may be typed. */
const STAYS = [
  { form: /^\.\/blyan chain --/, saying: /Ctrl-C stops it/ },
  { form: /^\.\/blyan task create .*--stay/, saying: /^ended .*Completed/m },
]

interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))))
  return ports
}

describe('the tutorial', function () {
  this.timeout(300_000)
  const dir = mkdtempSync(join(tmpdir(), 'blyan-tutorial-'))
  const terminals: ChildProcess[] = []
  /** What was typed and said so far: shown when the tutorial stops leading anywhere. */
  const transcript: string[] = []
  let replaced: (command: string) => string[]

  before(async () => {
    const shown = ['3030', '4401', '4402', '4403', '4404']
    const ports = await freePorts(shown.length)
    replaced = (command) => {
      const text = shown.reduce((line, port, i) => line.replaceAll(port, String(ports[i])), command)
      const words = text.replaceAll('.blyan/tutorial', dir).split(/\s+/).slice(1)
      const names = words.slice(0, 2).join(' ')
      const asks = names.startsWith('chain --') || (words.includes('--dir') && /^(receipt|why) /.test(names))
      return asks ? words : [...words, '--rpc', `http://127.0.0.1:${ports[0]}`]
    }
  })
  afterEach(function () {
    if (this.currentTest?.state === 'failed') process.stderr.write(`${transcript.join('\n').slice(-6000)}\n`)
  })
  after(async () => {
    await closeTerminals()
    rmSync(dir, { recursive: true, force: true })
  })

  const start = (command: string) => {
    transcript.push(`$ ${command}`)
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...replaced(command)], {
      cwd: REPOSITORY,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => transcript.push(String(chunk).trimEnd()))
    }
    return child
  }

  function type(command: string): Promise<Ended> {
    const child = start(command)
    const out: Ended = { code: null, stdout: '', stderr: '' }
    child.stdout!.on('data', (chunk) => (out.stdout += chunk))
    child.stderr!.on('data', (chunk) => (out.stderr += chunk))
    return new Promise((done) => child.on('close', (code) => done({ ...out, code })))
  }

  /** A terminal of its own: resolves once the program there says what is waited for. */
  function open(command: string, saying: RegExp): Promise<void> {
    const child = start(command)
    terminals.push(child)
    let said = ''
    return new Promise((ready, fail) => {
      const listen = (chunk: Buffer) => {
        said += chunk
        if (saying.test(said)) ready()
      }
      child.stdout!.on('data', listen)
      child.stderr!.on('data', listen)
      child.on('exit', () => fail(new Error(`${command} ended: ${said}`)))
    })
  }

  async function closeTerminals(): Promise<void> {
    const ends = terminals
      .splice(0)
      .filter((child) => child.exitCode === null)
      .map((child) => {
        child.removeAllListeners('exit')
        return new Promise((done) => child.once('exit', done).kill('SIGTERM'))
      })
    await Promise.all(ends)
  }

  it('leads from an empty folder to a paid trainer, checked receipts and a model, by its own commands', async () => {
    const said = new Map<string, string>()
    const tom = () => said.get('./blyan why tom') ?? ''
    let nodes: Promise<void>[] = []
    for (const command of COMMANDS) {
      if (/^\.\/blyan node /.test(command)) {
        nodes.push(open(command, /ready/))
        continue
      }
      await Promise.all(nodes)
      nodes = []
      const stays = STAYS.find(({ form }) => form.test(command))
      if (stays !== undefined) {
        await open(command, stays.saying)
        continue
      }
      // The last block is for later, when the terminals are closed.
      if (/ --dir \.blyan\/tutorial$/.test(command) && /^\.\/blyan (receipt|why) /.test(command)) await closeTerminals()
      const { code, stdout, stderr } = await type(command)
      expect(code, `${command}\n${stdout}${stderr}`).to.equal(0)
      said.set(command, stdout)
    }
    expect(tom())
      .to.match(/^tom\.test\.near: earned \d+\.\d\d BLY/)
      .and.contain('ledger agrees')
    expect(said.get('./blyan task show 1')).to.match(/^task 1: completed, 2 of 2 rounds/)
    expect(said.get('./blyan why alice')).to.contain('returned to you')
    expect(said.get('./blyan receipt verify --all')).to.match(/2 of 2 verified here/)
    expect(said.get('./blyan receipt verify --all --dir .blyan/tutorial')).to.match(/2 of 2 verified here/)
    expect(said.get('./blyan why tom --dir .blyan/tutorial')).to.contain('ledger agrees').and.contain('collected')
    expect(readFileSync(join(dir, 'model.onnx')).length).to.be.greaterThan(10_000)
  })
})
