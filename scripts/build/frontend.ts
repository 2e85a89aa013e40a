/** Builds the page by Vite into frontend/dist, unless its sources are as they were. Nothing is inlined: the CSP forbids it. */
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  globSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'

const REPOSITORY = resolve(import.meta.dirname, '../..')
export const FRONTEND_DIST = join(REPOSITORY, 'frontend/dist')
/** Lies beside the page, and tells from which sources it was made. */
const STAMP = '.sources'
const KEPT_MS = 7 * 24 * 60 * 60_000

export interface BuiltFrontend {
  /** Where the page lies. */
  dir: string
  /** Whether it was built now; false when the last build still holds. */
  fresh: boolean
}

/** @throws Vite's own error when a source does not compile */
export async function buildFrontend({ force = false }: { force?: boolean } = {}): Promise<BuiltFrontend> {
  const hash = hashSources()
  const stamp = join(FRONTEND_DIST, STAMP)
  if (!force && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return { dir: FRONTEND_DIST, fresh: false }
  const made = join(FRONTEND_DIST, `.build-${process.pid}`)
  const { build } = await import('vite')
  await build({
    configFile: false,
    root: join(REPOSITORY, 'frontend'),
    base: '/',
    logLevel: 'warn',
    define: { 'process.env.NODE_ENV': '"production"' },
    oxc: { jsx: { runtime: 'automatic' } },
    worker: { format: 'es' },
    build: {
      outDir: made,
      emptyOutDir: true,
      target: 'es2022',
      // `data:` fonts and scripts are what the CSP refuses.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 2_000,
      rolldownOptions: {
        onLog: (level, log, handle) => (isNoise(log) ? undefined : handle(level, log)),
      },
    },
  })
  publish(made)
  writeFileSync(stamp, hash)
  return { dir: FRONTEND_DIST, fresh: true }
}

/** "use client" means something to servers that draw React, and viem's unused part for another chain asks for threads of Node. */
const isNoise = ({ code, message }: { code?: string; message: string }): boolean =>
  code === 'MODULE_LEVEL_DIRECTIVE' || code === 'PLUGIN_TIMINGS' || /node:worker_threads.*\/ox\//.test(message)

/**
 * Puts a build in place of the last one while that may be served: the new files first, then the page that names them. Files
 * of earlier builds stay for tabs that are still open, and go after a week.
 */
function publish(made: string): void {
  const isIndex = (path: string): boolean => path === join(made, 'index.html')
  cpSync(made, FRONTEND_DIST, { recursive: true, filter: (path) => !isIndex(path) })
  renameSync(join(made, 'index.html'), join(FRONTEND_DIST, 'index.html'))
  const current = new Set(readdirSync(join(made, 'assets')))
  for (const name of readdirSync(join(FRONTEND_DIST, 'assets'))) {
    const path = join(FRONTEND_DIST, 'assets', name)
    if (!current.has(name) && Date.now() - statSync(path).mtimeMs > KEPT_MS) rmSync(path)
  }
  rmSync(made, { recursive: true })
}

/** Over every file that can end up in the page, and the versions of what it is made with. */
function hashSources(): string {
  const hash = createHash('sha256')
  const patterns = [
    'frontend/index.html',
    'frontend/{src,public}/**/*.*',
    'chain/{client,lib}/**/*.*',
    'contracts/near/lib/pure/**/*.ts',
    'workers/{aggregate,delta,engine,proof}/**/*.ts',
    'scripts/build/frontend.ts',
    'package-lock.json',
  ]
  for (const path of globSync(patterns, { cwd: REPOSITORY }).sort()) {
    hash.update(`${path}\0`).update(readFileSync(join(REPOSITORY, path)))
  }
  return hash.digest('hex')
}

/** Compressed bytes of what the browser needs for the first page: index.html and what it names. */
export function firstPageBytes(dir: string = FRONTEND_DIST): { file: string; gzip: number }[] {
  const html = readFileSync(join(dir, 'index.html'), 'utf8')
  const names = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((match) => match[1]!)
  return ['index.html', ...names].map((file) => ({ file, gzip: gzipSync(readFileSync(join(dir, file))).length }))
}

async function main(): Promise<void> {
  const { dir, fresh } = await buildFrontend({ force: process.argv.includes('--force') })
  const files = firstPageBytes(dir)
  const sum = files.reduce((total, { gzip }) => total + gzip, 0)
  console.log(`${fresh ? 'built' : 'unchanged'} ${dir}`)
  for (const { file, gzip } of files) console.log(`${String(gzip).padStart(8)} B gzip  ${file}`)
  console.log(`${String(sum).padStart(8)} B gzip  first page`)
}

if (import.meta.main) void main()
