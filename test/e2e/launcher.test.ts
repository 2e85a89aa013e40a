/** ./blyan on fake machines: old Node, new Node, no Node, hostile npm settings, kills, races, no network. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { expect } from 'chai'
import { linkTo, type Outcome, World, type WorldOptions } from './launcherWorld.ts'

const OLD = 'v18.19.0'
const NEW = 'v24.11.0'

describe('the launcher', function () {
  this.timeout(30_000)
  const worlds: World[] = []
  const machine = (options: WorldOptions): World => {
    const world = new World(options)
    worlds.push(world)
    return world
  }
  afterEach(() => {
    for (const world of worlds.splice(0)) world.remove()
  })

  it('uses the system Node where it is new enough, and installs the packages once', async () => {
    const world = machine({ node: NEW })
    const first = await world.run(['test', 'a b', ''])
    expect(first.seen).to.include({ node: NEW, onnx: 'skip', script: join(world.root, 'scripts/cli/main.ts') })
    expect(first.seen!.argv).to.deep.equal(['test', 'a b', ''])
    expect(first.stderr).to.contain('installing')
    const second = await world.run()
    expect(second.seen).to.include({ node: NEW, installMs: '0' })
    expect(second.stderr).to.equal('')
    expect(world.npmCalls()).to.have.length(1)
    expect(readdirSync(join(world.root, '.node'))).to.deep.equal(['install.log'])
  })

  it('brings Node 24 where the system has an older one, and runs npm under the new one', async () => {
    const world = machine({ node: OLD })
    const first = await world.run()
    expect(first.seen).to.include({ node: 'v24.21.0' })
    expect(world.npmCalls()).to.have.length(2)
    expect(world.npmCalls()[0]).to.match(/^v18\.19\.0 /)
    expect(world.npmCalls()[1]).to.match(/^v24\.21\.0 /)
    expect((await world.run()).stderr).to.equal('')
    expect(world.npmCalls()).to.have.length(2)
  })

  it('keeps to its own Node after the system has lost Node and npm', async () => {
    const world = machine({ node: OLD })
    await world.run()
    world.setNode(null)
    rmSync(join(world.bin, 'npm'))
    expect((await world.run()).seen).to.include({ node: 'v24.21.0' })
  })

  it('installs the same whatever npm is told: no scripts, development and optional packages included', async () => {
    const world = machine({ node: OLD })
    await world.run([], {
      env: { npm_config_ignore_scripts: 'true', NODE_ENV: 'production', npm_config_omit: 'optional' },
    })
    for (const call of world.npmCalls()) {
      expect(call).to.contain('--ignore-scripts=true').and.contain('--include=dev').and.contain('--include=optional')
    }
  })

  it('lets the CUDA libraries be fetched only when asked', async () => {
    const world = machine({ node: NEW })
    expect((await world.run()).seen!.onnx).to.equal('skip')
    const cuda = await world.run([], { env: { BLYAN_CUDA: '1' } })
    expect(cuda.seen!.onnx).to.equal(null)
    expect(world.npmCalls()).to.have.length(2)
    expect(world.npmCalls()[1]).to.contain('--ignore-scripts=false')
  })

  it('installs anew when the lockfile or the Node changes, and only then', async () => {
    const world = machine({ node: NEW })
    await world.run()
    world.setLockfile('second')
    await world.run()
    expect(readFileSync(join(world.root, 'node_modules/.installed-from'), 'utf8')).to.contain('second')
    world.setNode('v25.0.0')
    expect((await world.run()).seen!.node).to.equal('v25.0.0')
    expect(world.npmCalls()).to.have.length(3)
  })

  it('starts without a network once it is set up, and says what to do when it is not', async () => {
    const world = machine({ node: OLD })
    world.set('offline')
    const failed = await world.run()
    expectError(failed, 'LAUNCHER_INSTALL_FAILED', /npm registry/)
    expect(failed.stderr).to.contain('ENOTFOUND')
    expect(existsSync(join(world.root, 'node_modules'))).to.equal(false)
    world.set('offline', false)
    await world.run()
    world.set('offline')
    expect((await world.run()).code).to.equal(0)
  })

  it('keeps the old packages when an update fails, but does not start on them', async () => {
    const world = machine({ node: NEW })
    await world.run()
    world.setLockfile('second')
    world.set('offline')
    expectError(await world.run(), 'LAUNCHER_INSTALL_FAILED', /registry/)
    expect(readFileSync(join(world.root, 'node_modules/.installed-from'), 'utf8')).to.contain('first')
    expect((await world.run([], { env: { BLYAN_SKIP_INSTALL: '1' } })).code).to.equal(0)
  })

  for (const [when, calls] of [
    ['Node', 1],
    ['the packages', 2],
  ] as const) {
    it(`starts over after kill -9 while it installs ${when}`, async () => {
      const world = machine({ node: OLD })
      if (calls === 2) {
        await world.run() // Node is there; only the packages are missing
        world.setLockfile('second')
      }
      world.set('hang')
      const killed = world.start()
      await world.npmBegan(calls === 2 ? 3 : 1)
      killed.kill('SIGKILL')
      expect((await killed.done).seen).to.equal(null)
      expect(existsSync(join(world.root, '.node/lock'))).to.equal(true)
      world.set('hang', false)
      expect((await world.run()).seen).to.include({ node: 'v24.21.0' })
      expect(readdirSync(join(world.root, '.node')).filter((name) => /^(tmp|lock)/.test(name))).to.deep.equal([])
    })
  }

  it('cleans up and stops at once on Ctrl-C', async () => {
    const world = machine({ node: NEW })
    world.set('hang')
    const started = world.start()
    await world.npmBegan(1)
    started.kill('SIGINT')
    const { code, stderr } = await started.done
    expect(code).to.equal(130)
    expect(stderr).to.contain('starts anew next time')
    expect(readdirSync(join(world.root, '.node'))).to.deep.equal(['install.log'])
  })

  it('installs once when two starts meet', async () => {
    const world = machine({ node: OLD })
    world.set('hang')
    const one = world.start(['one'])
    await world.npmBegan(1)
    const two = world.start(['two'])
    world.set('hang', false)
    expect((await one.done).seen!.argv).to.deep.equal(['one'])
    expect((await two.done).seen!.argv).to.deep.equal(['two'])
    expect(world.npmCalls()).to.have.length(2)
  })

  it('overrules the lock of a dead process, even when a start died while breaking one', async () => {
    const world = machine({ node: NEW })
    mkdirSync(join(world.root, '.node/lock.breaker'), { recursive: true })
    utimesSync(join(world.root, '.node/lock.breaker'), 0, 0)
    writeFileSync(join(world.root, '.node/lock'), `4194999 ${hostname()}\n`) // above every kernel's largest pid
    expect((await world.run()).code).to.equal(0)
  })

  const itWhereZombiesShow = existsSync('/proc/self/status') ? it : () => {}
  itWhereZombiesShow('overrules the lock of a killed process that nobody has buried', async () => {
    // The child outlives the shell, which would bury it; `sleep` in the shell's place never does.
    const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
    try {
      const [pid] = await once(parent.stdout, 'data')
      while (!/^State:\s*Z/m.test(readFileSync(`/proc/${String(pid).trim()}/status`, 'utf8'))) await setImmediate()
      const world = machine({ node: NEW })
      mkdirSync(join(world.root, '.node'))
      writeFileSync(join(world.root, '.node/lock'), `${String(pid).trim()} ${hostname()}\n`)
      expect((await world.run([], { env: { BLYAN_LOCK_WAIT_S: '1' } })).code).to.equal(0)
    } finally {
      parent.kill('SIGKILL')
    }
  })

  it('does not overrule a lock whose process lives or is of another host', async () => {
    for (const owner of [`${process.pid} ${hostname()}`, '1 elsewhere']) {
      const world = machine({ node: NEW })
      mkdirSync(join(world.root, '.node'))
      writeFileSync(join(world.root, '.node/lock'), `${owner}\n`)
      expectError(await world.run([], { env: { BLYAN_LOCK_WAIT_S: '1' } }), 'LAUNCHER_LOCKED', /delete that file/)
      expect(readFileSync(join(world.root, '.node/lock'), 'utf8')).to.equal(`${owner}\n`)
    }
  })

  it('refuses a Node that does not run here and keeps nothing of it', async () => {
    const world = machine({ node: OLD })
    world.set('broken')
    const { stderr } = expectError(await world.run(), 'LAUNCHER_NODE_BROKEN', /nodejs\.org/)
    expect(stderr).to.contain('GLIBC')
    world.set('broken', false)
    expect((await world.run()).code).to.equal(0)
  })

  it('repairs its own Node when that was damaged', async () => {
    const world = machine({ node: OLD })
    await world.run()
    const own = readdirSync(join(world.root, '.node')).find((name) => name !== 'install.log')!
    rmSync(join(world.root, '.node', own, 'node_modules/.bin/node'))
    expect((await world.run()).seen).to.include({ node: 'v24.21.0' })
  })

  it('says what is missing on a machine without Node or npm', async () => {
    expectError(await machine({ node: null, npm: false }).run(), 'LAUNCHER_NPM_MISSING', /Install Node\.js/)
    expectError(await machine({ node: NEW, npm: false }).run(), 'LAUNCHER_NPM_MISSING', /Install Node\.js/)
  })

  it('works through relative and absolute symlinks, from PATH, and in any folder', async () => {
    const world = machine({ node: NEW, folder: "it's a $HOME; clone" })
    const link = linkTo(world, 'some where/blyan')
    symlinkSync('some where/blyan', join(world.base, 'second link'))
    symlinkSync(link, join(world.bin, 'blyan'))
    const cwd = join(world.base, 'else where')
    mkdirSync(cwd)
    for (const command of [link, '../second link', 'blyan']) {
      const { seen, stderr } = await world.run(['x'], { cwd, command, env: { CDPATH: world.base } })
      expect(seen, stderr).to.include({ cwd, script: join(world.root, 'scripts/cli/main.ts') })
    }
  })
})

function expectError(outcome: Outcome, code: string, fix: RegExp): Outcome {
  expect(outcome.code).to.equal(1)
  expect(outcome.stdout).to.equal('')
  expect(outcome.stderr).to.contain(`error ${code}\n`)
  expect(outcome.stderr).to.match(/^ {2}what {2}\S/m)
  expect(/^ {2}fix {3}(.*)$/m.exec(outcome.stderr)?.[1]).to.match(fix)
  return outcome
}
