/**
 * Blyan on EVM with viem: where a transfer stands, what a receipt says, and how a worker is paid for one. Addresses
 * stand in the bridge's deployment file. Run by test/evm/examples.test.ts.
 */
import { type Account, type Address, type Chain, createPublicClient, createWalletClient, type Hex, http } from 'viem'
import type { GapProof, InclusionProof } from '../../chain/client/bridge/receiptProof.ts'
import { blyBridgeAbi, receiptVerifierAbi, rewardOnReceiptAbi } from '../../chain/client/evm/abi.gen.ts'

const STATES = ['none', 'delayed', 'queued', 'vetoed', 'paid'] as const

/** A transfer from NEAR by its nonce. @returns `readyAt` in Unix seconds, 0 where nothing is waited for */
export async function readTransfer(rpcUrl: string, bridge: Address, nonce: bigint) {
  const client = createPublicClient({ transport: http(rpcUrl) })
  const { state, readyAt } = await client.readContract({
    address: bridge,
    abi: blyBridgeAbi,
    functionName: 'transferOf',
    args: [nonce],
  })
  // The receiver of what was paid at once stands in the event alone.
  const [minted] = await client.getContractEvents({
    address: bridge,
    abi: blyBridgeAbi,
    eventName: 'Minted',
    args: { nonce },
    fromBlock: 'earliest',
    strict: true,
  })
  return { state: STATES[state], readyAt, receiver: minted?.args.receiver, amount: minted?.args.amount }
}

/** The fields of a receipt that is anchored; throws `ReceiptVerifier…` or `ReceiptCodec…` for any other bytes. */
export async function verifyReceipt(rpcUrl: string, verifier: Address, receipt: Hex, { size, path }: InclusionProof) {
  const client = createPublicClient({ transport: http(rpcUrl) })
  return client.readContract({
    address: verifier,
    abi: receiptVerifierAbi,
    functionName: 'verify',
    args: [receipt, size, path],
  })
}

export interface Claim {
  reward: Address
  receipt: Hex
  inclusion: InclusionProof
  gap: GapProof
}

/** Claims the reward of a receipt: `account` pays the gas, the address that the worker linked is paid. */
export async function claimReward(rpcUrl: string, chain: Chain, account: Account, claim: Claim): Promise<Hex> {
  const { reward, receipt, inclusion, gap } = claim
  const reader = createPublicClient({ chain, transport: http(rpcUrl) })
  const { request } = await reader.simulateContract({
    account,
    address: reward,
    abi: rewardOnReceiptAbi,
    functionName: 'claim',
    args: [receipt, inclusion.size, inclusion.path, gap],
  })
  const hash = await createWalletClient({ account, chain, transport: http(rpcUrl) }).writeContract(request)
  const { status } = await reader.waitForTransactionReceipt({ hash })
  if (status !== 'success') throw new Error(`${hash} reverted: somebody else claimed this receipt first`)
  return hash
}
