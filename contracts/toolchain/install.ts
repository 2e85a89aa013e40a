/** contracts/node_modules as the lockfile says, installed when it is not. */
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
  return hashOf([readFileSync(resolve(contracts, 'package-lock.json')), readFileSync(resolve(contracts, '.npmrc'))])
}

/**
 * Runs `npm ci` unless the last one was for this lockfile. near-sdk-js's own scripts fetch a compiler from GitHub and insist
 * on pnpm, so no script runs (.npmrc).
 * @throws ToolchainInstallError
 */
export async function ensurePackages(places: Places, progress: Progress): Promise<void> {
  const stamp = resolve(places.contracts, 'node_modules/.blyan-stamp')
  const version = packagesVersion(places)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === version) return
  progress('installing the packages of contracts/package-lock.json (370 MB, once)')
  await npmCi(places.contracts)
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
      const what = `npm ci in contracts/ ended with ${code}: ${errors.trim().split('\n').slice(-6).join('\n')}`
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
