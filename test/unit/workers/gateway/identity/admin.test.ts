/** `blyan gateway admin`: over the socket of a running gateway, and straight on the database of a stopped one. */
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { sql } from 'drizzle-orm'
import { runCommand } from '../../../../../scripts/cli/dispatch.ts'
import { auditText, keysText } from '../../../../../scripts/cli/gatewayAdminText.ts'
import { type OpenedDatabase, openDatabase } from '../../../../../workers/gateway/database/index.ts'
import {
  askAdmin,
  createIdentity,
  type Identity,
  identityHandlers,
  serveAdmin,
} from '../../../../../workers/gateway/identity/index.ts'
import { testParts } from '../../../../fixtures/gatewayParts.ts'
import { seeded } from '../../../../fixtures/identityWorld.ts'

describe('blyan gateway admin', function () {
  this.timeout(60_000)
  let dir: string
  let opened: OpenedDatabase
  let identity: Identity
  let admin: { close(): Promise<void> } | null
  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'blyan admin '))
    opened = await openDatabase({ dir })
    const parts = { ...testParts({ db: opened.db, config: { dir } }), random: seeded('admin') }
    identity = await createIdentity(parts, { isFullAccess: async () => true })
    await identity.keys.make('near:alice.near', 'ci \u001b[31mred', ['read'])
    await identity.keys.make('near:bob.near', 'laptop', ['tasks', 'read'])
    const handlers = { ...identityHandlers(identity), limits: async () => ({ anonymous: 300 }) }
    admin = await serveAdmin(dir, handlers, parts.log)
  })
  after(async () => {
    rmSync(dir, { recursive: true, force: true })
  })

  /** In this process: a start of its own costs seconds, and what is printed is all that matters. */
  const blyan = async (...argv: string[]): Promise<{ code: number; out: string }> => {
    const write = process.stdout.write
    let out = ''
    process.stdout.write = ((text: string) => {
      out += text
      return true
    }) as typeof write
    try {
      const place = argv.includes('--dir') ? [] : ['--dir', dir]
      const code = await runCommand(['gateway', 'admin', ...argv, ...place, '--json'])
      return { code, out }
    } finally {
      process.stdout.write = write
    }
  }

  it('listens on a socket file that nobody else may open', () => {
    expect(statSync(join(dir, 'admin.sock')).mode & 0o777).to.equal(0o600)
  })

  it('lists all keys, of one user too, with names that cannot paint the terminal', async () => {
    const out = keysText((await askAdmin(dir, 'keys'))!.value as never)
    expect((await blyan('keys')).code).to.equal(0)
    expect(out).to.include('near:alice.near').and.include('near:bob.near').and.not.include('\u001b')
    const found = (await askAdmin(dir, 'keys', { user: 'near:bob.near' }))!.value as { keys: { user: string }[] }
    expect(found.keys.map(({ user }) => user)).to.deep.equal(['near:bob.near'])
    expect(JSON.stringify(found)).to.not.include('hash')
  })

  it('ends a key in the running gateway at once, and says so in the audit log', async () => {
    const { key, id } = await identity.keys.make('near:alice.near', 'stolen', ['read'])
    const authenticate = () => identity.authenticate({ authorization: `Bearer ${key}`, cookies: {} })
    expect((await authenticate())?.user).to.equal('near:alice.near')
    expect((await blyan('keys', 'revoke', id)).code).to.equal(0)
    expect(
      await authenticate().then(
        () => null,
        ({ code }) => code,
      ),
    ).to.equal('TOKEN_REVOKED')
    expect((await identity.audit.list(1))[0]).to.deep.include({
      event: 'key-revoked',
      data: { key: id, by: 'operator' },
    })
  })

  it('answers what it does not know, or cannot read, with what to do', async () => {
    const refusal = (name: string, input?: unknown) =>
      askAdmin(dir, name, input).then(
        () => null,
        ({ what }) => what,
      )
    expect(await refusal('drop everything')).to.match(/does not know "drop everything"/)
    expect(await refusal('toString')).to.match(/does not know/)
    expect(await refusal('keys', { limit: 1e9 })).to.match(/not what it takes/)
    expect(await refusal('keys revoke', { id: '0'.repeat(16) })).to.match(/no API key/)
    expect((await blyan('keys', 'revoke')).code).to.equal(2)
    expect((await blyan('keys', 'eat')).code).to.equal(2)
    expect((await blyan('everything')).code).to.equal(2)
  })

  it('is not taken down by a visitor who speaks something else', async () => {
    for (const noise of ['GET / HTTP/1.1\r\n\r\n', '{}\n', '\u0000\n', '[1]\n']) {
      const socket = connect(join(dir, 'admin.sock'))
      const said = new Promise<string>((resolve) => {
        let text = ''
        socket
          .setEncoding('utf8')
          .on('data', (chunk) => (text += chunk))
          .on('close', () => resolve(text))
      })
      socket.write(noise)
      expect(await said).to.match(/"error"/)
    }
    expect((await askAdmin(dir, 'limits'))!.value).to.deep.equal({ anonymous: 300 })
  })

  it('verifies the log of the running gateway: exit code 0', async () => {
    const { code, out } = await blyan('audit')
    expect([code, JSON.parse(out).broken]).to.deep.equal([0, null])
  })

  it('works on the database when the gateway is stopped, and turns red when the log was changed', async () => {
    await opened.db.execute(sql`alter table app.audit disable trigger all`)
    await opened.db.execute(sql`update app.audit set data = '{}' where seq = 2`)
    await admin!.close()
    await identity.close()
    await opened.close()
    // What a kill leaves behind.
    writeFileSync(join(dir, 'admin.sock'), '')
    const { code, out } = await blyan('audit')
    expect(code, out).to.equal(1)
    const found = JSON.parse(out)
    expect(found.broken).to.deep.equal({ seq: 2, why: 'its content does not have its hash' })
    expect(auditText(found)).to.match(/CHANGED at entry 2: its content does not have its hash\. 1 entries before/)
  })

  it('says what only a running gateway knows, and makes no database where there is none', async () => {
    const limits = await blyan('limits')
    expect(limits.code).to.equal(2)
    expect(JSON.parse(limits.out).error.what).to.match(/No gateway runs/)
    expect((await blyan('keys', '--dir', join(dir, 'typo'))).code).to.equal(2)
    expect(existsSync(join(dir, 'typo'))).to.equal(false)
  })
})
