import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { lockKey, readKeyFile } from '../../../../workers/node/keyFile.ts'

const SECRET = 'ed25519:3D4YudUahN1nawWogh8pAKSj92sUNMdbZGjn7kERKzYoTy8tnFQuwoGUC51DowKqorvkr2pytJSnwuSbsNVfqygr'
const KEY = {
  account_id: 'a.test.near',
  public_key: 'ed25519:Anu7LYDfpLtkP7E16LT9imXF694BdQaa9ufVkQiwTQxC',
  secret_key: SECRET,
}

describe('key files', () => {
  let path: string
  let dir: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'blyan-key-'))
    path = join(dir, 'key.json')
    writeFileSync(path, JSON.stringify(KEY), { mode: 0o600 })
  })
  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  it('are read as nearcore writes them', () => {
    expect(readKeyFile(path).accountId).to.equal('a.test.near')
  })

  it('are refused when others may read them', () => {
    chmodSync(path, 0o644)
    expect(() => readKeyFile(path))
      .to.throw(/chmod|Others/)
      .with.property('code', 'NODE_KEY_FILE')
  })

  it('are refused without naming the secret when a field does not fit', () => {
    writeFileSync(path, JSON.stringify({ ...KEY, secret_key: `${SECRET}!` }))
    try {
      readKeyFile(path)
      expect.fail('was read')
    } catch (error) {
      expect(error).to.have.property('code', 'NODE_KEY_FILE')
      expect(JSON.stringify(error) + String((error as Error).stack)).to.not.include(SECRET.slice(8))
    }
  })

  it('are missing with a word on what to do', () => {
    expect(() => readKeyFile(join(dir, 'none.json')))
      .to.throw()
      .with.property('code', 'NODE_KEY_FILE')
  })

  it('serve one daemon at a time', () => {
    writeFileSync(`${path}.lock`, String(process.ppid))
    expect(() => lockKey(path))
      .to.throw()
      .with.property('code', 'NODE_KEY_IN_USE')
  })

  it('are free again when their daemon was killed', () => {
    writeFileSync(`${path}.lock`, '999999999')
    lockKey(path)()
  })
})
