import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { is, sql } from 'drizzle-orm'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import { openPglite } from '../../../../../workers/gateway/database/driver.ts'
import {
  DatabaseDamagedError,
  DatabaseLockedError,
  insertRows,
  MigrationChangedError,
  migrate,
  type OpenedDatabase,
  openDatabase,
  upsertRows,
} from '../../../../../workers/gateway/database/index.ts'
import * as chain from '../../../../../workers/gateway/database/schema/chain.ts'

const rowsOf = (result: unknown) => (result as { rows: Record<string, unknown>[] }).rows

describe('the gateway’s database', () => {
  let dir: string
  let opened: OpenedDatabase
  const queries: number[] = []

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'blyan-database-'))
    opened = await openDatabase({ dir, onQuery: (ms) => queries.push(ms) })
  })
  after(async () => {
    await opened.close()
    rmSync(dir, { recursive: true, force: true })
  })

  it('has after its migrations exactly the columns that the tables name', async () => {
    const found = rowsOf(
      await opened.db.execute(
        sql`select table_name, column_name, is_nullable, data_type, numeric_precision p, numeric_scale s
            from information_schema.columns where table_schema = 'chain' and table_name <> 'migrations'`,
      ),
    )
    const lines = found.map((c) => {
      const type =
        c.data_type === 'numeric' ? `numeric(${c.p}, ${c.s})` : c.data_type === 'ARRAY' ? 'array' : c.data_type
      return `${c.table_name}.${c.column_name} ${type} ${c.is_nullable}`
    })
    const wanted = Object.values(chain)
      .filter((each): each is (typeof chain)['tasks'] => is(each, PgTable))
      .flatMap((table) => {
        const { name, columns } = getTableConfig(table)
        return columns.map((c) => {
          const type = c.getSQLType()
          return `${name}.${c.name} ${type.endsWith('[]') ? 'array' : type} ${c.notNull || c.primary ? 'NO' : 'YES'}`
        })
      })
    expect(lines.sort()).to.deep.equal(wanted.sort())
  })

  it('keeps amounts of 39 digits, lists and texts that PostgreSQL alone would refuse', async () => {
    const most = 10n ** 39n - 1n
    const row = {
      account: 'a.near',
      balance: most,
      payable: 0n,
      locked: 1n,
      paying: 0n,
      firstHeight: 1,
      updatedHeight: 2,
    }
    await insertRows(opened.db, chain.accounts, [row])
    await upsertRows(opened.db, chain.accounts, [{ ...row, payable: 7n }])
    expect(await opened.db.select().from(chain.accounts)).to.deep.equal([{ ...row, payable: 7n }])
    const event = {
      height: 1,
      index: 0,
      tx: 't',
      receipt: 'r',
      contract: 'c',
      name: 'n',
      at: 1,
      task: null,
      round: null,
    }
    await insertRows(opened.db, chain.events, [
      { ...event, data: { memo: 'nul \0 half \ud800' }, accounts: ['a', 'b'] },
    ])
    const [kept] = await opened.db.select().from(chain.events)
    expect(kept!.data).to.deep.equal({ memo: 'nul \ufffd half \ufffd' })
    expect(kept!.accounts).to.deep.equal(['a', 'b'])
  })

  it('undoes a transaction that throws, and times every statement', async () => {
    const before = queries.length
    const failing = opened.transaction(async (tx) => {
      await insertRows(tx, chain.supply, [{ name: 'x', amount: 1n }])
      throw new Error('no')
    })
    const error = await failing.then(
      () => null,
      (e: Error) => e.message,
    )
    expect(error).to.equal('no')
    expect(await opened.db.select().from(chain.supply)).to.deep.equal([])
    expect(queries.length).to.be.greaterThan(before)
  })

  it('tells a second process who holds the folder', () => {
    const code = `import { openDatabase } from './workers/gateway/database/index.ts'
      await openDatabase({ dir: process.argv[1] }).catch((e) => console.log(JSON.stringify(e)))`
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code, dir], { encoding: 'utf8' })
    const error = JSON.parse(stdout) as { code: string; what: string; data: { pid: number } }
    expect(error.code).to.equal(DatabaseLockedError.code)
    expect(error.data.pid).to.equal(process.pid)
    expect(error.what).to.contain(`pid ${process.pid}`)
  })

  it('drops what is derived and nothing of people’s own', async () => {
    await opened.db.execute(sql`create table app.mine (x integer)`)
    await opened.resetChain()
    expect(await opened.db.select().from(chain.accounts)).to.deep.equal([])
    expect(rowsOf(await opened.db.execute(sql`select * from app.mine`))).to.deep.equal([])
  })

  it('says what to do about a folder that a power cut has damaged, and lets it go', async () => {
    const damaged = mkdtempSync(join(tmpdir(), 'blyan-database-'))
    mkdirSync(join(damaged, 'pglite', 'global'), { recursive: true })
    writeFileSync(join(damaged, 'pglite', 'PG_VERSION'), '18\n')
    const open = () => openDatabase({ dir: damaged }).catch((error) => error)
    expect((await open()).code).to.equal(DatabaseDamagedError.code)
    expect((await open()).fix).to.contain('Move ')
    rmSync(damaged, { recursive: true, force: true })
  })

  it('refuses a migration that is no longer the one it ran', async () => {
    const driver = await openPglite(null, () => {})
    const list = [{ name: '0001_a.sql', text: 'create table app.a (x integer); create table app.b (y text)' }]
    expect(await migrate(driver, 'app', list)).to.deep.equal(['0001_a.sql'])
    expect(await migrate(driver, 'app', list)).to.deep.equal([])
    const changed = [{ name: '0001_a.sql', text: 'create table app.a (x bigint)' }]
    const error = await migrate(driver, 'app', changed).catch((e) => e)
    expect(error.code).to.equal(MigrationChangedError.code)
    // What fails in the middle leaves nothing.
    const half = [
      ...list,
      { name: '0002_c.sql', text: 'create table app.c (x integer); create table app.a (x integer)' },
    ]
    await migrate(driver, 'app', half).catch(() => {})
    expect(
      await migrate(driver, 'app', [...list, { name: '0002_c.sql', text: 'create table app.c (x text)' }]),
    ).to.have.lengthOf(1)
    await driver.close()
  })
})
