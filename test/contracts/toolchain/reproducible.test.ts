import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { buildContracts } from '../../../scripts/build/contracts.ts'
import { copyToolchain } from '../../../scripts/build/copyToolchain.ts'

const sources = resolve(import.meta.dirname, '../../fixtures/contracts')

describe('contracts/toolchain: the same source', function () {
  this.timeout(600_000)

  it('gives the same bytes in another folder, under other TZ and LANG', async () => {
    const [here] = await buildContracts({ sources, names: ['counter'], quiet: true })
    const folder = join(await mkdtemp(join(tmpdir(), 'blyan-copy-')), 'a folder with spaces')
    try {
      copyToolchain(folder, { objects: true })
      const script = join(folder, 'scripts/build/contracts.ts')
      execFileSync(process.execPath, [script, 'counter', '--from', join(folder, 'test/fixtures/contracts')], {
        cwd: folder,
        env: { ...process.env, TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
        stdio: 'ignore',
      })
      for (const ending of ['.wasm', '.js', '.js.map']) {
        const mine = readFileSync(here!.wasmPath.replace('.wasm', ending))
        const other = readFileSync(join(folder, 'contracts/build', `counter${ending}`))
        expect(mine.equals(other), `counter${ending}`).to.equal(true)
        expect(other.includes(folder), `counter${ending} names its folder`).to.equal(false)
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
