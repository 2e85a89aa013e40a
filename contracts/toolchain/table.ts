/** A contract's schema table, read from its schema.ts: the one export with a name and methods. */
import { pathToFileURL } from 'node:url'
import { SchemaMismatchError } from './errors.ts'

export interface Table {
  name: string
  methods: Record<string, unknown>
}

/** @throws SchemaMismatchError when the file exports no such table, or several */
export async function loadTable<T extends Table = Table>(file: string): Promise<T> {
  const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>
  const tables = Object.values(module).filter(isTable)
  if (tables.length === 1) return tables[0] as T
  throw new SchemaMismatchError({
    what: `${file} exports ${tables.length} schema tables.`,
    fix: 'Export one: `export const schema = { name, doc, methods, errors, events } as const satisfies ContractSchema`.',
    data: { file },
  })
}

function isTable(value: unknown): value is Table {
  const table = value as Table | null
  return typeof table === 'object' && typeof table?.name === 'string' && typeof table.methods === 'object'
}
