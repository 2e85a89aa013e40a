/** node_modules of a package beside the root as its lockfile says, installed when it is not: contracts/, and peers of tests. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, resolve } from 'node:path'
import type { Progress } from './clang.ts'
import { ToolchainInstallError } from './errors.ts'
import { hashOf } from './hash.ts'
import type { Places } from './paths.ts'

const FIX = 'Check the connection to the npm registry (npm ping) and that npm 7 or newer is on PATH, then build again.'

/** The version of all packages together: part of every cache key. */
export function packagesVersion({ contracts }: Places): string {
  return versionOf(contracts)
}

const versionOf = (folder: string): string =>
  hashOf([readFileSync(resolve(folder, 'package-lock.json')), readFileSync(resolve(folder, '.npmrc'))])

/**
 * Runs `npm ci` unless the last one was for this lockfile. near-sdk-js's own scripts fetch a compiler from GitHub and insist
 * on pnpm, so no script runs (.npmrc).
 * @throws ToolchainInstallError
 */
export function ensurePackages(places: Places, progress: Progress): Promise<void> {
  return ensurePackagesOf(places.contracts, () =>
    progress('installing the packages of contracts/package-lock.json (370 MB, once)'),
  )
}

/**
 * The same for any folder with a lockfile and an `.npmrc` that lets no script run.
 * @param onInstall  told before npm starts   @throws ToolchainInstallError
 */
export async function ensurePackagesOf(folder: string, onInstall: () => void = () => {}): Promise<void> {
  const stamp = resolve(folder, 'node_modules/.blyan-stamp')
  const version = versionOf(folder)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === version) return
  onInstall()
  await npmCi(folder)
  writeFileSync(stamp, version)
}

function npmCi(cwd: string): Promise<void> {
  // npm's settings of the calling script are not for this folder.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(?:config|package|lifecycle)_/i.test(name)),
  )
  const args = [findNpm(), 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] })
    let errors = ''
    child.stderr.on('data', (text) => (errors = (errors + text).slice(-4000)))
    child.on('error', (cause) => failed(new ToolchainInstallError({ what: 'npm does not start.', fix: FIX, cause })))
    child.on('close', (code) => {
      if (code === 0) return done()
      const what = `npm ci in ${cwd} ended with ${code}: ${errors.trim().split('\n').slice(-6).join('\n')}`
      failed(new ToolchainInstallError({ what, fix: FIX, data: { code } }))
    })
  })
}

/** npm's JavaScript, so that it runs on this very Node. */
function findNpm(): string {
  const fromScript = process.env.npm_execpath
  if (fromScript?.endsWith('npm-cli.js') && existsSync(fromScript)) return fromScript
  const folders = [dirname(process.execPath), ...(process.env.PATH ?? '').split(delimiter)]
  for (const folder of folders) {
    const places = ['npm', '../lib/node_modules/npm/bin/npm-cli.js', 'node_modules/npm/bin/npm-cli.js']
    for (const place of places.map((path) => resolve(folder, path))) {
      const real = existsSync(place) ? realpathSync(place) : ''
      if (real.endsWith('npm-cli.js')) return real
      // Some systems put a shell script there, with npm's folder beside it.
      const beside = resolve(dirname(real || place), '../bin/npm-cli.js')
      if (real !== '' && existsSync(beside)) return beside
    }
  }
  throw new ToolchainInstallError({ what: 'No npm on PATH.', fix: FIX })
}
