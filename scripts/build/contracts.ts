/**
 * `npm run build:contracts [NAME …] [-- --from DIR --out DIR --json]`: every contract of contracts/near as wasm into
 * contracts/build. What is built already from the same inputs is left alone. Tests and `blyan up` call `buildContracts`.
 */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { BlyanError } from '../../chain/lib/errors.ts'
import type { ContractSchema } from '../../contracts/near/lib/schema.ts'
import {
  type BuildResult,
  buildAll,
  ensurePackages,
  findContracts,
  type Places,
  places as placesOf,
  withLock,
} from '../../contracts/toolchain/index.ts'
import { loadTable } from '../../contracts/toolchain/table.ts'
import { packageVersion, toAbi } from './abi.ts'

export interface BuildContractsOptions {
  /** Which ones, all by default. */
  names?: readonly string[]
  /** Where the outputs go, contracts/build by default. */
  outDir?: string
  /** Folder whose subfolders are contracts, contracts/near by default. */
  sources?: string
  /** Says nothing on stderr. */
  quiet?: boolean
  places?: Places
}

/**
 * Builds contracts, installing the toolchain's packages first where they are missing. Two builds never run at once.
 * @returns one result a contract: name, wasmPath, fresh (nothing had to be done), meta (sha256, bytes, exports, timings)
 * @throws the errors of contracts/toolchain/errors.ts
 */
export async function buildContracts({
  names,
  outDir,
  sources,
  quiet = false,
  places = placesOf(),
}: BuildContractsOptions = {}): Promise<BuildResult[]> {
  const progress = quiet ? () => {} : (text: string) => process.stderr.write(`contracts: ${text}\n`)
  const contracts = findContracts(sources ?? places.sources, names)
  const lock = resolve(places.build, '.lock')
  const onWait = (pid: number) => progress(`waiting for the build of process ${pid}`)
  return withLock(
    lock,
    async () => {
      await ensurePackages(places, progress)
      const results = await buildAll(places, contracts, { outDir, progress })
      for (const { schema } of contracts) if (schema !== null) await writeAbi(schema, outDir ?? places.build)
      return results
    },
    { onWait },
  )
}

/** `<name>.abi.json`, beside the wasm. */
async function writeAbi(schema: string, outDir: string): Promise<void> {
  const table = await loadTable<ContractSchema>(schema)
  writeFileSync(
    resolve(outDir, `${table.name}.abi.json`),
    `${JSON.stringify(toAbi(table, packageVersion()), null, 2)}\n`,
  )
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { from: { type: 'string' }, out: { type: 'string' }, json: { type: 'boolean' } },
  })
  const results = await buildContracts({
    names: positionals.length > 0 ? positionals : undefined,
    sources: values.from === undefined ? undefined : resolve(values.from),
    outDir: values.out === undefined ? undefined : resolve(values.out),
  })
  if (values.json) console.log(JSON.stringify(results.map(({ meta }) => meta)))
  else for (const result of results) console.log(line(result))
}

function line({ name, wasmPath, fresh, meta }: BuildResult): string {
  const time = fresh ? 'unchanged' : `${(meta.timingsMs.total! / 1000).toFixed(1)} s`
  return `${name.padEnd(12)} ${(meta.bytes / 1000).toFixed(1).padStart(7)} kB  sha256 ${meta.sha256}  ${time}  ${wasmPath}`
}

if (import.meta.main) {
  try {
    await main()
  } catch (error) {
    if (!(error instanceof BlyanError)) throw error
    console.error(`${error.code}: ${error.what}\n${error.fix}`)
    process.exitCode = 1
  }
}
