/** Builds the page by Vite into frontend/dist, unless its sources are as they were. Nothing is inlined: the CSP forbids it. */
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'

const REPOSITORY = resolve(import.meta.dirname, '../..')
export const FRONTEND_DIST = join(REPOSITORY, 'frontend/dist')
/** Lies beside the page, and tells from which sources it was made. */
const STAMP = '.sources'

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
      outDir: FRONTEND_DIST,
      emptyOutDir: true,
      target: 'es2022',
      // `data:` fonts and scripts are what the CSP refuses.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 2_000,
      rolldownOptions: {
        // "use client" means something to servers that draw React; there is none here.
        onLog: (level, log, handle) => (log.code === 'MODULE_LEVEL_DIRECTIVE' ? undefined : handle(level, log)),
      },
    },
  })
  writeFileSync(stamp, hash)
  return { dir: FRONTEND_DIST, fresh: true }
}

/** Over every file that can end up in the page, and the versions of what it is made with. */
function hashSources(): string {
  const hash = createHash('sha256')
  const patterns = [
    'frontend/index.html',
    'frontend/{src,public}/**/*.*',
    'chain/{client,lib}/**/*.*',
    'contracts/near/lib/pure/**/*.ts',
    'workers/engine/**/*.ts',
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

if (import.meta.main) {
  const { dir, fresh } = await buildFrontend({ force: process.argv.includes('--force') })
  const files = firstPageBytes(dir)
  const sum = files.reduce((total, { gzip }) => total + gzip, 0)
  console.log(`${fresh ? 'built' : 'unchanged'} ${dir}`)
  for (const { file, gzip } of files) console.log(`${String(gzip).padStart(8)} B gzip  ${file}`)
  console.log(`${String(sum).padStart(8)} B gzip  first page`)
}
