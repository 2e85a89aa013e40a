/** A fake machine for the launcher: a PATH of its own, a Node of any age, an npm that installs without a network. */
import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const REPOSITORY = resolve(import.meta.dirname, '../..')

/** All that the launcher may ask of a machine, Node and npm apart. */
const TOOLS =
  'sh cat cksum chmod cp cut date dirname find grep kill ln ls mkdir mv printf readlink rm rmdir sed sleep tail touch tr uname'

/** What the stand-in for scripts/cli/main.ts tells of how it was started. */
export interface Seen {
  argv: string[]
  cwd: string
  node: string
  script: string
  onnx: string | null
  installMs: string
}

export interface Outcome {
  code: number | null
  stdout: string
  stderr: string
  /** Parsed standard output; null when main.ts was not reached. */
  seen: Seen | null
}

export interface WorldOptions {
  /** What the system's `node -v` prints; null for a machine without Node. */
  node: string | null
  npm?: boolean
  /** Folder name of the checkout. */
  folder?: string
}

/** A checkout with the real launcher and its lockfile, a fake system, and a fake npm driven by files in `control`. */
export class World {
  readonly base = mkdtempSync(join(tmpdir(), 'blyan launcher '))
  readonly control = join(this.base, 'control')
  readonly bin = join(this.base, 'bin')
  readonly root: string

  constructor({ node, npm = true, folder = 'a clone with spaces' }: WorldOptions) {
    this.root = join(this.base, folder)
    for (const dir of [this.control, this.bin, join(this.root, 'scripts/cli')]) mkdirSync(dir, { recursive: true })
    cpSync(join(REPOSITORY, 'blyan'), join(this.root, 'blyan'))
    cpSync(join(REPOSITORY, 'scripts/launcher'), join(this.root, 'scripts/launcher'), { recursive: true })
    writeFileSync(join(this.root, 'package.json'), '{"name":"blyan","type":"module"}\n')
    this.setLockfile('first')
    writeFileSync(join(this.root, 'scripts/cli/main.ts'), MAIN)
    for (const tool of TOOLS.split(' ')) this.link(tool)
    this.setNode(node)
    if (npm) this.program('npm', this.npmScript())
  }

  setLockfile(content: string): void {
    writeFileSync(join(this.root, 'package-lock.json'), `{"content":"${content}"}\n`)
  }

  /** Puts a Node of this version on the fake PATH. One that is too old cannot run TypeScript, as the real one. */
  setNode(version: string | null): void {
    rmSync(join(this.bin, 'node'), { force: true })
    if (version !== null) this.program('node', nodeScript(version, Number.parseInt(version.slice(1), 10) >= 24))
  }

  /** Makes the fake npm behave: `offline` fails, `hang` waits until `release`, `broken` brings a Node that dies. */
  set(flag: 'offline' | 'hang' | 'broken', on = true): void {
    const file = join(this.control, flag)
    if (on) writeFileSync(file, '')
    else rmSync(file, { force: true })
  }

  /** Arguments and folder of each npm call so far. */
  npmCalls(): string[] {
    const file = join(this.control, 'calls')
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
  }

  /** Starts the launcher; `ready` resolves once the fake npm hangs, for tests that kill it there. */
  start(
    args: string[] = [],
    { env = {}, cwd = this.base, command = join(this.root, 'blyan') }: StartOptions = {},
  ): Started {
    const child = spawn(command, args, {
      cwd,
      env: { PATH: this.bin, HOME: this.base, TMPDIR: this.base, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (data) => (stdout += data))
    child.stderr.on('data', (data) => (stderr += data))
    const done = new Promise<Outcome>((settle) =>
      child.on('close', (code) =>
        settle({ code, stdout, stderr, seen: stdout.startsWith('{') ? JSON.parse(stdout) : null }),
      ),
    )
    return { pid: child.pid!, done, kill: (signal) => process.kill(-child.pid!, signal) }
  }

  run(args: string[] = [], options: StartOptions = {}): Promise<Outcome> {
    return this.start(args, options).done
  }

  /** Resolves once `count` npm calls have begun. */
  async npmBegan(count: number): Promise<void> {
    while (this.npmCalls().length < count) await new Promise((next) => setTimeout(next, 10))
  }

  remove(): void {
    rmSync(this.base, { recursive: true, force: true })
  }

  private link(tool: string): void {
    const found = execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim()
    if (found.startsWith('/')) symlinkSync(found, join(this.bin, tool)) // printf and kill may be built into the shell
  }

  private program(name: string, script: string): void {
    const file = join(this.bin, name)
    writeFileSync(file, script)
    chmodSync(file, 0o755)
  }

  /** Answers `npm ci` as npm does: packages of the folder's lockfile into its node_modules. Holds no network. */
  private npmScript(): string {
    const node = nodeScript('v24.21.0', true)
    return `#!/bin/sh
case $1 in -v) echo 9.2.0; exit 0 ;; ci) ;; *) echo "fake npm knows only ci" >&2; exit 9 ;; esac
echo "$(node -v) $(pwd) $*" >>'${this.control}/calls'
if [ -e '${this.control}/offline' ]; then echo 'npm error network ENOTFOUND registry.npmjs.org'; exit 1; fi
mkdir -p node_modules/.bin
while [ -e '${this.control}/hang' ]; do sleep 0.05; done
case $(pwd) in */scripts/launcher | */node)
cat >node_modules/.bin/node <<'NODE'
${node}NODE
if [ -e '${this.control}/broken' ]; then printf '#!/bin/sh\\necho "version GLIBC_2.28 not found" >&2\\nexit 1\\n' >node_modules/.bin/node; fi
cp '${this.bin}/npm' node_modules/.bin/npm
chmod +x node_modules/.bin/node ;;
*) cp package-lock.json node_modules/.installed-from ;;
esac
`
  }
}

export interface StartOptions {
  env?: Record<string, string>
  cwd?: string
  command?: string
}

export interface Started {
  pid: number
  done: Promise<Outcome>
  /** Signals the launcher and all that it started. */
  kill: (signal: NodeJS.Signals) => void
}

function nodeScript(version: string, runs: boolean): string {
  const rest = runs
    ? `FAKE_NODE=${version} exec '${process.execPath}' "$@"`
    : 'echo "SyntaxError: this Node cannot run TypeScript" >&2; exit 1'
  return `#!/bin/sh\ncase $1 in -v) echo ${version}; exit 0 ;; esac\n${rest}\n`
}

const MAIN = `console.log(JSON.stringify({ argv: process.argv.slice(2), cwd: process.cwd(), node: process.env.FAKE_NODE,
  script: import.meta.filename, onnx: process.env.ONNXRUNTIME_NODE_INSTALL ?? null, installMs: process.env.BLYAN_INSTALL_MS }))\n`

/** Symlink beside the checkout, to start the launcher through. */
export function linkTo(world: World, name: string): string {
  const link = join(world.base, name)
  mkdirSync(dirname(link), { recursive: true })
  symlinkSync(join(world.root, 'blyan'), link)
  return link
}
