import { expect } from 'chai'
import { type Address, getContractAddress, type Hex } from 'viem'
import { type Deployment, parseDeployment } from '../../../../chain/client/bridge/index.ts'
import { NearRpcError } from '../../../../chain/client/near/errors.ts'
import { type Rpc, type RpcErrorJson, rpcError } from '../../../../chain/client/near/rpc.ts'
import { bridgeSalt } from '../../../../chain/client/protocol.ts'
import { base58ToBytes, bytesToHex, hexToBytes } from '../../../../chain/lib/bytes.ts'
import { keccak256 } from '../../../../chain/lib/hash.ts'
import { createTestChain } from '../../../../chain/node/testing.ts'
import { localKey } from '../../../../oracle/signer/key/signingKey.ts'
import { BridgeChain } from '../../../fixtures/bridge/bridgeChain.ts'
import { BLY, BRIDGE, GUARDIAN, TOKEN } from '../../../fixtures/bridge/deployment.ts'
import { SignerWorld } from '../../../fixtures/bridge/signerWorld.ts'
import { deployBridge, makeSigners } from '../../../fixtures/evmBridge.ts'
import { startEvmNetwork } from '../../../fixtures/evmNetwork.ts'

const N = 3
const K = 2

describe('signers over the contracts themselves', () => {
  let evm: Awaited<ReturnType<typeof deployBridge>>
  let near: BridgeChain
  const signers: SignerWorld[] = []

  before(async () => {
    const network = await startEvmNetwork()
    const evmBridge = getContractAddress({ from: network.accounts[0]!, nonce: 0n })
    const keys = makeSigners(N)
    const genesis = await genesisOf()
    near = await BridgeChain.start({
      changes: {
        chain_id: genesis.chainId,
        genesis_hash: genesis.hash,
        evm_bridge: evmBridge.slice(2).toLowerCase(),
        signers: keys.map(({ address }) => address.slice(2).toLowerCase()),
        k: K,
      },
    })
    const salt = bridgeSalt(keccak256, { chainId: genesis.chainId, genesisHash: genesis.hash, account: BRIDGE })
    evm = await deployBridge({ n: N, k: K, network, config: { salt: `0x${salt}`, largeAmount: 100n * BLY } })
    expect(evm.bridge.address).to.equal(evmBridge)
    const deployment = deploymentOf({
      ...genesis,
      salt,
      bridge: evmBridge,
      addresses: keys.map(({ address }) => address),
    })
    // One node with a finder of events of its own, one that knows NEAR's standard methods alone.
    const rpcs = [rpcOf(near), plain(rpcOf(near))]
    for (const { key } of keys.slice(0, K)) {
      const world = new SignerWorld()
      Object.assign(world, { deployment, nearRpcs: rpcs, key: localKey(hexToBytes(key.slice(2))) })
      world.evmRpcs = [evm.evm.request, evm.evm.request]
      signers.push(world.start())
    }
  })
  after(async () => {
    for (const signer of signers) signer.end()
    await near.close()
    await evm.evm.close()
  })

  /** The payload that all signed, and their signatures by ascending address. */
  const signed = async (kind: 'lock' | 'burn' | 'link' | 'veto', key: string) => {
    for (const signer of signers) await signer.round()
    for (const signer of signers) expect(signer.codes('error')).to.deep.equal([])
    const items = signers.map(({ journal }) => journal.find(kind, key)!)
    expect(new Set(items.map(({ digest }) => digest)).size).to.equal(1)
    return { payload: items[0]!.payload, signatures: items.map(({ signature }) => signature) }
  }

  it('carry BLY from NEAR to EVM and back, by two RPCs of which one knows standard methods alone', async () => {
    const receiver = evm.evm.accounts[5]!
    const alice = await near.account('alice', 100n * BLY)
    await near.lock(alice, 40n * BLY, receiver)
    const lock = await signed('lock', '0')
    const { source, amount, nonce, epoch } = lock.payload as Record<string, string>
    const payload = { nonce, epoch, source: `0x${source}` as Hex, receiver, amount }
    await evm.evm.send(evm.bridge, 'mint', [payload, lock.signatures.map((each) => `0x${each}`)])
    expect(await evm.balanceOf(receiver)).to.equal(40n * BLY)

    await evm.burn(receiver, 15n * BLY, alice)
    const burn = await signed('burn', '0')
    await near.unlock(burn.payload as never, burn.signatures)
    expect(await near.balance(alice)).to.equal(String(75n * BLY))
  })

  it('attest a veto of a mint on EVM, so that its sender gets the BLY back on NEAR', async () => {
    const bob = await near.account('bob', 200n * BLY)
    await near.lock(bob, 150n * BLY, evm.evm.accounts[6]!)
    const lock = await signed('lock', '1')
    const { source, amount, nonce, epoch } = lock.payload as Record<string, string>
    const payload = { nonce, epoch, source: `0x${source}` as Hex, receiver: evm.evm.accounts[6]!, amount }
    await evm.evm.send(evm.bridge, 'mint', [payload, lock.signatures.map((each) => `0x${each}`)])
    await evm.evm.send(evm.bridge, 'veto', [1n], evm.guardian)
    const veto = await signed('veto', 'near-evm:1')
    const { payout_deposit } = await near.view('limits')
    const args = { nonce: '1', epoch: '1', signatures: veto.signatures }
    await near.call(bob, BRIDGE, 'refund', args, BigInt(payout_deposit))
    expect(await near.balance(bob)).to.equal(String(200n * BLY))
  })

  it('attest the link that an account made itself', async () => {
    const carol = await near.account('carol', 0n)
    const evmAddress = evm.evm.accounts[7]!
    await near.call(carol, BRIDGE, 'link_evm', { evm: evmAddress }, 1n)
    const link = await signed('link', '0')
    const payload = { nonce: '0', epoch: '1', account: carol, evm: evmAddress.slice(2).toLowerCase() }
    expect(link.payload).to.deep.equal(payload)
  })
})

