import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { playIndexSoak, type SoakResult } from '../../../../fixtures/indexSoak.ts'
import { findPostgres } from '../../../../fixtures/postgresServer.ts'

const KILLS = 2

describe('the index under kills', function () {
  this.timeout(400_000)
  const hasPostgres = findPostgres() !== null
  let dir: string
  let result: SoakResult

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'blyan-index-'))
    const options = { tasks: 20, workers: 4, rounds: 2, seed: 3, kills: KILLS, dir, pgliteOnly: !hasPostgres }
    result = await playIndexSoak({ ...options, say: () => {} })
  })
  after(() => rmSync(dir, { recursive: true, force: true }))

  it('equals a rebuild on PGlite after kill -9 of the follower', () => {
    expect(result.live.kills).to.deep.equal({ follower: KILLS, database: 0 })
    expect(result.rebuilds[0]!.sha256).to.equal(result.live.sha256)
    expect(result.receipts).to.be.greaterThan(100)
  })

  it('has nothing that differs from the contracts’ views, and check finds every planted wrong column', () => {
    expect(result.checks.filter(({ differences }) => differences > 0)).to.deep.equal([])
    expect(result.planted.length).to.be.greaterThan(10)
    expect(result.planted.filter(({ found }) => !found)).to.deep.equal([])
  })

  const title = 'is the same on PostgreSQL, after kill -9 of the follower and of PostgreSQL'
  it(hasPostgres ? title : `PostgreSQL is absent: ${title}`, function () {
    if (!hasPostgres) this.skip()
    expect(result.rebuilds.at(-1)!.kills).to.deep.equal({ follower: KILLS, database: KILLS })
    expect(new Set(result.rebuilds.map(({ sha256 }) => sha256))).to.deep.equal(new Set([result.live.sha256]))
    expect(result.ok).to.equal(true)
  })
})
