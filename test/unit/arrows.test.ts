/** The import arrows of this checkout, and that the check would see each kind of wrong one. */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { findViolations, importsOf } from '../../scripts/check/arrows.ts'
import { findUnnamed } from '../../scripts/check/generated.ts'
import { REPOSITORY, readSources } from '../../scripts/check/sources.ts'

const why = (path: string, text: string): string[] =>
  findViolations([{ path, text }], { isDeclared: (_, name) => name !== 'left-pad' }).map((violation) => violation.why)

describe('import arrows', () => {
  it('hold in every file of this checkout', () => {
    const found = findViolations(readSources(), { isDeclared })
    expect(found.map(({ path, line, target, why }) => `${path}:${line} ${target}: ${why}`)).to.deep.equal([])
  })

  it('point the way the design says, never back', () => {
    const wrong: [string, string][] = [
      ['chain/lib/units.ts', '../client/index.ts'],
      ['chain/vm/run.ts', '../runtime/apply.ts'],
      ['chain/runtime/apply.ts', '../node/block.ts'],
      ['chain/client/index.ts', '../node/block.ts'],
      ['chain/client/index.ts', '../../contracts/near/lib/money.ts'],
      ['contracts/near/bly/transfer.ts', '../market/seats.ts'],
      ['contracts/near/bly/transfer.ts', '../../../chain/lib/units.ts'],
      ['contracts/near/lib/pure/receipt.ts', '../money.ts'],
      ['workers/engine/run.ts', '../delta/encode.ts'],
      ['workers/engine/run.ts', '../../chain/client/index.ts'],
      ['workers/delta/encode.ts', '../engine/run.ts'],
      ['workers/delta/encode.ts', '../../chain/runtime/apply.ts'],
      ['workers/node/daemon.ts', '../../scripts/cli/print.ts'],
      ['scripts/cli/up.ts', '../../test/attacks/actors/poisoner.ts'],
      ['oracle/feeder/feed.ts', '../../workers/node/daemon.ts'],
      ['frontend/src/page/Task.tsx', '../../../workers/node/daemon.ts'],
    ]
    for (const [path, target] of wrong) {
      expect(why(path, `import type { A } from '${target}'`), `${path} → ${target}`).to.have.length(1)
    }
    const right: [string, string][] = [
      ['chain/node/block.ts', '../lib/units.ts'],
      ['chain/client/index.ts', '../../contracts/near/lib/pure/receipt.ts'],
      ['contracts/near/market/contract.ts', '../lib/money.ts'],
      ['workers/node/role/trainer.ts', '../../engine/run.ts'],
      ['workers/proof/transcript.ts', '../../chain/client/index.ts'],
      ['frontend/src/recompute/redo.ts', '../../../workers/proof/index.ts'],
      ['scripts/cli/up.ts', '../../workers/node/daemon.ts'],
      ['test/unit/x.test.ts', '../../scripts/cli/print.ts'],
    ]
    for (const [path, target] of right)
      expect(why(path, `export * from '${target}'`), `${path} → ${target}`).to.deep.equal([])
  })

  it('keep Node out of what runs in browsers and contracts, and undeclared packages out of everything', () => {
    for (const path of [
      'chain/lib/a.ts',
      'chain/client/near/a.ts',
      'workers/engine/ops/a.ts',
      'workers/proof/a.ts',
      'contracts/near/bly/a.ts',
    ]) {
      expect(why(path, "import { join } from 'node:path'"), path).to.have.length(1)
      expect(why(path, "const fs = await import('fs')"), path).to.have.length(1)
    }
    expect(why('contracts/near/lib/pure/a.ts', "import { sha256 } from '@noble/hashes/sha2.js'")).to.have.length(1)
    expect(why('chain/node/a.ts', "import 'left-pad/index.js'")).to.deep.equal(['left-pad is not in the manifest'])
    expect(why('lost/a.ts', "import './b.ts'")).to.have.length(1)
  })

  it('are read from every form of import, and not from comments or strings', () => {
    const text = `import {\n  a,\n} from './1.ts'\nimport './2.ts'\nexport type { b } from "./3.ts"\nconst c = await import('./4.ts')
// import './5.ts'\n/* import './6.ts' */\nconst d = "from './7.ts'"\n`
    expect(importsOf(text).map(({ target }) => target)).to.have.members(['./1.ts', './2.ts', './3.ts', './4.ts'])
    expect(importsOf(text).find(({ target }) => target === './3.ts')!.line).to.equal(5)
  })
})

describe('generated files', () => {
  it('name the script that makes them in their first line', () => {
    expect(findUnnamed(readSources(), (path) => existsSync(join(REPOSITORY, path)))).to.deep.equal([])
  })

  it('are found out when they do not, or name one that is gone', () => {
    const exists = (path: string) => path === 'scripts/build/clients.ts'
    const named = (text: string) => findUnnamed([{ path: 'chain/client/near/bly.gen.ts', text }], exists).length === 0
    expect(named('// Made by scripts/build/clients.ts\nexport {}')).to.equal(true)
    expect(named('// Made by scripts/build/gone.ts\n')).to.equal(false)
    expect(named('export {}\n// scripts/build/clients.ts')).to.equal(false)
  })
})

const manifests = ['package.json', 'contracts/package.json'].map((file) => {
  const path = join(REPOSITORY, file)
  const { dependencies = {}, devDependencies = {} } = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
  return new Set(Object.keys({ ...dependencies, ...devDependencies }))
})

/** contracts/ has a manifest of its own beside the root's. */
function isDeclared(path: string, name: string): boolean {
  return manifests[0]!.has(name) || (path.startsWith('contracts/') && manifests[1]!.has(name))
}
