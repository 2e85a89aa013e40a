/** Key files of EVM accounts: who may read them, and what is refused without showing the key. */
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { EvmKeyFileError, evmKeyOf, readEvmKey } from '../../../../scripts/bridge/evmKey.ts'

describe('an EVM key file', () => {
  let dir: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'blyan-evm-key-'))
  })
  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  it('is made once, readable by its owner alone, and read back', () => {
    const path = join(dir, 'deep', 'key.json')
    const made = evmKeyOf(path)
    expect(statSync(path).mode & 0o777).to.equal(0o600)
    expect(evmKeyOf(path)).to.deep.equal(made)
  })

  it('is refused when others may read it, when it is none, and when address and key differ; the key is in no message', () => {
    const path = join(dir, 'key.json')
    const { privateKey } = evmKeyOf(path)
    chmodSync(path, 0o644)
    expect(() => readEvmKey(path)).to.throw(EvmKeyFileError, 'Others on this machine')
    const spoil = (text: string): void => {
      rmSync(path)
      writeFileSync(path, text, { mode: 0o600 })
      try {
        readEvmKey(path)
        expect.fail('was read')
      } catch (error) {
        expect(error).to.be.instanceOf(EvmKeyFileError)
        expect(JSON.stringify(error)).to.not.contain(privateKey.slice(2))
      }
    }
    spoil('{')
    spoil(JSON.stringify({ address: `0x${'11'.repeat(20)}`, private_key: privateKey }))
    spoil(JSON.stringify({ private_key: privateKey }))
    expect(() => readEvmKey(join(dir, 'none'))).to.throw(EvmKeyFileError, 'does not exist')
  })
})
