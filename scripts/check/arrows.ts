/** Who may import whom. An arrow that is missing here is a question about the design, not a reason for `../../..`. */
import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import { lineOf, type Source, withoutComments } from './sources.ts'

interface Part {
  /** Folder from the root; the longest that fits a file is its part. `*` stands for one folder's name. */
  folder: string
  /** Parts that it may import beside itself; `*` is every part but scripts and test. */
  imports: readonly string[]
  /** Runs in browsers, so nothing of Node. */
  browser?: true
  /** npm packages allowed; absent means any that the manifest declares. */
  packages?: readonly string[]
}

/** docs/decisions/README.md says how an arrow is added. */
export const PARTS: readonly Part[] = [
  { folder: 'contracts/near/lib/pure', imports: [], packages: [], browser: true },
  { folder: 'contracts/near/lib', imports: ['contracts/near/lib/pure'], packages: ['near-sdk-js'], browser: true },
  {
    folder: 'contracts/near/*',
    imports: ['contracts/near/lib', 'contracts/near/lib/pure'],
    packages: ['near-sdk-js'],
    browser: true,
  },
  { folder: 'contracts/toolchain', imports: ['chain/lib'] }, // BlyanError alone
  { folder: 'chain/lib', imports: [], browser: true },
  { folder: 'chain/vm', imports: ['chain/lib'] },
  { folder: 'chain/runtime', imports: ['chain/lib', 'chain/vm'] },
  { folder: 'chain/node', imports: ['chain/lib', 'chain/vm', 'chain/runtime'] },
  { folder: 'chain/client', imports: ['chain/lib', 'contracts/near/lib/pure'], browser: true },
  { folder: 'workers/engine', imports: ['chain/lib'], browser: true },
  { folder: 'workers/delta', imports: ['chain/client', 'chain/lib'], browser: true },
  { folder: 'workers/aggregate', imports: ['chain/client', 'chain/lib'], browser: true },
  // What a validator does again, a page does too: docs/decisions/009.
  {
    folder: 'workers/proof',
    imports: ['chain/client', 'chain/lib', 'workers/aggregate', 'workers/delta', 'workers/engine'],
    browser: true,
  },
  { folder: 'workers/node', imports: ['chain/client', 'chain/lib', 'workers/*'] },
  { folder: 'workers/gateway', imports: ['chain/client', 'chain/lib', 'workers/*'] },
  { folder: 'workers/*', imports: ['chain/client', 'chain/lib'] },
  { folder: 'oracle', imports: ['chain/client', 'chain/lib'] },
  // What people copy: it shows what clients may use.
  { folder: 'docs/examples', imports: ['chain/client', 'chain/lib'] },
  { folder: 'frontend', imports: ['chain/client', 'chain/lib', 'workers/engine', 'workers/proof'], browser: true },
  // Soaks are the long form of tests: they share the tests' networks and claims.
  { folder: 'scripts/soak', imports: ['*', 'scripts', 'test'] },
  // Benchmarks measure over the same worlds.
  { folder: 'scripts/bench', imports: ['*', 'scripts', 'test'] },
  { folder: 'scripts', imports: ['*'] },
  { folder: 'test', imports: ['*', 'scripts'] },
  { folder: '', imports: ['*', 'scripts'] }, // configuration files of the root; Hardhat's takes the build's settings
]

export interface Violation {
  path: string
  line: number
  /** The specifier as written. */
  target: string
  why: string
}

export interface ArrowOptions {
  /** Packages of the manifest that a file belongs to. */
  isDeclared: (path: string, packageName: string) => boolean
}

/** Every import that the table does not allow, every `node:` in a browser part, every undeclared package. */
export function findViolations(sources: readonly Source[], { isDeclared }: ArrowOptions): Violation[] {
  return sources.flatMap(({ path, text }) => {
    const from = partOf(path)
    return importsOf(text).flatMap(({ target, line }) => {
      const why = from === null ? 'lies in no part of the design' : reasonAgainst(path, from, target, isDeclared)
      return why === null ? [] : [{ path, line, target, why }]
    })
  })
}

/** Static and dynamic imports and re-exports with a literal specifier; comments do not count. */
export function importsOf(text: string): { target: string; line: number }[] {
  const code = withoutComments(text)
  const forms = [
    /(?:^|[;}\n])\s*(?:import|export)\b[^'"`;()=]*?\bfrom\s*['"]([^'"\n]+)['"]/g,
    /(?:^|[;}\n])\s*import\s*['"]([^'"\n]+)['"]/g,
    /\bimport\s*\(\s*['"`]([^'"`\n$]+)['"`]/g,
    /\brequire\s*\(\s*['"]([^'"\n]+)['"]/g,
  ]
  return forms.flatMap((form) =>
    [...code.matchAll(form)].map((match) => ({
      target: match[1]!,
      line: lineOf(code, match.index + match[0].indexOf(match[1]!)),
    })),
  )
}

/** The part whose folder fits best, with `*` filled in; null outside the design. */
export function partOf(path: string): (Part & { instance: string }) | null {
  let best: (Part & { instance: string }) | null = null
  for (const part of PARTS) {
    const pattern = part.folder === '' ? [] : part.folder.split('/')
    const segments = path.split('/')
    if (part.folder === '' ? segments.length > 1 : segments.length <= pattern.length) continue
    if (!pattern.every((name, i) => name === '*' || name === segments[i])) continue
    const instance = segments.slice(0, pattern.length).join('/')
    // A named folder beats a star of the same depth.
    const rank = (folder: string) => folder.split('/').length * 2 - Number(folder.includes('*'))
    if (best === null || rank(part.folder) > rank(best.folder)) best = { ...part, instance }
  }
  return best
}

function reasonAgainst(
  path: string,
  from: Part & { instance: string },
  target: string,
  isDeclared: ArrowOptions['isDeclared'],
): string | null {
  if (target.startsWith('node:') || builtinModules.includes(target)) {
    return from.browser ? `${from.instance} runs in browsers and contracts, so nothing of Node` : null
  }
  if (!target.startsWith('.')) {
    const name = target
      .split('/')
      .slice(0, target.startsWith('@') ? 2 : 1)
      .join('/')
    if (from.packages !== undefined && !from.packages.includes(name))
      return `${from.instance} may use only ${from.packages.join(', ') || 'no package'}`
    return isDeclared(path, name) ? null : `${name} is not in the manifest`
  }
  const file = posix.join(posix.dirname(path), target)
  if (/\.json$/.test(file)) return null // data carries no code
  const to = partOf(file)
  if (to === null) return 'leads to no part of the design'
  if (to.instance === from.instance) return null
  const closed = to.folder === 'scripts' || to.folder === 'test'
  const allowed = from.imports.some((part) => (part === '*' ? !closed : fits(part, to.instance)))
  return allowed ? null : `${from.instance || 'the root'} may not import ${to.instance || 'the root'}`
}

/** `workers/*` fits `workers/delta`, no deeper and no other. */
function fits(pattern: string, instance: string): boolean {
  const [a, b] = [pattern.split('/'), instance.split('/')]
  return a.length === b.length && a.every((name, i) => name === '*' || name === b[i])
}
