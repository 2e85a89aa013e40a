/** Deployment of the EVM contracts over JSON-RPC, as `blyan up` does it. */
import { expect } from 'chai'
import { createPublicClient, getAddress, http, keccak256, parseAbi, stringToHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { ONE_BLY } from '../../../../chain/lib/units.ts'
import { type BridgeConfig, deployEvm, EMBEDDED_LIMITS, EvmDeployError } from '../../../../scripts/evm/deploy.ts'
import { type EvmNode, startEvmNode } from '../../../../scripts/evm/network.ts'
import { makeSigners } from '../../../fixtures/evmBridge.ts'

const ABI = parseAbi([
  'function token() view returns (address)',
  'function bridge() view returns (address)',
  'function verifier() view returns (address)',
  'function amountPerReceipt() view returns (uint256)',
  'function guardian() view returns (address)',
  'function signersOf(uint64) view returns ((address[] signers, uint8 k, uint64 validFrom))',
])

describe('deployEvm', function () {
  this.timeout(60_000)
  const deployerKey = keccak256(stringToHex('deployer of the test'))
  const deployer = privateKeyToAccount(deployerKey).address
  const signers = makeSigners(3).map(({ address }) => address)
  const config: BridgeConfig = {
    ...EMBEDDED_LIMITS,
    salt: keccak256(stringToHex('a NEAR network')),
    guardian: deployer,
    signers: signers.toReversed(),
    k: 2,
  }
  let node: EvmNode

  before(async () => {
    node = await startEvmNode({ fund: [deployer], blockMs: 0 })
  })
  after(() => node.close())

  it('creates four contracts that know each other, signers in the order that the bridge asks for', async () => {
    const deployed = await deployEvm({ rpcUrl: node.url, deployerKey, config, rewardPerReceipt: 7n * ONE_BLY })
    const reader = createPublicClient({ transport: http(node.url) })
    const read = (address: `0x${string}`, functionName: 'token' | 'bridge' | 'verifier' | 'amountPerReceipt') =>
      reader.readContract({ address, abi: ABI, functionName })
    expect(await read(deployed.bridge, 'token')).to.equal(deployed.token)
    expect(await read(deployed.verifier, 'bridge')).to.equal(deployed.bridge)
    expect(await read(deployed.reward, 'verifier')).to.equal(deployed.verifier)
    expect(await read(deployed.reward, 'token')).to.equal(deployed.token)
    expect(await read(deployed.reward, 'amountPerReceipt')).to.equal(7n * ONE_BLY)
    const set = await reader.readContract({ address: deployed.bridge, abi: ABI, functionName: 'signersOf', args: [1n] })
    expect(set.signers).to.deep.equal(signers.map((each) => getAddress(each)))
    expect(await reader.getCode({ address: deployed.bridge, blockNumber: deployed.block })).to.be.a('string')
    expect(await reader.getCode({ address: deployed.bridge, blockNumber: deployed.block - 1n })).to.equal(undefined)
  })

  it('says that the constructor refused: k of no majority, and a deployer without money', async () => {
    for (const options of [
      { rpcUrl: node.url, deployerKey, config: { ...config, k: 1 } },
      { rpcUrl: node.url, deployerKey: keccak256(stringToHex('poor')), config },
    ]) {
      const error = await deployEvm(options).catch((reason: unknown) => reason)
      expect(error).to.be.instanceOf(EvmDeployError)
      expect((error as EvmDeployError).what).to.match(/^BlyBridge could not be created: /)
    }
  })
})
