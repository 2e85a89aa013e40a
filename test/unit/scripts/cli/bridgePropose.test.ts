import { expect } from 'chai'
import type { EvmSide, NearSide, SignerSet } from '../../../../chain/client/bridge/index.ts'
import { nextEpoch } from '../../../../scripts/cli/bridge/propose.ts'

describe('the epoch that a rotation is proposed for', () => {
  const NOW = { signers: ['aa', 'bb'], k: 2 }
  const NEXT = { signers: ['bb', 'cc'], k: 2 }

  function side(active: bigint, latest = active) {
    const signerSet = async (epoch = active): Promise<SignerSet> => ({ epoch, ...(epoch > 1n ? NEXT : NOW) })
    return { signerSet, latestEpoch: async () => latest }
  }
  const between = (near: object, evm: object) => ({ near: near as NearSide, evm: evm as EvmSide })

  it('is the one after what both chains have', async () => {
    expect(await nextEpoch(between(side(1n), side(1n)), NEXT)).to.equal('2')
    expect(await nextEpoch(between(side(4n), side(4n)), { signers: ['dd'], k: 1 })).to.equal('5')
  })

  for (const [what, sides] of [
    ['waits on EVM', between(side(1n), side(1n, 2n))],
    ['has begun on EVM', between(side(1n), side(2n))],
    ['has begun on NEAR', between(side(2n), side(1n))],
  ] as const) {
    it(`is the one that ${what} alone, with the same signers and no others`, async () => {
      expect(await nextEpoch(sides, NEXT)).to.equal('2')
      const chain = what.endsWith('NEAR') ? 'NEAR' : 'EVM'
      for (const other of [NOW, { ...NEXT, k: 1 }]) {
        const error: Error = await nextEpoch(sides, other).then(
          () => expect.fail('was proposed'),
          (refused) => refused,
        )
        expect(error.message).to.contain(`${chain} has rotation 2 already, with 2 of 0xbb, 0xcc`)
      }
    })
  }
})
