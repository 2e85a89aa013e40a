/** Events of the bridge's EVM contracts in what one transaction logged, and its refusals in words. */
import { BaseError, ContractFunctionRevertedError, decodeErrorResult, decodeEventLog, type Hex } from 'viem'
import { blyBridgeAbi } from '../../../../chain/client/evm/abi.gen.ts'
import { BlyanError, type Fault } from '../../../../chain/lib/errors.ts'
import type { EvmLog } from '../../transaction/followEvm.ts'

/** The bridge would undo the transaction: it was not sent. */
export class EvmRefusesError extends BlyanError {
  static override readonly code: string = 'PAGE_EVM_REFUSES'
  static override readonly fault: Fault = 'user'
}

export interface BridgeLog {
  name: string
  args: Record<string, unknown>
}

/** @param bridge its address: logs of others say nothing */
export function bridgeLogs(logs: readonly EvmLog[], bridge: string): BridgeLog[] {
  return logs.flatMap(({ address, topics, data }) => {
    if (address.toLowerCase() !== bridge.toLowerCase()) return []
    try {
      const [first, ...rest] = topics as Hex[]
      const { eventName, args } = decodeEventLog({ abi: blyBridgeAbi, topics: [first!, ...rest], data: data as Hex })
      return [{ name: eventName, args: (args ?? {}) as Record<string, unknown> }]
    } catch {
      return []
    }
  })
}

const SAYS: Readonly<Record<string, readonly [what: string, fix: string]>> = {
  BlyBridgePaused: ['The EVM side of the bridge is paused.', 'Wait until the pause ends; the page shows when.'],
  BlyBridgeNonceUsed: ['This transfer was carried already.', 'Look at it again: it is done, queued or delayed.'],
  BlyBridgeAmountOutOfRange: [
    'The amount is outside the bridge’s limits.',
    'Choose an amount within the limits shown.',
  ],
  BlyBridgeReceiverInvalid: ['The EVM side takes this for no NEAR account.', 'Check the account’s name.'],
  BlyBridgeDelayRunning: ['Its delay still runs.', 'Wait until the time shown, then carry it.'],
  BlyBridgeNotDelayed: ['It is not delayed any more.', 'Look at it again: it is queued, paid or stopped.'],
  BlyBridgeNotWaiting: ['It does not wait any more.', 'Look at it again: it is paid or stopped.'],
  BlyBridgeEpochNotActive: [
    'The signers changed since these signatures were made.',
    'Wait until the new signers have signed it too, then carry it.',
  ],
  BlyBridgeTooFewSignatures: ['There are too few signatures.', 'Wait until one more signer has signed.'],
  BlyBridgeSignerUnknown: ['A signature is by nobody who signs for this bridge.', 'Ask the signers again.'],
  ERC20InsufficientBalance: ['The account holds less BLY than that.', 'Choose a smaller amount.'],
}

/** Why a call would be undone, in words; null where the node merely did not answer. */
export function refusalOf(error: unknown): EvmRefusesError | null {
  const name = errorName(error)
  if (name === null) return null
  const [what, fix] = SAYS[name] ?? [
    `The EVM side refuses it: ${name}.`,
    'Look at the transfer again, then try once more.',
  ]
  return new EvmRefusesError({ what: `${what} Nothing was sent.`, fix, data: { error: name }, cause: error })
}

function errorName(error: unknown): string | null {
  if (!(error instanceof BaseError)) return null
  const reverted = error.walk((each) => each instanceof ContractFunctionRevertedError)
  if (reverted instanceof ContractFunctionRevertedError) return reverted.data?.errorName ?? reverted.reason ?? null
  const raw = error.walk((each) => typeof (each as { data?: unknown }).data === 'string') as { data?: Hex } | null
  if (raw?.data === undefined || raw.data === '0x') return null
  try {
    return decodeErrorResult({ abi: blyBridgeAbi, data: raw.data }).errorName
  } catch {
    return null
  }
}
