/** The part of the checkout that builds contracts, copied elsewhere: to show that a build depends on nothing around it. */
import { cpSync, mkdirSync, symlinkSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../..')

const PARTS = [
  'package.json',
  'chain/lib/errors.ts',
  'contracts/package.json',
  'contracts/package-lock.json',
  'contracts/.npmrc',
  'contracts/near',
  'contracts/toolchain',
  'scripts/build',
  'test/fixtures/contracts',
]

export interface CopyOptions {
  /** Also take the compiled C objects along, so that the copy's build is warm. */
  objects?: boolean
}

/** @param to  an empty folder; packages are linked, because installing them says nothing about the build */
export function copyToolchain(to: string, { objects = false }: CopyOptions = {}): void {
  const copy = (part: string) => cpSync(resolve(ROOT, part), resolve(to, part), { recursive: true })
  mkdirSync(to, { recursive: true })
  for (const part of PARTS) {
    mkdirSync(dirname(resolve(to, part)), { recursive: true })
    copy(part)
  }
  if (objects) copy('contracts/build/cache')
  symlinkSync(resolve(ROOT, 'contracts/node_modules'), resolve(to, 'contracts/node_modules'), 'junction')
}
