/** The file that says where a bridge is: what is refused before anything is signed by it. */
import { expect } from 'chai'
import { DeploymentInvalidError, domainOf, parseDeployment } from '../../../../../chain/client/bridge/index.ts'
import { bridgeSalt } from '../../../../../chain/client/protocol.ts'
import { keccak256 } from '../../../../../chain/lib/hash.ts'

const A = `0x${'11'.repeat(20)}`
const B = `0x${'22'.repeat(20)}`
const C = `0x${'33'.repeat(20)}`
const NEAR = { chainId: 'blyan-local', genesisHash: 'ab'.repeat(32), bridge: 'bridge.test.near' }

function deployment(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const { chainId, genesisHash, bridge } = NEAR
  return {
    schema: 'blyan.bridge/1',
    near: {
      ...{ chainId, genesisHash, bridge, rpcUrls: ['http://127.0.0.1:3030'] },
      ...{ bly: 'bly.test.near', market: 'market.test.near', oracle: 'oracle.test.near', dex: null },
    },
    evm: {
      ...{ chainId: 31_337, rpcUrls: ['http://127.0.0.1:8545'], token: A, bridge: B, verifier: C, reward: null },
      ...{ startBlock: 1, confirmations: 'finalized' },
    },
    salt: bridgeSalt(keccak256, { chainId, genesisHash, account: bridge }),
    guardian: { near: 'guardian.test.near', evm: A },
    signers: [A, B, C].map((address, i) => ({ address, url: `http://127.0.0.1:${9000 + i}` })),
    k: 2,
    relayer: null,
    ...changes,
  }
}

const refusedField = (value: unknown): unknown => {
  try {
    parseDeployment(value)
    return null
  } catch (error) {
    expect(error).to.be.instanceOf(DeploymentInvalidError)
    return (error as DeploymentInvalidError).data.field
  }
}

describe('a deployment file', () => {
  it('is read, and names the domain that signatures count for', () => {
    const parsed = parseDeployment(deployment())
    const { chainId, verifyingContract, salt } = domainOf(parsed)
    expect([chainId, verifyingContract, salt]).to.deep.equal(['31337', '22'.repeat(20), parsed.salt])
  })

  const signer = (address: string) => ({ address, url: 'http://127.0.0.1:1' })
  const cases: [string, Record<string, unknown>, string][] = [
    ['a salt of another network', { salt: 'ff'.repeat(32) }, 'salt'],
    ['a minority that would sign', { k: 1 }, 'k'],
    ['more needed than there are', { k: 4 }, 'k'],
    [
      'one signer twice, in other letters',
      { signers: [A, B, B.toUpperCase().replace('0X', '0x')].map(signer) },
      'signers',
    ],
    ['the zero address as a signer', { signers: [`0x${'00'.repeat(20)}`, A, B].map(signer) }, 'signers.0.address'],
    ['an address that is a link to a script', { relayer: { url: 'javascript:alert(1)' } }, 'relayer.url'],
    ['another version', { schema: 'blyan.bridge/2' }, 'schema'],
  ]
  for (const [what, changes, field] of cases) {
    it(`is refused with ${what}, and says where`, () => {
      expect(refusedField(deployment(changes))).to.equal(field)
    })
  }

  it('is refused when it is nothing of the kind', () => {
    for (const value of [null, 1, 'x', [], {}]) expect(refusedField(value)).to.be.a('string')
  })
})
