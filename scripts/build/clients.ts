/**
 * `npm run gen:clients`: near-abi JSON and a typed client for each contract that has a schema table, into
 * chain/client/near. A test runs it into a temporary folder and expects no difference.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { BlyanError } from '../../chain/lib/errors.ts'
import type { ContractSchema } from '../../contracts/near/lib/schema.ts'
import { findContracts } from '../../contracts/toolchain/discover.ts'
import { loadTable } from '../../contracts/toolchain/table.ts'
import { packageVersion, toAbi } from './abi.ts'
import { clientText } from './clientText.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const GENERATOR = relative(ROOT, import.meta.filename).replaceAll('\\', '/')

export interface GenerateClientsOptions {
  /** Folder whose subfolders are contracts, contracts/near by default. */
  sources?: string
  /** chain/client/near by default. */
  outDir?: string
}

/** @returns the files' names with their text, written to `outDir` */
export async function generateClients({
  sources = resolve(ROOT, 'contracts/near'),
  outDir = resolve(ROOT, 'chain/client/near'),
}: GenerateClientsOptions = {}): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  for (const { name, schema } of findContracts(sources)) {
    if (schema === null) continue
    const table = await loadTable<ContractSchema>(schema)
    files[`${name}.gen.ts`] = clientText(table, GENERATOR)
    files[`${name}.abi.gen.json`] = `${JSON.stringify(toAbi(table, packageVersion()), null, 2)}\n`
  }
  mkdirSync(outDir, { recursive: true })
  for (const [file, text] of Object.entries(files)) writeFileSync(resolve(outDir, file), text)
  return files
}

if (import.meta.main) {
  try {
    const files = await generateClients()
    for (const file of Object.keys(files)) console.log(`chain/client/near/${file}`)
  } catch (error) {
    if (!(error instanceof BlyanError)) throw error
    console.error(`${error.code}: ${error.what}\n${error.fix}`)
    process.exitCode = 1
  }
}
