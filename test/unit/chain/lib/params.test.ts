/** The parameter table: generated without a difference, and the figures that whole runs depend on. */

import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { paramsAt } from '../../../../chain/lib/params.gen.ts'
import { renderParams } from '../../../../scripts/build/params.ts'

describe('params.gen.ts', () => {
  it('is what its generator writes today', async () => {
    const source = JSON.parse(await readFile('scripts/build/nearParams.json', 'utf8'))
    expect(await readFile('chain/lib/params.gen.ts', 'utf8')).to.equal(renderParams(source))
  })

  it('gives 86 unless asked for another version, and says which versions it has', () => {
    expect(paramsAt().protocolVersion).to.equal(86)
    expect(() => paramsAt(85)).to.throw(RangeError, '86, 87')
  })

  it('keeps what only 87 has out of 86', () => {
    expect(paramsAt(86).flags.sha3_host_fns).to.equal(false)
    expect(paramsAt(86).economics.burnt_gas_reward).to.deep.equal([3n, 10n])
    expect(paramsAt(87).flags.sha3_host_fns).to.equal(true)
    expect(paramsAt(87).economics.burnt_gas_reward).to.deep.equal([0n, 1n])
    expect(paramsAt(87).extCosts.sha3_256_base).to.equal(5_879_491_275n)
  })

  it('keeps gas and compute apart', () => {
    expect(paramsAt().extCosts.storage_write_base).to.equal(64_196_736_000n)
    expect(paramsAt().compute.storage_write_base).to.equal(200_000_000_000n)
    expect(paramsAt().fees.action_create_account.execution).to.equal(7_200_000_000_000n)
  })
})