/** Of the chain that BridgeChain starts: the same seed gives the same genesis. */
async function genesisOf(): Promise<{ chainId: string; hash: string }> {
  const chain = await createTestChain({ seed: 'bridge' })
  const status = (await chain.rpc('status', [])) as { chain_id: string; genesis_hash: string }
  await chain.close()
  return { chainId: status.chain_id, hash: bytesToHex(base58ToBytes(status.genesis_hash)) }
}

const rpcOf =
  ({ chain }: BridgeChain): Rpc =>
  (method, params) =>
    chain.rpc(method, params).catch((error: RpcErrorJson) => {
      throw rpcError(method, error)
    })

/** A node as nearcore is. */
const plain =
  (rpc: Rpc): Rpc =>
  async (method, params, signal) => {
    if (!method.startsWith('blyan_')) return rpc(method, params, signal)
    throw new NearRpcError({ what: '', fix: '', data: { cause: 'METHOD_NOT_FOUND' } })
  }

interface Facts {
  chainId: string
  hash: string
  salt: string
  bridge: Address
  addresses: Address[]
}

function deploymentOf({ chainId, hash, salt, bridge, addresses }: Facts): Deployment {
  const rpcUrls = ['http://127.0.0.1:1']
  return parseDeployment({
    schema: 'blyan.bridge/1',
    near: {
      chainId,
      genesisHash: hash,
      rpcUrls,
      bly: TOKEN,
      market: 'market.test.near',
      bridge: BRIDGE,
      oracle: null,
      dex: null,
    },
    evm: {
      chainId: 31_337,
      rpcUrls,
      token: bridge,
      bridge,
      verifier: bridge,
      reward: null,
      startBlock: 0,
      confirmations: 'finalized',
    },
    salt,
    guardian: { near: GUARDIAN, evm: bridge },
    signers: addresses.map((address) => ({ address, url: 'http://127.0.0.1:2' })),
    k: K,
    relayer: null,
  })
}
