/** One contract from TypeScript to wasm, in the order that its README draws. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { relative, resolve, sep } from 'node:path'
import { type Bundle, bundleContract } from './bundle.ts'
import { compileEngine, linkBytecodeCompiler, toBytecode } from './bytecode.ts'
import { type Compiler, compiler, type Progress } from './clang.ts'
import type { ContractSource } from './discover.ts'
import { SchemaMismatchError } from './errors.ts'
import { checkGates } from './gates.ts'
import { hashOf, sha256Hex } from './hash.ts'
import type { WasmFacts } from './inspect.ts'
import { packagesVersion } from './install.ts'
import { optimize } from './optimize.ts'
import type { Places } from './paths.ts'
import { type CSources, contractHeaders, readBuilder, readEngineSources } from './quickjs.ts'
import { SNAPSHOT_EXPORTS, takeSnapshot } from './snapshot.ts'
import { loadTable } from './table.ts'

/** `<name>.meta.json`, beside the wasm. */
export interface BuildMeta {
  schema: 'blyan.contract-build/1'
  name: string
  /** Of the wasm: the code_hash that a node shows, in hex. */
  sha256: string
  bytes: number
  exports: string[]
  imports: string[]
  /** Data of the snapshot, in bytes. */
  heapBytes: number
  memoryPages: number
  bytecodeBytes: number
  limits: Pick<WasmFacts, 'functions' | 'maxBodyBytes' | 'blocks' | 'maxBlocks' | 'locals' | 'types' | 'dataSegments'>
  /** What it was built from: a build is skipped while none of it has changed. */
  inputs: { version: string; entry: string; files: Record<string, string> }
  timingsMs: Record<string, number>
}

export interface BuildResult {
  name: string
  wasmPath: string
  /** The outputs were already there, from the same inputs. */
  fresh: boolean
  meta: BuildMeta
}

/** Builds contracts that share one engine. @throws the errors of errors.ts */
export async function buildAll(
  places: Places,
  contracts: readonly ContractSource[],
  { outDir = places.build, progress }: { outDir?: string; progress: Progress },
): Promise<BuildResult[]> {
  const version = toolchainVersion(places)
  const results: BuildResult[] = []
  for (const contract of contracts) {
    const meta = findFresh(places, contract, outDir, version)
    if (meta !== null) results.push({ name: contract.name, wasmPath: wasmPath(outDir, contract), fresh: true, meta })
    else results.push(await build(places, contract, outDir, version, progress))
  }
  return results
}

async function build(
  places: Places,
  contract: ContractSource,
  outDir: string,
  version: string,
  progress: Progress,
): Promise<BuildResult> {
  const { name } = contract
  const clock = stopwatch()
  progress(`building ${name}`)
  const bundle = await bundleContract(places, contract.entry)
  await checkSchema(contract, bundle.methods)
  clock.lap('bundle')
  const cc = compiler(places, packagesVersion(places), progress)
  const sources = readEngineSources(places)
  const engine = await compileEngine(cc, sources)
  clock.lap('engine')
  const bytecode = await toBytecode(await linkBytecodeCompiler(cc, sources, engine), bundle.code)
  clock.lap('bytecode')
  const linked = await linkContract(places, cc, { sources, engine, bytecode, methods: bundle.methods })
  clock.lap('link')
  const snapshot = takeSnapshot(linked)
  clock.lap('snapshot')
  const wasm = await optimize(places, snapshot.wasm)
  clock.lap('optimize')
  const facts = checkGates(wasm, bundle.methods)
  clock.lap('gates')
  const meta: BuildMeta = {
    schema: 'blyan.contract-build/1',
    name,
    sha256: sha256Hex(wasm),
    bytes: wasm.length,
    exports: facts.exports.map((entry) => entry.name).sort(),
    imports: facts.imports.map((entry) => entry.name).sort(),
    heapBytes: snapshot.dataBytes,
    memoryPages: snapshot.pages,
    bytecodeBytes: bytecode.length,
    limits: pick(facts, ['functions', 'maxBodyBytes', 'blocks', 'maxBlocks', 'locals', 'types', 'dataSegments']),
    inputs: {
      version,
      entry: fromRoot(places, contract.entry),
      files: hashFiles(places, inputFiles(contract, bundle)),
    },
    timingsMs: clock.laps(),
  }
  writeOutputs(outDir, name, { wasm, bundle, meta })
  return { name, wasmPath: wasmPath(outDir, contract), fresh: false, meta }
}

