import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { playIndexSoak } from '../../../../fixtures/indexSoak.ts'
import { findPostgres } from '../../../../fixtures/postgresServer.ts'

describe('the index under kills', () => {
  let dir: string
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'blyan-index-'))
  })
  after(() => rmSync(dir, { recursive: true, force: true }))

  const options = { tasks: 20, workers: 4, rounds: 2, seed: 3, say: () => {} }

  it('equals a rebuild on PGlite after kill -9 of the follower, and check finds every planted wrong column', async function () {
    this.timeout(180_000)
    const result = await playIndexSoak({ ...options, kills: 2, dir, pgliteOnly: true })
    expect(result.live.kills.follower).to.equal(2)
    expect(result.rebuilds.map(({ sha256 }) => sha256)).to.deep.equal([result.live.sha256])
    expect(result.checks.map(({ differences }) => differences)).to.deep.equal([0])
    expect(result.planted.filter(({ found }) => !found)).to.deep.equal([])
  })

  it('equals on PostgreSQL too, after kill -9 of the follower and of PostgreSQL', async function () {
    this.timeout(180_000)
    if (findPostgres() === null) {
      this.test!.title += ' (PostgreSQL is absent)'
      this.skip()
    }
    const result = await playIndexSoak({ ...options, kills: 1, dir: join(dir, 'second'), pgliteOnly: false })
    expect(result.rebuilds.at(-1)!.kills).to.deep.equal({ follower: 1, database: 1 })
    expect(new Set(result.rebuilds.map(({ sha256 }) => sha256))).to.deep.equal(new Set([result.live.sha256]))
    expect(result.ok).to.equal(true)
  })
})
