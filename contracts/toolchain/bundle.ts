/**
 * contract.ts and all that it imports as one JavaScript module, by near-sdk-js's own Babel plugins under Rollup. Only
 * TypeScript goes through Babel, which is what makes it fast. The output names no folder and no time.
 */
import { readFileSync } from 'node:fs'
import { relative, resolve, sep } from 'node:path'
import { ContractSyntaxError } from './errors.ts'
import { freeMethodNames } from './freeNames.ts'
import type { Places } from './paths.ts'
import {
  type Babel,
  load,
  packageFolder,
  type Rollup,
  type RollupPlugin,
  type RollupWarning,
  type SourceMap,
} from './vendor.ts'

export interface Bundle {
  code: string
  /** Sources are named from the checkout's root. */
  map: SourceMap
  /** Contract methods: what is exported with a lower-case first letter; the class is exported too. */
  methods: string[]
  /** Absolute paths of every file that went in. */
  files: string[]
}

/** @throws ContractSyntaxError with `data.at` when it does not parse or an import leads nowhere */
export async function bundleContract(places: Places, entry: string): Promise<Bundle> {
  const { rollup } = await load<Rollup>(places, 'rollup')
  const warnings: RollupWarning[] = []
  try {
    const build = await rollup({
      input: entry,
      // A package whose exports nobody uses does nothing: near-sdk-js's collections and lodash stay out.
      treeshake: { moduleSideEffects: (id) => !id.includes('node_modules') },
      plugins: [packagesOfContracts(places), await nodeResolve(places), await typescript(places)],
      onwarn: (warning) => warnings.push(warning),
      preserveSymlinks: true, // node_modules may be a link, and its files keep the checkout's names
    })
    const unresolved = warnings.find(({ code }) => code === 'UNRESOLVED_IMPORT' || code === 'MISSING_EXPORT')
    if (unresolved) throw unresolved
    const { output } = await build.generate({
      format: 'es',
      sourcemap: true,
      // Rollup writes sources relative to `file`; from the root they are the same in every checkout.
      file: resolve(places.root, 'contract.js'),
    })
    await build.close()
    const [chunk] = output
    const files = Object.keys(chunk.modules).sort()
    return { code: chunk.code, map: chunk.map!, methods: chunk.exports.filter((name) => /^[a-z]/.test(name)), files }
  } catch (error) {
    throw syntaxError(places, error as RollupWarning & { id?: string; reasonCode?: string })
  }
}

/** Packages come from contracts/node_modules wherever the importing file lies: a test's contract lies elsewhere. */
function packagesOfContracts({ contracts }: Places): RollupPlugin {
  const home = resolve(contracts, 'package.json')
  return {
    name: 'packages-of-contracts',
    resolveId(source, importer) {
      if (importer === undefined || importer === home || /^[./\0]/.test(source)) return null
      if (importer.startsWith(resolve(contracts, 'node_modules') + sep)) return null
      return this.resolve(source, home, { skipSelf: true })
    },
  }
}

async function nodeResolve(places: Places): Promise<unknown> {
  const { nodeResolve } = await load<{ nodeResolve(options: object): unknown }>(places, '@rollup/plugin-node-resolve')
  return nodeResolve({ extensions: ['.js', '.ts'] })
}

async function typescript(places: Places): Promise<RollupPlugin> {
  const babel = await load<Babel>(places, '@babel/core')
  const tools = resolve(packageFolder(places, 'near-sdk-js'), 'lib/cli/build-tools')
  const plugin = async (file: string): Promise<unknown> => load(places, resolve(tools, file))
  const includeBytes = await plugin('include-bytes.js')
  const exporter = await plugin('near-bindgen-exporter.js')
  const preset = await load(places, '@babel/preset-typescript')
  const decorators = await load(places, '@babel/plugin-proposal-decorators')
  return {
    name: 'contract-typescript',
    async transform(code, id) {
      if (!id.endsWith('.ts')) return null
      return babel.transformAsync(code, {
        filename: id,
        babelrc: false,
        configFile: false,
        sourceMaps: true,
        presets: [[preset, { allowDeclareFields: true, onlyRemoveTypeImports: false }]],
        plugins: [freeMethodNames, includeBytes, [exporter, { verbose: false }], [decorators, { version: 'legacy' }]],
      })
    },
  }
}

function syntaxError(places: Places, error: RollupWarning & { id?: string }): ContractSyntaxError {
  const file = error.loc?.file ?? error.id
  const name = file === undefined ? null : relative(places.root, file).split(sep).join('/')
  const place = error.loc ? `${name ?? 'contract'}:${error.loc.line}:${error.loc.column + 1}` : name
  // Babel repeats the path and draws the lines; the first line says it all.
  const first = error.message.split('\n', 1)[0]!.replace(`${file}: `, '').replaceAll(`${places.root}${sep}`, '')
  return new ContractSyntaxError({
    what: place === null ? first : `${place}: ${first}`,
    fix: 'Correct the line; contracts import siblings as ./name.ts and shared parts as ../lib/name.ts.',
    data: { at: place, excerpt: excerpt(file, error.loc?.line) },
    cause: error,
  })
}

function excerpt(file: string | undefined, line: number | undefined): string | null {
  if (file === undefined || line === undefined) return null
  try {
    return readFileSync(file, 'utf8').split('\n')[line - 1] ?? null
  } catch {
    return null
  }
}
