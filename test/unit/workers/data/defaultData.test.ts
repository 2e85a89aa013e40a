/** The default data: what the manifest promises, and what happens when an installation differs. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { makeManifest } from '../../../../scripts/data/manifest.ts'
import {
  DataFileError,
  drawHeldOut,
  loadDefaultData,
  type Manifest,
  readManifest,
} from '../../../../workers/data/index.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..', '..')
const manifest = readManifest()
const total = manifest.files.reduce((sum, file) => sum + file.bytes, 0)
const bytesOf = (of: (file: Manifest['files'][number]) => boolean): number =>
  manifest.files.filter(of).reduce((sum, file) => sum + file.bytes, 0)

describe('default data manifest', () => {
  it('is what its script makes of this installation', () => {
    const committed = readFileSync(join(ROOT, 'workers', 'data', 'manifest.gen.json'), 'utf8')
    expect(makeManifest(ROOT)).to.equal(committed)
  })

  it('names 8 to 12 packages of about 8 MB, none above 15 %, at least 30 % prose', () => {
    const packages = new Set(manifest.files.map((file) => file.package))
    expect(packages.size).to.be.within(8, 12)
    expect(total).to.be.within(7_500_000, 8_500_000)
    for (const name of packages) expect(bytesOf((file) => file.package === name) / total, name).to.be.at.most(0.15)
    expect(bytesOf((file) => file.kind === 'prose') / total).to.be.at.least(0.3)
  })

  it('takes direct dependencies in exact versions only, so that every installation has the same', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    const declared = { ...dependencies, ...devDependencies }
    for (const file of manifest.files) expect(declared[file.package], file.package).to.equal(file.version)
  })

  it('holds no file twice, and splits by package', () => {
    expect(new Set(manifest.files.map((file) => file.sha256)).size).to.equal(manifest.files.length)
    const splits = new Map(manifest.files.map((file) => [file.package, file.split]))
    for (const file of manifest.files) expect(file.split).to.equal(splits.get(file.package))
    expect(bytesOf((file) => file.split === 'reserve')).to.be.within(1_500_000, 2_500_000)
  })
})

describe('default data', () => {
  let root: string
  const few: Manifest = { ...manifest, files: manifest.files.filter((file) => file.package === 'multiformats') }

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'blyan-data-'))
    for (const file of few.files) {
      const path = join('node_modules', file.package, file.path)
      mkdirSync(join(root, dirname(path)), { recursive: true })
      cpSync(join(ROOT, path), join(root, path))
    }
  })
  afterEach(() => rmSync(root, { recursive: true }))

  it('loads whole, and its test sets share little with the training text', () => {
    const data = loadDefaultData({ root: ROOT })
    expect(data.train.length + data.reserve.length).to.equal(total + manifest.files.length)
    const { sets, overlap } = drawHeldOut({ ...data, seed: new Uint8Array(32), rounds: 3, bytesPerRound: 16_384 })
    expect(sets.map((set) => set.length)).to.deep.equal([16_384, 16_384, 16_384])
    expect(overlap).to.be.within(0.001, 0.05)
  })

  it('names the file that is missing, and what to do', () => {
    const { path } = few.files[0]
    rmSync(join(root, 'node_modules', 'multiformats', path))
    const load = () => loadDefaultData({ root, manifest: few })
    expect(load).to.throw(DataFileError, new RegExp(`${path}.*cannot be read`))
  })

  it('refuses a file with one changed byte', () => {
    expect(loadDefaultData({ root, manifest: few }).train.length).to.be.greaterThan(0)
    const path = join(root, 'node_modules', 'multiformats', few.files[3].path)
    const bytes = readFileSync(path)
    bytes[0] ^= 1
    writeFileSync(path, bytes)
    try {
      loadDefaultData({ root, manifest: few })
      expect.fail('it was accepted')
    } catch (error) {
      expect(error).to.be.instanceOf(DataFileError)
      expect((error as DataFileError).fix).to.match(/npm ci.*--data FILE/)
    }
  })
})
