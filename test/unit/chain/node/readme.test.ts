import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { bytesToBase58 } from '../../../../chain/lib/bytes.ts'
import { startChainNode } from '../../../../chain/node/index.ts'
import { contractWasm } from '../../../fixtures/wasm/contractWasm.ts'

const ROOT = new URL('../../../../', import.meta.url).pathname

describe('the README of the chain', function () {
  this.timeout(180_000)

  it('has a near-api-js script of at most 22 lines that runs as it stands, and shows the wasm’s hash', async () => {
    const { wasm } = await contractWasm('bly')
    const [, script] = /```js example\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'chain/README.md'), 'utf8'))!
    expect(script!.trim().split('\n').length).to.be.at.most(22)
    const dir = mkdtempSync(join(tmpdir(), 'blyan-readme-'))
    const node = await startChainNode({ dir, port: 0 })
    // Only the three places are another test run's own; near-api-js resolves from the repository.
    const file = join(ROOT, `.readme-${process.pid}.mjs`)
    const text = script!
      .replace('http://127.0.0.1:3030', node.rpc.url)
      .replace('.blyan/chain/validator_key.json', join(dir, 'validator_key.json'))
    writeFileSync(file, text)
    try {
      expect(existsSync(join(ROOT, 'contracts/build/bly.wasm'))).to.equal(true)
      const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: ROOT })
      const { balance, code_hash } = JSON.parse(stdout) as { balance: string; code_hash: string }
      expect(code_hash).to.equal(bytesToBase58(createHash('sha256').update(wasm).digest()))
      expect(balance).to.equal((10n ** 27n).toString())
    } finally {
      rmSync(file)
      await node.stop()
      rmSync(dir, { recursive: true })
    }
  })
})
