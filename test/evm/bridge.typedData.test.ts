/** Solidity hashes, recovers and reads account ids as the vectors that ethers made, and as NEAR does. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import type { Hex } from 'viem'
import { type BridgeWorld, deployBridge } from '../fixtures/evmBridge.ts'
import { type Deployed, type EvmNetwork, refusal, startEvmNetwork } from '../fixtures/evmNetwork.ts'

interface Vectors {
  domain: { chainId: string; verifyingContract: string; salt: string }
  separator: string
  signers: string[]
  cases: {
    kind: 'lock' | 'burn' | 'link' | 'anchor' | 'rotate' | 'veto' | 'pause'
    payload: Record<string, unknown>
    structHash: string
    digest: string
    signatures: string[]
  }[]
}

const VECTORS = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../fixtures/vectors/bridge.json'), 'utf8'),
) as Vectors
const HEX_FIELDS = new Set(['source', 'receiver', 'evm', 'root', 'tainted', 'salt', 'verifyingContract'])
// Source: NEAR specification, "Account ID rules".
const ACCOUNT_ID = /^(([a-z\d]+[-_])*[a-z\d]+\.)*([a-z\d]+[-_])*[a-z\d]+$/
const isAccountId = (text: string): boolean => text.length >= 2 && text.length <= 64 && ACCOUNT_ID.test(text)

/** A vector's payload as Solidity takes it. */
function asStruct(kind: string, payload: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(payload).map(([name, value]) => {
      if (name === 'signers') return [name, (value as string[]).map((address) => `0x${address}`)]
      if (name === 'direction') return [name, value === 'near-evm' ? 0 : 1]
      const isHex = HEX_FIELDS.has(name) && !(kind === 'burn' && name === 'receiver')
      return [name, isHex ? `0x${value}` : value]
    }),
  )
}

describe('typed data of the bridge in Solidity', () => {
  let evm: EvmNetwork
  let harness: Deployed
  let world: BridgeWorld

  before(async () => {
    evm = await startEvmNetwork()
    harness = await evm.deploy('TypedDataHarness')
    world = await deployBridge({ network: evm })
  })
  after(() => evm.close())

  it('hashes the domain as the vectors say', async () => {
    const { chainId, verifyingContract, salt } = VECTORS.domain
    const separator = await evm.read(harness, 'domainSeparator', [chainId, `0x${verifyingContract}`, `0x${salt}`])
    expect(separator).to.equal(`0x${VECTORS.separator}`)
  })

  it('hashes every struct as the vectors say, each kind among them', async () => {
    const kinds = new Set<string>()
    for (const { kind, payload, structHash } of VECTORS.cases) {
      const struct = asStruct(kind, payload)
      const args = kind === 'burn' ? Object.values(struct) : [struct]
      const name = `hash${kind[0]!.toUpperCase()}${kind.slice(1)}`
      expect(await evm.read(harness, name, args), `${kind} ${JSON.stringify(payload)}`).to.equal(`0x${structHash}`)
      kinds.add(kind)
    }
    expect([...kinds].sort()).to.deep.equal(['anchor', 'burn', 'link', 'lock', 'pause', 'rotate', 'veto'])
  })

  it('takes the signatures of every vector for those of its three signers, and of no other digest', async () => {
    const signers = VECTORS.signers.map((signer) => `0x${signer}`)
    for (const { digest, signatures } of VECTORS.cases) {
      const given = signatures.map((signature) => `0x${signature}`)
      await evm.read(harness, 'requireQuorum', [`0x${digest}`, given, signers, 3])
    }
    const other = VECTORS.cases[1]!.signatures.map((signature) => `0x${signature}`)
    const wrong = evm.read(harness, 'requireQuorum', [`0x${VECTORS.cases[0]!.digest}`, other, signers, 3])
    expect(await refusal(wrong)).to.be.oneOf(['BlyBridgeSignerUnknown', 'BlyBridgeSignatureUnsorted'])
  })

  it('tells wallets its domain with the salt (ERC-5267)', async () => {
    const [fields, name, version, chainId, contract, salt, extensions] = await evm.read<unknown[]>(
      world.bridge,
      'eip712Domain',
    )
    expect([fields, name, version, chainId, contract, salt, extensions]).to.deep.equal([
      '0x1f',
      'BlyBridge',
      '1',
      BigInt(evm.chainId),
      world.bridge.address,
      world.config.salt,
      [],
    ])
    const { salt: at, verifyingContract } = world.domain
    const separator = await evm.read<Hex>(harness, 'domainSeparator', [evm.chainId, verifyingContract, at])
    expect(await evm.read(world.bridge, 'domainSeparator')).to.equal(separator)
  })

  it('is another domain on a chain that forks from this one under another id', async () => {
    const fork = await startEvmNetwork({ chainId: 61 })
    try {
      const { address } = world.bridge
      await fork.request('hardhat_setCode', [address, await evm.request('eth_getCode', [address, 'latest'])])
      const separator = await evm.read<Hex>(harness, 'domainSeparator', [61, address, world.config.salt])
      expect(await fork.read(world.bridge, 'domainSeparator')).to.equal(separator)
      expect(await evm.read(world.bridge, 'domainSeparator')).not.to.equal(separator)
    } finally {
      await fork.close()
    }
  })

  it('takes exactly those account ids that NEAR does', async () => {
    const named = [
      'alice.near',
      'a',
      'aa',
      'a'.repeat(64),
      'a'.repeat(65),
      '',
      'A.near',
      'a..b',
      'a.',
      '.a',
      'a-_b',
      'a_b-c.d',
      'ä.near',
      'a b',
      '0x52908400098527886e0f7030069857d2e4169ee7',
      'a\0b',
    ]
    for (const text of named) {
      expect(await evm.read(harness, 'isNearAccountId', [text]), JSON.stringify(text)).to.equal(isAccountId(text))
    }
    const text = fc.string({ unit: fc.constantFrom(...'ab09-_.AZ/:`{ é'), maxLength: 12 })
    const check = async (id: string) => (await evm.read(harness, 'isNearAccountId', [id])) === isAccountId(id)
    await fc.assert(fc.asyncProperty(text, check), { seed: 4, numRuns: 300 })
  })
})
