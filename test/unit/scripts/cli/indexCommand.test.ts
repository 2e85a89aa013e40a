import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { sql } from 'drizzle-orm'
import { openDatabase } from '../../../../workers/gateway/database/index.ts'
import { serveWorld, WORLD } from '../../../fixtures/indexWorld.ts'
import { WorldPlayer } from '../../../fixtures/indexWorldPlay.ts'

describe('blyan index', function () {
  this.timeout(120_000)
  let dir: string
  let server: Awaited<ReturnType<typeof serveWorld>>

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'blyan-index-'))
    server = await serveWorld(new WorldPlayer({ tasks: 3, workers: 3, operators: 12 }).run().rpc)
  })
  after(async () => {
    await server.close()
    rmSync(dir, { recursive: true, force: true })
  })

  function index(verb: string) {
    const place = ['--rpc', server.url, '--dir', dir, '--market', WORLD.market, '--bly', WORLD.bly, '--json']
    const args = ['scripts/cli/main.ts', 'index', verb, ...place]
    const env = { ...process.env, DATABASE_URL: '', NODE_COMPILE_CACHE: join(tmpdir(), 'blyan-node-compile') }
    return new Promise<{ exit: number; json: Record<string, unknown> }>((resolve, reject) => {
      execFile(process.execPath, args, { env }, (error, stdout, stderr) => {
        const text = stdout.trim() || stderr.trim()
        try {
          resolve({ exit: Number(error?.code ?? 0), json: JSON.parse(text.slice(text.indexOf('{'))) })
        } catch {
          reject(new Error(text))
        }
      })
    })
  }

  it('rebuilds, hashes the same, and names the field that somebody made wrong', async () => {
    const rebuilt = await index('rebuild')
    expect(rebuilt.exit).to.equal(0)
    expect(rebuilt.json).to.include({ schema: 'blyan.index/1' })
    expect((await index('hash')).json).to.deep.equal(rebuilt.json)
    expect((await index('check')).json).to.deep.equal(rebuilt.json)
    const { db, close } = await openDatabase({ dir })
    await db.execute(sql`update chain.tasks set escrow = escrow + 1 where id = 2`)
    const held = await index('check')
    expect(held.exit).to.equal(1)
    expect(held.json.error).to.include({ code: 'GATEWAY_DATABASE_LOCKED' })
    await close()
    const { exit, json } = await index('check')
    expect(exit).to.equal(1)
    expect((json.differences as object[])[0]).to.deep.equal({
      table: 'tasks',
      key: '2',
      field: 'escrow',
      index: '1',
      chain: '0',
    })
    expect((await index('rebuild')).json).to.deep.equal(rebuilt.json)
  })
})
