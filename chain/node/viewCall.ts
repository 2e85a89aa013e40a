/** A view: the contract runs on a state whose writes are dropped, may not act, and costs nobody anything. */

import { base58ToBytes } from '../lib/bytes.ts'
import { ZERO_HASH } from '../lib/hash.ts'
import { publicKeyToBytes } from '../lib/key.ts'
import { codeKey } from '../runtime/account.ts'
import { contractStorage } from '../runtime/action/functionCall.ts'
import { EMPTY_PUBLIC_KEY, randomSeedOf } from '../runtime/receipt.ts'
import type { Overlay } from '../runtime/state.ts'
import { type Block, epochOf } from './block.ts'
import type { Chain } from './chain.ts'

export type ViewResult =
  | { ok: true; value: Uint8Array; logs: string[]; burntGas: bigint }
  /** `error` is nearcore's FunctionCallError as JSON, `text` how it prints. */
  | { ok: false; error: unknown; text: string; logs: string[] }

/** max_gas_burnt_view of every version in the table. */
const VIEW_GAS = 10n ** 15n

export function viewCall(
  { ledger, deps }: Pick<Chain, 'ledger' | 'deps'>,
  state: Overlay,
  block: Block,
  contractId: string,
  methodName: string,
  input: Uint8Array,
): ViewResult {
  const account = state.getAccount(contractId)
  const code = state.get(codeKey(contractId))
  if (account === null || code === undefined) {
    return {
      ok: false,
      error: { CompilationError: { CodeDoesNotExist: { account_id: contractId } } },
      text: `CompilationError(CodeDoesNotExist { account_id: "${contractId}" })`,
      logs: [],
    }
  }
  const { header } = block
  const outcome = deps.runContract(
    code,
    account.codeHash,
    methodName,
    {
      currentAccountId: contractId,
      signerAccountId: contractId,
      signerAccountPk: publicKeyToBytes(EMPTY_PUBLIC_KEY),
      predecessorAccountId: contractId,
      refundToAccountId: contractId,
      input,
      promiseResults: [],
      blockHeight: header.height,
      blockTimestamp: header.timestampNs,
      epochHeight: epochOf(header.height),
      accountBalance: account.amount,
      accountLockedBalance: account.locked,
      storageUsage: account.storageUsage,
      attachedDeposit: 0n,
      prepaidGas: VIEW_GAS,
      randomSeed: randomSeedOf(base58ToBytes(ZERO_HASH), base58ToBytes(header.randomValue)),
      isView: true,
      chainId: ledger.genesis.chainId,
      outputDataReceivers: [],
    },
    contractStorage(state, contractId),
    ledger.genesis.protocolVersion,
  )
  const { error, logs } = outcome
  if (error !== null) return { ok: false, error: error.json, text: error.text, logs }
  const value = outcome.return.kind === 'value' ? outcome.return.value : new Uint8Array()
  return { ok: true, value, logs, burntGas: outcome.burntGas }
}