interface LinkParts {
  sources: CSources
  engine: Uint8Array[]
  bytecode: Uint8Array
  methods: readonly string[]
}

async function linkContract(places: Places, cc: Compiler, parts: LinkParts): Promise<Uint8Array> {
  const headers = contractHeaders(parts.bytecode, parts.methods)
  const builder = await cc.compile('builder', { ...parts.sources, ...headers, 'builder.c': readBuilder(places) })
  return cc.link([builder, ...parts.engine], SNAPSHOT_EXPORTS)
}

/** The table is the contract's interface: neither side may have a method that the other lacks. */
async function checkSchema({ name, schema }: ContractSource, methods: readonly string[]): Promise<void> {
  if (schema === null) return
  const listed = Object.keys((await loadTable(schema)).methods)
  const unlisted = methods.filter((method) => !listed.includes(method))
  const absent = listed.filter((method) => !methods.includes(method))
  if (unlisted.length + absent.length === 0) return
  throw new SchemaMismatchError({
    what: `${name}: schema.ts lacks [${unlisted.join(', ')}] and contract.ts lacks [${absent.join(', ')}].`,
    fix: 'Give each exported method its entry in schema.ts, and each entry its decorated method in contract.ts.',
    data: { unlisted, absent },
  })
}

const wasmPath = (outDir: string, { name }: ContractSource): string => resolve(outDir, `${name}.wasm`)

function writeOutputs(
  outDir: string,
  name: string,
  output: { wasm: Uint8Array; bundle: Bundle; meta: BuildMeta },
): void {
  mkdirSync(outDir, { recursive: true })
  const write = (ending: string, content: Uint8Array | string) => {
    const path = resolve(outDir, `${name}${ending}`)
    writeFileSync(`${path}.part`, content)
    renameSync(`${path}.part`, path)
  }
  write('.js', output.bundle.code)
  write('.js.map', JSON.stringify(output.bundle.map))
  write('.wasm', output.wasm)
  // Last: while it is missing or old, the build counts as not done.
  write('.meta.json', `${JSON.stringify(output.meta, null, 2)}\n`)
}

function findFresh(places: Places, contract: ContractSource, outDir: string, version: string): BuildMeta | null {
  try {
    const meta = JSON.parse(readFileSync(resolve(outDir, `${contract.name}.meta.json`), 'utf8')) as BuildMeta
    if (meta.inputs.version !== version || meta.inputs.entry !== fromRoot(places, contract.entry)) return null
    const now = hashFiles(
      places,
      Object.keys(meta.inputs.files).map((file) => resolve(places.root, file)),
    )
    if (JSON.stringify(now) !== JSON.stringify(meta.inputs.files)) return null
    const complete = ['.js', '.js.map'].every((ending) => existsSync(resolve(outDir, contract.name + ending)))
    return complete && sha256Hex(readFileSync(wasmPath(outDir, contract))) === meta.sha256 ? meta : null
  } catch {
    return null
  }
}

/** Files of ours; packages are covered by their version. */
function inputFiles({ schema }: ContractSource, { files }: Bundle): string[] {
  const own = files.filter((file) => !file.includes(`${sep}node_modules${sep}`))
  return schema === null || own.includes(schema) ? own : [...own, schema]
}

/** A file's name that is the same in every checkout. */
const fromRoot = ({ root }: Places, file: string): string => relative(root, file).split(sep).join('/')

function hashFiles(places: Places, files: readonly string[]): Record<string, string> {
  const entries = files.map((file): [string, string] => [fromRoot(places, file), sha256Hex(readFileSync(file))])
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Of the packages and of every file of the toolchain itself. */
function toolchainVersion(places: Places): string {
  const parts: (string | Uint8Array)[] = [packagesVersion(places)]
  for (const folder of [resolve(places.contracts, 'toolchain'), places.runtime]) {
    for (const file of readdirSync(folder).sort()) {
      if (/\.(?:ts|c|h)$/.test(file)) parts.push(file, readFileSync(resolve(folder, file)))
    }
  }
  return hashOf(parts)
}

function pick<T, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<T, K>
}

function stopwatch(): { lap: (name: string) => void; laps: () => Record<string, number> } {
  const laps: Record<string, number> = {}
  const start = performance.now()
  let last = start
  return {
    lap(name) {
      const now = performance.now()
      laps[name] = Math.round(now - last)
      last = now
    },
    laps: () => ({ ...laps, total: Math.round(performance.now() - start) }),
  }
}
