/** The gateway's database. */
export { DatabaseAwayError, DatabaseDamagedError, DatabaseLockedError, MigrationChangedError } from './errors.ts'
export { migrate, migrationsOf, type SchemaName } from './migrate.ts'
export { type DatabaseOptions, type OpenedDatabase, openDatabase } from './openDatabase.ts'
export { rowsAsJson, rowsOfJson } from './rowsAsJson.ts'
export { insertRows, namesOf, upsertRows } from './writeRows.ts'
