/**
 * An EVM chain that keeps nothing is killed and begins anew under its chain id, and its bridge is deployed again beside the NEAR
 * side that stayed. Who was paid out on NEAR before holds the signatures of his old lock, and mints it once more.
 */
import { expect } from 'chai'
import { BaseError, ContractFunctionRevertedError, createPublicClient, createWalletClient, type Hex, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { hardhat } from 'viem/chains'
import { type Payloads, payloadDigest } from '../../chain/client/bridge/index.ts'
import { blyBridgeAbi, blyTokenAbi } from '../../chain/client/evm/abi.gen.ts'
import { ONE_BLY } from '../../chain/lib/units.ts'
import { signDigest } from '../../oracle/signer/signature.ts'
import type { EvmKey } from '../../scripts/bridge/evmKey.ts'
import { oneTimeDeployer } from '../../scripts/bridge/start.ts'
import { deployEvm, EMBEDDED_LIMITS, type EvmDeployment } from '../../scripts/evm/deploy.ts'
import { type EvmNode, startEvmNode } from '../../scripts/evm/network.ts'

const SALT = 'bf872914d3b604b5edc2e96b74e2749ee70602c0469749b3248b3759e420de39'
const SIGNERS = [1, 2].map((i) => privateKeyToAccount(`0x${i.toString(16).padStart(64, '0')}`))
const secretOf = (i: number): Uint8Array => Uint8Array.from({ length: 32 }, (_, at) => (at === 31 ? i : 0))
const thief = privateKeyToAccount(`0x${'7'.repeat(64)}`)

describe('attacks with signatures of an EVM chain that began anew', function () {
  this.timeout(60_000)

  /** The same signers, salt and chain id each time, as NEAR's side stayed. */
  async function begin(deployer: EvmKey): Promise<{ node: EvmNode; evm: EvmDeployment }> {
    const node = await startEvmNode({ fund: [deployer.address, thief.address], blockMs: 0 })
    const addresses = SIGNERS.map(({ address }) => address)
    const config = {
      salt: `0x${SALT}` as const,
      guardian: deployer.address,
      signers: addresses,
      k: 2,
      ...EMBEDDED_LIMITS,
    }
    return { node, evm: await deployEvm({ rpcUrl: node.url, deployerKey: deployer.privateKey, config }) }
  }
  const lock: Payloads['lock'] = {
    nonce: '0',
    epoch: '1',
    source: 'ab'.repeat(32),
    receiver: thief.address.slice(2).toLowerCase(),
    amount: String(10n * ONE_BLY),
  }
  const signedFor = ({ bridge }: EvmDeployment): Hex[] => {
    const domain = { chainId: '31337', verifyingContract: bridge.slice(2).toLowerCase(), salt: SALT }
    const digest = payloadDigest(domain, 'lock', lock)
    return SIGNERS.map(({ address }, i) => ({ address, signature: signDigest(secretOf(i + 1), digest) }))
      .sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1))
      .map(({ signature }) => `0x${signature}` as const)
  }
  /** @returns attoBLY that the thief then has, or the name of what refused */
  async function mint({ node, evm }: Awaited<ReturnType<typeof begin>>, signatures: readonly Hex[]) {
    const transport = http(node.url)
    const reader = createPublicClient({ transport, chain: hardhat, pollingInterval: 50 })
    const { source, receiver, ...numbers } = lock
    const message = {
      nonce: BigInt(numbers.nonce),
      epoch: BigInt(numbers.epoch),
      amount: BigInt(numbers.amount),
      source: `0x${source}` as const,
      receiver: `0x${receiver}` as const,
    }
    try {
      const asked = { address: evm.bridge, abi: blyBridgeAbi, account: thief } as const
      const { request } = await reader.simulateContract({ ...asked, functionName: 'mint', args: [message, signatures] })
      const hash = await createWalletClient({ account: thief, chain: hardhat, transport }).writeContract(request)
      await reader.waitForTransactionReceipt({ hash })
    } catch (error) {
      const reverted = error instanceof BaseError && error.walk((each) => each instanceof ContractFunctionRevertedError)
      if (reverted instanceof ContractFunctionRevertedError) return reverted.data?.errorName
      throw error
    }
    return reader.readContract({
      address: evm.token,
      abi: blyTokenAbi,
      functionName: 'balanceOf',
      args: [thief.address],
    })
  }
  async function attack(deployers: readonly [EvmKey, EvmKey]) {
    const old = await begin(deployers[0])
    const signatures = signedFor(old.evm)
    // Minted, burned and paid out on NEAR: nothing lies behind this lock any more.
    expect(await mint(old, signatures)).to.equal(10n * ONE_BLY)
    await old.node.close()
    const anew = await begin(deployers[1])
    const outcome = await mint(anew, signatures)
    await anew.node.close()
    return { outcome, isSameAddress: anew.evm.bridge === old.evm.bridge }
  }

  it('one deployer for both: the old lock is minted again at the same address; a deployer for each stops it', async () => {
    const kept = oneTimeDeployer()
    expect(await attack([kept, kept])).to.deep.equal({ outcome: 10n * ONE_BLY, isSameAddress: true })
    const { outcome, isSameAddress } = await attack([oneTimeDeployer(), oneTimeDeployer()])
    expect(isSameAddress).to.equal(false)
    expect(outcome).to.be.oneOf(['BlyBridgeSignerUnknown', 'BlyBridgeSignatureUnsorted'])
  })
})
