import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { PaidWindow } from '../../../fixtures/bridgeSoak/books.ts'
import { SoakFault } from '../../../fixtures/bridgeSoak/fault.ts'
import { journalRoot } from '../../../fixtures/bridgeSoak/journalRoot.ts'
import { rememberedEvm, rememberedNear } from '../../../fixtures/bridgeSoak/memo.ts'
import { PLANTS, type RunResult, runBridgeSoak } from '../../../fixtures/bridgeSoak/run.ts'

async function play(seed: number, operations: number, plant?: string): Promise<RunResult> {
  const dir = mkdtempSync(join(journalRoot(), 'blyan-soak-bridge-'))
  try {
    const found = plant === undefined ? undefined : PLANTS.find(({ name }) => name === plant)!
    return await runBridgeSoak({ seed, operations, dir, ...(found && { plant: await found.make() }) })
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

describe('the soak of the bridge', () => {
  for (const seed of [11, 12]) {
    it(`finds no rule broken and ends every transfer, seed ${seed}`, async () => {
      const { broken, left, checks, locks, burns, counts, alarms } = await play(seed, 250)
      expect(broken).to.equal(null)
      expect(left).to.equal(0)
      expect(checks).to.be.at.least(250)
      expect(Math.min(locks, burns)).to.be.greaterThan(5)
      expect(Object.keys(counts.faults).length).to.be.greaterThan(5)
      // RPCs differ when a fault has it so; a signer waits at first until the block that holds the bridge is final.
      const waits = ['SIGNER_RPCS_DISAGREE', 'SIGNER_EVM_REPLY']
      expect(Object.keys(alarms).filter((code) => !waits.includes(code))).to.deep.equal([])
    })
  }

  it('finds a bridge on EVM that pays a lock twice, which costs whoever holds BLY what backs it', async () => {
    const { broken } = await play(1, 400, 'EVM forgets which locks it minted')
    expect(broken?.what).to.match(/^near-evm:\d+ was paid twice on evm$/)
  })

  it('finds signers that believe a burn which a reorganisation takes back', async () => {
    const { broken } = await play(1, 400, 'signers believe a burn that is not final')
    expect(broken?.what).to.match(/SIGNER_SOURCE_VANISHED|SIGNER_FINALITY_BROKEN|behind them$/)
  })
})

describe('what the soak counts as paid', () => {
  const limit = 100n
  it('may not hold one number twice, but one number of each way', () => {
    const window = new PaidWindow('evm', limit)
    window.pay('near-evm', '7', 0, 1n)
    window.pay('evm-near', '7', 0, 1n)
    expect(() => window.pay('near-evm', '7', 99_999, 1n)).to.throw(SoakFault, 'paid twice')
  })
  it('may not be more than the limit within any 3,600 seconds', () => {
    const window = new PaidWindow('near', limit)
    window.pay('evm-near', '0', 0, 60n)
    window.pay('evm-near', '1', 1, 40n)
    window.pay('evm-near', '2', 3_600, 60n)
    expect(() => window.pay('evm-near', '3', 3_600, 1n)).to.throw(SoakFault, 'within an hour')
    expect(window.most).to.equal(101n)
  })
})

describe('the soak’s memory of in-process nodes', () => {
  it('asks an EVM node again after every change, and on mined blocks only after a reorganisation', async () => {
    const asked: string[] = []
    const request = rememberedEvm(async (method, params) => {
      asked.push(`${method} ${params[0] ?? ''}`)
      return { number: asked.length }
    })
    const latest = () => request('eth_getBlockByNumber', ['latest', false])
    const third = () => request('eth_getBlockByNumber', ['0x3', false])
    const [before, kept] = [await latest(), await third()]
    expect(await latest()).to.equal(before)
    await request('evm_mine', [])
    expect(await latest()).to.not.equal(before)
    expect(await third()).to.equal(kept)
    await request('evm_revert', ['0x1'])
    expect(await third()).to.not.equal(kept)
    expect(asked.filter((each) => each.endsWith('0x3'))).to.have.length(2)
  })

  it('does not keep that a block is missing, nor a failure', async () => {
    let answer: unknown = null
    const request = rememberedEvm(async () => {
      if (answer instanceof Error) throw answer
      return answer
    })
    const fourth = () => request('eth_getBlockByNumber', ['0x4', false])
    expect(await fourth()).to.equal(null)
    answer = new Error('away')
    await request('evm_mine', []).catch(() => null)
    expect(await fourth().catch((error: Error) => error.message)).to.equal('away')
    answer = { number: '0x4' }
    expect(await fourth()).to.equal(answer)
  })

  it('asks a NEAR node again once there is a new block', async () => {
    let [head, asked] = ['a', 0]
    const request = rememberedNear(
      async () => ++asked,
      () => head,
    )
    const query = () => request('query', { finality: 'final' })
    expect([await query(), await query()]).to.deep.equal([1, 1])
    head = 'b'
    expect(await query()).to.equal(2)
  })
})
