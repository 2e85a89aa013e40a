/** Calls of the bridge's EVM contracts, ready for any wallet: an address and calldata. Signatures come from `collect.ts`. */
import { type Address, encodeFunctionData, type Hex } from 'viem'
import { blyBridgeAbi, receiptVerifierAbi } from '../evm/abi.gen.ts'
import { DIRECTIONS } from '../protocol.ts'
import type { Deployment } from './deployment.ts'
import type { Payloads } from './signerApi.ts'

export interface EvmCall {
  to: Address
  data: Hex
}

type Place = Pick<Deployment, 'evm'>

/** Mints what was locked on NEAR. */
export function mintCall({ evm }: Place, lock: Payloads['lock'], signatures: readonly string[]): EvmCall {
  const { nonce, epoch, source, receiver, amount } = lock
  const struct = {
    nonce: BigInt(nonce),
    epoch: BigInt(epoch),
    source: hex(source),
    receiver: hex(receiver),
    amount: BigInt(amount),
  }
  return bridgeCall(evm.bridge, 'mint', [struct, signatures.map(hex)])
}

/** Burns BLY of the sender for a NEAR account. @param amount attoBLY */
export const burnCall = ({ evm }: Place, amount: bigint, receiver: string): EvmCall =>
  bridgeCall(evm.bridge, 'burn', [amount, receiver])

/** Gives a burn back that was vetoed on NEAR. */
export const refundCall = ({ evm }: Place, veto: Payloads['veto'], signatures: readonly string[]): EvmCall =>
  bridgeCall(evm.bridge, 'refund', [stopStruct(veto), signatures.map(hex)])

/** Pays from the head of the queue. */
export const releaseCall = ({ evm }: Place, max: bigint): EvmCall => bridgeCall(evm.bridge, 'release', [max])

/** Pays a large transfer whose delay is over. */
export const releaseDelayedCall = ({ evm }: Place, nonce: bigint): EvmCall =>
  bridgeCall(evm.bridge, 'releaseDelayed', [nonce])

/** Schedules the next signers. */
export function rotateCall(
  { evm }: Place,
  { epoch, signers, k, validFrom }: Payloads['rotate'],
  old: readonly string[],
  all: readonly string[],
): EvmCall {
  const struct = { epoch: BigInt(epoch), signers: signers.map(hex), k, validFrom: BigInt(validFrom) }
  return bridgeCall(evm.bridge, 'rotate', [struct, old.map(hex), all.map(hex)])
}

/** Stops the EVM side for 72 hours once more. */
export const pauseWithCall = ({ evm }: Place, pause: Payloads['pause'], signatures: readonly string[]): EvmCall =>
  bridgeCall(evm.bridge, 'pauseWith', [stopStruct(pause), signatures.map(hex)])

/** What the guardian alone may do on the EVM side. */
export const guardianCall = (
  { evm }: Place,
  action: { pause: true } | { unpause: true } | { vetoRotation: true } | { veto: bigint },
): EvmCall => {
  if ('veto' in action) return bridgeCall(evm.bridge, 'veto', [action.veto])
  return bridgeCall(evm.bridge, Object.keys(action)[0] as 'pause' | 'unpause' | 'vetoRotation', [])
}

/** Anchors a list of receipts. */
export function anchorCall({ evm }: Place, anchor: Payloads['anchor'], signatures: readonly string[]): EvmCall {
  const { epoch, size, root, tainted } = anchor
  const struct = { epoch: BigInt(epoch), size: BigInt(size), root: hex(root), tainted: hex(tainted) }
  return verifierCall(evm.verifier, 'anchor', [struct, signatures.map(hex)])
}

/** Says on EVM where a NEAR account's rewards go. */
export function linkCall({ evm }: Place, link: Payloads['link'], signatures: readonly string[]): EvmCall {
  const { nonce, epoch, account, evm: target } = link
  const struct = { nonce: BigInt(nonce), epoch: BigInt(epoch), account, evm: hex(target) }
  return verifierCall(evm.verifier, 'link', [struct, signatures.map(hex)])
}

const stopStruct = ({ nonce, epoch, direction }: Payloads['veto'] | Payloads['pause']) => ({
  nonce: BigInt(nonce),
  epoch: BigInt(epoch),
  direction: DIRECTIONS.indexOf(direction),
})

type BridgeFunction =
  | 'mint'
  | 'burn'
  | 'refund'
  | 'release'
  | 'releaseDelayed'
  | 'rotate'
  | 'pauseWith'
  | 'pause'
  | 'unpause'
  | 'veto'
  | 'vetoRotation'

const bridgeCall = (to: Address, functionName: BridgeFunction, args: readonly unknown[]): EvmCall => ({
  to,
  data: encodeFunctionData({ abi: blyBridgeAbi, functionName, args } as never),
})

const verifierCall = (to: Address, functionName: 'anchor' | 'link', args: readonly unknown[]): EvmCall => ({
  to,
  data: encodeFunctionData({ abi: receiptVerifierAbi, functionName, args } as never),
})

const hex = (digits: string): Hex => `0x${digits}`
