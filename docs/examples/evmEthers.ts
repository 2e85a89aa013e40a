/**
 * Blyan on EVM with ethers: where a transfer stands, what a receipt says, and how a worker is paid for one. Addresses
 * stand in the bridge's deployment file. Run by test/evm/examples.test.ts.
 */
import { Contract, type EventLog, type Provider, type Signer } from 'ethers'
import type { GapProof, InclusionProof } from '../../chain/client/bridge/receiptProof.ts'
import { blyBridgeAbi, receiptVerifierAbi, rewardOnReceiptAbi } from '../../chain/client/evm/abi.gen.ts'

const STATES = ['none', 'delayed', 'queued', 'vetoed', 'paid'] as const

/** A transfer from NEAR by its nonce. @returns `readyAt` in Unix seconds, 0 where nothing is waited for */
export async function readTransfer(provider: Provider, address: string, nonce: bigint) {
  const bridge = new Contract(address, blyBridgeAbi, provider)
  const { state, readyAt } = await bridge.transferOf!(nonce)
  // The receiver of what was paid at once stands in the event alone.
  const [minted] = (await bridge.queryFilter(bridge.filters.Minted!(nonce))) as EventLog[]
  return {
    state: STATES[Number(state)],
    readyAt: readyAt as bigint,
    receiver: minted?.args.receiver as string | undefined,
    amount: minted?.args.amount as bigint | undefined,
  }
}

/** The fields of a receipt that is anchored; throws `ReceiptVerifier…` or `ReceiptCodec…` for any other bytes. */
export async function verifyReceipt(
  provider: Provider,
  address: string,
  receipt: string,
  { size, path }: InclusionProof,
): Promise<{ index: bigint; task: bigint; worker: string; delta: string; reward: bigint; gain: bigint }> {
  const verifier = new Contract(address, receiptVerifierAbi, provider)
  return (await verifier.verify!(receipt, size, path)).toObject()
}

export interface Claim {
  reward: string
  receipt: string
  inclusion: InclusionProof
  gap: GapProof
}

/** Claims the reward of a receipt: `signer` pays the gas, the address that the worker linked is paid. */
export async function claimReward(signer: Signer, { reward, receipt, inclusion, gap }: Claim): Promise<string> {
  const pot = new Contract(reward, rewardOnReceiptAbi, signer)
  const sent = await pot.claim!(receipt, inclusion.size, inclusion.path, gap)
  const mined = await sent.wait()
  return mined.hash
}
