/** A hostile gateway against who moves BLY through its page: it may name any bridge and hand out any answer, but signs nothing. */
import { expect } from 'chai'
import { burnCall, lockCall, mintCall, parseDeployment } from '../../chain/client/bridge/index.ts'
import type { NetworkReply } from '../../chain/client/gateway/index.ts'
import { bridgeSalt } from '../../chain/client/protocol.ts'
import { BlyanError } from '../../chain/lib/errors.ts'
import { keccak256 } from '../../chain/lib/hash.ts'
import { ONE_BLY } from '../../chain/lib/units.ts'
import { requireSame } from '../../frontend/src/page/bridge/carry.ts'
import { placeOf, requireSameSides } from '../../frontend/src/page/bridge/place.ts'

const ORIGIN = 'http://127.0.0.1:4173'
const AMOUNT = 500n * ONE_BLY
const OURS = { near: 'bridge.test.near', evm: '0x5FbDB2315678afecb367f032d93F642f64180aa3' } as const
const THIEF = { near: 'thief.test.near', evm: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8' } as const
const ALICE = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
const network = {
  chainId: 'blyan-local',
  embedded: true,
  contracts: { bly: 'bly.test.near', market: 'market.test.near' },
} as unknown as NetworkReply

/** A deployment that contradicts itself nowhere, by whoever serves it. */
function served({ near, evm }: { near: string; evm: string }) {
  const genesisHash = 'ab'.repeat(32)
  return {
    schema: 'blyan.bridge/1',
    near: {
      chainId: network.chainId,
      genesisHash,
      rpcUrls: [`${ORIGIN}/rpc`],
      ...network.contracts,
      bridge: near,
      oracle: null,
      dex: null,
    },
    evm: {
      chainId: 31_337,
      rpcUrls: [`${ORIGIN}/evm`],
      token: ALICE,
      bridge: evm,
      verifier: ALICE,
      reward: null,
      startBlock: 0,
      confirmations: 2,
    },
    salt: bridgeSalt(keccak256, { chainId: network.chainId, genesisHash, account: near }),
    guardian: { near: 'guardian.test.near', evm: ALICE },
    signers: [{ address: ALICE, url: `${ORIGIN}/api/v1/bridge/signers/${ALICE}` }],
    k: 1,
    relayer: null,
  }
}
const codeOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    return error instanceof BlyanError ? error.code : String(error)
  }
  return 'nothing'
}

describe('attacks: a gateway against who uses the bridge through its page', () => {
  it('naming an account of its own as the bridge takes all 500 BLY of a lock from a page that believes it; ours signs nothing', () => {
    const hostile = served({ near: THIEF.near, evm: OURS.evm })
    const believed = lockCall(parseDeployment(hostile), AMOUNT, ALICE)
    expect(believed.args).to.include({ receiver_id: THIEF.near, amount: `${AMOUNT}` })
    expect(codeOf(() => placeOf(hostile, network, ORIGIN))).to.equal('PAGE_BRIDGE_DIFFERS')
  })

  it('naming a contract of its own on EVM has the wallet call that for 500 BLY; NEAR’s contract names another, and ours signs nothing', () => {
    const hostile = served({ near: OURS.near, evm: THIEF.evm })
    const { deployment } = placeOf(hostile, network, ORIGIN)
    expect(burnCall(deployment, AMOUNT, 'alice.near').to, 'without asking NEAR').to.equal(THIEF.evm)
    const onChain = { evm_bridge: OURS.evm, evm_chain_id: '31337', salt: deployment.salt }
    expect(codeOf(() => requireSameSides(deployment, onChain))).to.equal('PAGE_BRIDGE_DIFFERS')
  })

  it('answering with another transfer’s signatures has a carrier pay the gas of a stranger’s 500 BLY; ours compares first', () => {
    const { deployment } = placeOf(served(OURS), network, ORIGIN)
    const mine = { nonce: 7n, amount: 5n * ONE_BLY, receiver: ALICE }
    const receiver = THIEF.evm.slice(2).toLowerCase()
    const other = { nonce: '8', epoch: '1', source: '11'.repeat(32), receiver, amount: `${AMOUNT}` }
    expect(mintCall(deployment, other, []).data, 'without comparing').to.include(receiver)
    expect(codeOf(() => requireSame(mine, other))).to.equal('PAGE_WRONG_BYTES')
    const bent = { ...other, nonce: '7', amount: `${mine.amount}` }
    expect(
      codeOf(() => requireSame(mine, bent)),
      'the receiver alone',
    ).to.equal('PAGE_WRONG_BYTES')
  })

  it('naming RPCs of another host learns who asks what; ours asks the page’s own origin alone', () => {
    const hostile = served(OURS)
    hostile.near.rpcUrls = ['https://collector.example/rpc']
    hostile.evm.rpcUrls = ['https://collector.example/evm?who=']
    expect(parseDeployment(hostile).evm.rpcUrls[0]).to.include('collector.example')
    const { near, evm, signers } = placeOf(hostile, network, ORIGIN).deployment
    for (const url of [...near.rpcUrls, ...evm.rpcUrls, ...signers.map((each) => each.url)]) {
      expect(new URL(url).origin).to.equal(ORIGIN)
    }
  })
})
