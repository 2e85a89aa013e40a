/** Which contracts there are: each folder with a contract.ts. */
import { existsSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { ContractNotFoundError } from './errors.ts'

export interface ContractSource {
  name: string
  /** Absolute path of contract.ts. */
  entry: string
  /** Absolute path of its schema table, if it has one. */
  schema: string | null
}

/** @param names  which ones, all by default   @throws ContractNotFoundError */
export function findContracts(folder: string, names?: readonly string[]): ContractSource[] {
  const all = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(resolve(folder, entry.name, 'contract.ts')))
    .map(({ name }): ContractSource => {
      const schema = resolve(folder, name, 'schema.ts')
      return { name, entry: resolve(folder, name, 'contract.ts'), schema: existsSync(schema) ? schema : null }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const missing = names?.find((name) => !all.some((contract) => contract.name === name))
  if (missing !== undefined) {
    throw new ContractNotFoundError({
      what: `No contract "${missing}" in ${folder}.`,
      fix: `Name one of: ${all.map(({ name }) => name).join(', ') || 'none yet'}; a contract is a folder with contract.ts.`,
      data: { name: missing, folder },
    })
  }
  return all.filter(({ name }) => names === undefined || names.includes(name))
}
