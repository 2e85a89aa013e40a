/** docs/dependencies.md says why each package is here, and under which licence. */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { REPOSITORY } from '../../scripts/check/sources.ts'

const read = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8')
const json = (path: string) => JSON.parse(read(path))

const MANIFESTS = [
  ['package.json', 'node_modules'],
  ['contracts/package.json', 'contracts/node_modules'],
  ['scripts/launcher/package.json', null],
  ['test/conformance/ref-sdk/package.json', 'test/conformance/ref-sdk/node_modules'],
] as const

interface LockEntry {
  optionalDependencies?: Record<string, string>
  inBundle?: true
}

interface Row {
  reason: string
  licence: string
}

const rows = new Map<string, Row>()
for (const [, name, reason, licence] of read('docs/dependencies.md').matchAll(
  /^\| `([^`]+)` \| (.+?) \| (.+?) \|$/gm,
)) {
  rows.set(name!, { reason: reason!, licence: licence! })
}

const named = (manifest: string): string[] => {
  const { dependencies, devDependencies, optionalDependencies } = json(manifest)
  return Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies })
}

describe('dependencies', () => {
  it('are each listed with a reason and a licence', () => {
    for (const [manifest] of MANIFESTS) {
      for (const name of named(manifest))
        expect(rows.get(name)?.reason, `${name} of ${manifest}`).to.be.a('string').and.not.equal('')
    }
  })

  it('are all still here: no row outlives its package', () => {
    const all = MANIFESTS.flatMap(([manifest]) => named(manifest))
    expect([...rows.keys()].filter((name) => !all.includes(name))).to.deep.equal([])
  })

  it('have exact versions, so that two installations are the same', () => {
    for (const [manifest] of MANIFESTS) {
      const { dependencies = {}, devDependencies = {}, optionalDependencies = {} } = json(manifest)
      const loose = Object.entries<string>({ ...dependencies, ...devDependencies, ...optionalDependencies })
      expect(
        loose.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version)),
        manifest,
      ).to.deep.equal([])
    }
  })

  it('carry the licence that the table says', () => {
    const plain = (licence: string) =>
      licence
        .replace(/[()]/g, '')
        .split(/ (?:OR|AND) /)
        .sort()
        .join()
    for (const [manifest, folder] of MANIFESTS) {
      for (const name of folder === null ? [] : named(manifest)) {
        const file = `${folder}/${name}/package.json`
        if (!existsSync(join(REPOSITORY, file))) continue // contracts' packages arrive with the first build
        expect(plain(rows.get(name)!.licence), name).to.equal(plain(json(file).license))
      }
    }
  })

  it('have a lockfile without gaps: every optional package of every platform is pinned', () => {
    for (const lock of ['package-lock.json', 'scripts/launcher/package-lock.json']) {
      const { packages } = json(lock) as { packages: Record<string, LockEntry> }
      for (const [at, { optionalDependencies = {}, inBundle }] of Object.entries(packages)) {
        if (inBundle) continue // comes inside its parent's archive
        for (const name of Object.keys(optionalDependencies)) {
          const places = [`node_modules/${name}`, `${at}/node_modules/${name}`]
          expect(
            places.some((place) => place in packages),
            `${name}, wanted by ${at || 'the root'}, in ${lock}`,
          ).to.equal(true)
        }
      }
    }
  })
})
