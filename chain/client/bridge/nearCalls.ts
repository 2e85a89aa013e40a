/** Calls of NEAR's bridge contract, ready for any signer: contract, method, arguments, gas, deposit. */
import { ONE_NEAR, tgas } from '../../lib/units.ts'
import type { CallResult, NearCaller } from '../near/index.ts'
import type { Deployment } from './deployment.ts'
import type { Payloads } from './signerApi.ts'

export interface NearCall {
  contractId: string
  method: string
  args: object
  /** Gas units. */
  gas: bigint
  /** yoctoNEAR. */
  deposit: bigint
}

type Place = Pick<Deployment, 'near'>

/** Holds a pay-out's record; what is not needed returns. The contract's limits name the exact price. */
export const PAYOUT_DEPOSIT = ONE_NEAR / 100n

const PAYOUT_GAS = tgas(120)
const YOCTO = 1n

/** Locks BLY of the sender for an EVM address. @param receiver 0x…, checksummed or of one case  @param amount attoBLY */
export const lockCall = ({ near }: Place, amount: bigint, receiver: string): NearCall => ({
  contractId: near.bly,
  method: 'ft_transfer_call',
  args: { receiver_id: near.bridge, amount: `${amount}`, msg: JSON.stringify({ lock: { receiver } }) },
  gas: tgas(100),
  deposit: YOCTO,
})

/** Pays out what was burned on EVM. */
export const unlockCall = (place: Place, burn: Payloads['burn'], signatures: readonly string[]): NearCall =>
  payout(place, 'unlock', { ...burn, signatures })

/** Gives a lock back that was vetoed on EVM. */
export const nearRefundCall = (place: Place, veto: Payloads['veto'], signatures: readonly string[]): NearCall =>
  payout(place, 'refund', { nonce: veto.nonce, epoch: veto.epoch, signatures })

/** Pays from the head of the queue. */
export const nearReleaseCall = (place: Place, max: number): NearCall => ({
  ...payout(place, 'release', { max }),
  gas: tgas(300),
  deposit: 0n,
})

/** Pays a large transfer whose delay is over. */
export const nearReleaseDelayedCall = (place: Place, nonce: bigint): NearCall => ({
  ...payout(place, 'release_delayed', { nonce: `${nonce}` }),
  deposit: 0n,
})

/** Collects what could not be delivered. @param to a registered account, the sender unless told */
export const collectCreditCall = ({ near }: Place, to?: string): NearCall => ({
  contractId: near.bridge,
  method: 'collect_credit',
  args: to === undefined ? {} : { to },
  gas: tgas(60),
  deposit: YOCTO,
})

/** Says where the sender's rewards on EVM go. @param evm 0x… */
export const linkEvmCall = ({ near }: Place, evm: string): NearCall => ({
  contractId: near.bridge,
  method: 'link_evm',
  args: { evm },
  gas: tgas(30),
  deposit: YOCTO,
})

/** Schedules the next signers. Its record of up to 32 is paid for; what is not needed returns. */
export function nearRotateCall(
  { near }: Place,
  { epoch, signers, k, validFrom }: Payloads['rotate'],
  old: readonly string[],
  all: readonly string[],
): NearCall {
  const args = { epoch, signers, k, valid_from: validFrom, old_signatures: old, new_signatures: all }
  return { contractId: near.bridge, method: 'rotate', args, gas: tgas(200), deposit: 2n * PAYOUT_DEPOSIT }
}

/** Stops the NEAR side for 72 hours once more. */
export const nearPauseWithCall = (
  { near }: Place,
  { nonce, epoch }: Payloads['pause'],
  signatures: readonly string[],
): NearCall => ({
  contractId: near.bridge,
  method: 'pause_with',
  args: { nonce, epoch, signatures },
  gas: tgas(100),
  deposit: 0n,
})

/** What the guardian alone may do on the NEAR side. */
export const nearGuardianCall = (
  { near }: Place,
  action: { pause: true } | { unpause: true } | { vetoRotation: true } | { veto: bigint },
): NearCall => {
  const common = { contractId: near.bridge, gas: tgas(30), deposit: YOCTO }
  if ('veto' in action) return { ...common, method: 'veto', args: { nonce: `${action.veto}` } }
  return { ...common, method: 'vetoRotation' in action ? 'veto_rotation' : Object.keys(action)[0]!, args: {} }
}

/** Signs and sends a call. */
export const sendNear = <T = unknown>(
  caller: Pick<NearCaller, 'call'>,
  { contractId, method, args, gas, deposit }: NearCall,
  options: { failOnAnyReceipt?: boolean } = {},
): Promise<CallResult<T>> => caller.call<T>(contractId, method, args, { gas, deposit, ...options })

const payout = ({ near }: Place, method: string, args: object): NearCall => ({
  contractId: near.bridge,
  method,
  args,
  gas: PAYOUT_GAS,
  deposit: PAYOUT_DEPOSIT,
})
