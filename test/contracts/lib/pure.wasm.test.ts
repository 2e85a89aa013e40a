/** The encoders in a contract's QuickJS give the vectors' bits too, and cost what the committed table says. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { expect } from 'chai'
import { createTestChain, type NearTestChain } from '../../../chain/node/testing.ts'
import * as pure from '../../../contracts/near/lib/pure/index.ts'
import vectors from '../../fixtures/vectors/pure.json' with { type: 'json' }
import { contractWasm } from '../../fixtures/wasm/contractWasm.ts'

const TABLE = new URL('../../../docs/results/gas-encoders.json', import.meta.url)

describe('contracts/near/lib/pure in QuickJS', function () {
  this.timeout(120_000)
  let chain: NearTestChain
  const encode = (name: string, input: unknown) => chain.root.view('encoders.test.near', 'encode', { name, input })

  before(async () => {
    chain = await createTestChain({ seed: 'encoders' })
    const account = await chain.createAccount('encoders.test.near')
    await account.deploy((await contractWasm('test/encoders')).wasm)
  })
  after(() => chain.close())

  it('hashes as the vectors say', async () => {
    for (const name of ['stateHash', 'submissionCommitment', 'verdictCommitment'] as const) {
      expect(await encode(name, vectors[name].input), name).to.equal(vectors[name].hash)
    }
    for (const { receipt, bytes, hash } of vectors.receipts) {
      expect(await encode('receiptHash', receipt)).to.equal(hash)
      expect(await encode('decodeReceipt', bytes)).to.deep.equal(receipt)
    }
    for (const { text, hex } of vectors.utf8) expect(await encode('utf8', text)).to.equal(hex)
  })

  it('reads hex as Node does: the same bytes, and the same texts refused', async () => {
    for (const text of ['', '00', 'ff', '0123456789abcdef', '7f80'.repeat(40)]) {
      expect(await encode('hex', text)).to.equal(text)
      expect(await encode('isHex', text))
        .to.equal(pure.isHex(text))
        .and.equal(true)
    }
    // The last two are wide text whose low bytes are digits.
    for (const text of ['0', 'FF', '0g', '0x', ' 0', '00\n', '\u0130\u0130', '\u01610']) {
      expect(() => pure.fromHex(text), text).to.throw('ENCODING_INVALID')
      expect(await encode('hex', text).catch(String), text).to.include('ENCODING_INVALID')
      expect(await encode('isHex', text)).to.equal(pure.isHex(text))
    }
  })

  it('draws, proves and appends as the vectors say', async () => {
    for (const { seed, length, k, order } of vectors.drawOrder) {
      expect(await encode('drawOrder', { seed, length, k })).to.deep.equal(order)
    }
    for (const { leaves, ...draw } of vectors.drawLeaves) expect(await encode('drawLeaves', draw)).to.deep.equal(leaves)
    for (const { root, index, size, leaves, proof, mmrRoot } of vectors.trees) {
      expect(await encode('verifyMerkle', { root, leaf: leaves[index], index, size, proof })).to.equal(true)
      const range = rangeOf(leaves.slice(0, -1))
      const next = (await encode('appendMmr', { range, leaf: leaves.at(-1) })) as pure.Mmr
      expect(await encode('mmrRoot', next)).to.equal(mmrRoot)
    }
  })

  it('costs what the committed table says: the gas of one encoder beyond an empty call', async () => {
    const tree = vectors.trees.at(-1)!
    const claim = {
      root: tree.root,
      leaf: tree.leaves[tree.index],
      index: tree.index,
      size: tree.size,
      proof: tree.proof,
    }
    const inputs: Record<string, unknown> = {
      submissionCommitment: vectors.submissionCommitment.input,
      verdictCommitment: vectors.verdictCommitment.input,
      stateHash: vectors.stateHash.input,
      verifyMerkle: claim,
      appendMmr: { range: rangeOf(tree.leaves.slice(0, 47)), leaf: tree.leaves[47] },
      mmrRoot: rangeOf(tree.leaves.slice(0, 47)),
      receiptHash: vectors.receipts[0].receipt,
      drawOrder: { seed: vectors.drawOrder[0].seed, length: 1000, k: 16 },
      drawLeaves: { input: vectors.drawLeaves[0].input, segments: 48, samples: 3 },
    }
    const burnt = async (name: string, input: unknown) =>
      (await chain.root.call('encoders.test.near', 'encode', { name, input })).gasBurntTGas
    const calls: Record<string, number> = {}
    for (const [name, input] of Object.entries(inputs)) {
      calls[name] = Math.round(((await burnt(name, input)) - (await burnt('nothing', input))) * 1000) / 1000
    }
    if (process.env.UPDATE_GAS) {
      const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim()
      writeFileSync(
        TABLE,
        `${JSON.stringify({ schema: 'blyan.gas/1', contract: 'encoders', commit, calls }, null, 2)}\n`,
      )
    }
    const committed: { calls: Record<string, number> } = JSON.parse(readFileSync(TABLE, 'utf8'))
    for (const [name, tgas] of Object.entries(committed.calls)) {
      expect(calls[name], `${name}: run with UPDATE_GAS=1 if this is meant`).to.be.closeTo(tgas, tgas * 0.1 + 0.01)
    }
  })
})

function rangeOf(leaves: readonly string[]): pure.Mmr {
  let range = pure.EMPTY_MMR
  for (const leaf of leaves) range = pure.appendMmr(keccak_256, range, leaf)
  return range
}
