/** Limits on a list of actions, checked before a transaction or a new receipt is taken. Source: nearcore action_validation.rs. */

import { isValidAccountId } from '../lib/accountId.ts'
import type { Action } from '../lib/action.ts'
import { utf8ToBytes } from '../lib/bytes.ts'
import { totalPrepaidGas } from './fees.ts'
import type { ActionErrorKind } from './outcome.ts'
import type { RuntimeParams } from './params.ts'

/** nearcore's ActionsValidationError as JSON, or null when all is well. */
export function validateActions(actions: readonly Action[], params: RuntimeParams): ActionErrorKind | null {
  const { limits } = params
  if (actions.length > limits.maxActionsPerReceipt) {
    return {
      TotalNumberOfActionsExceeded: { total_number_of_actions: actions.length, limit: limits.maxActionsPerReceipt },
    }
  }
  if (actions.some((action, i) => action.kind === 'deleteAccount' && i !== actions.length - 1)) {
    return 'DeleteActionMustBeFinal'
  }
  if (actions.filter((action) => action.kind === 'delegate').length > 1) return 'DelegateActionMustBeOnlyOne'
  for (const action of actions) {
    const error = validateAction(action, params)
    if (error !== null) return error
  }
  const gas = totalPrepaidGas(actions)
  if (gas > limits.maxTotalPrepaidGas) {
    return { TotalPrepaidGasExceeded: { total_prepaid_gas: Number(gas), limit: Number(limits.maxTotalPrepaidGas) } }
  }
  return null
}

function validateAction(action: Action, params: RuntimeParams): ActionErrorKind | null {
  const { limits } = params
  switch (action.kind) {
    case 'deployContract':
      return action.code.length > limits.maxContractSize
        ? { ContractSizeExceeded: { size: action.code.length, limit: limits.maxContractSize } }
        : null
    case 'functionCall': {
      if (action.gas === 0n) return 'FunctionCallZeroAttachedGas'
      const length = utf8ToBytes(action.methodName).length
      if (length > limits.maxLengthMethodName) {
        return { FunctionCallMethodNameLengthExceeded: { length, limit: limits.maxLengthMethodName } }
      }
      return action.args.length > limits.maxArgumentsLength
        ? { FunctionCallArgumentsLengthExceeded: { length: action.args.length, limit: limits.maxArgumentsLength } }
        : null
    }
    case 'addKey': {
      const { permission } = action.accessKey
      if (permission === null) return null
      if (!isValidAccountId(permission.receiverId)) {
        return { InvalidAccountId: { account_id: permission.receiverId } }
      }
      let total = 0
      for (const name of permission.methodNames) {
        const length = utf8ToBytes(name).length
        if (length > limits.maxLengthMethodName) {
          return { AddKeyMethodNameLengthExceeded: { length, limit: limits.maxLengthMethodName } }
        }
        total += length + 1
      }
      return total > limits.maxNumberBytesMethodNames
        ? {
            AddKeyMethodNamesNumberOfBytesExceeded: {
              total_number_of_bytes: total,
              limit: limits.maxNumberBytesMethodNames,
            },
          }
        : null
    }
    case 'deleteAccount':
      return isValidAccountId(action.beneficiaryId) ? null : { InvalidAccountId: { account_id: action.beneficiaryId } }
    case 'delegate':
      return validateActions(action.delegate.actions, params)
    case 'deployGlobalContract':
    case 'useGlobalContract':
      return unsupported('GlobalContracts', params)
    case 'createAccount':
    case 'transfer':
    case 'stake':
    case 'deleteKey':
      return null
    default:
      return action satisfies never
  }
}

const unsupported = (feature: string, { protocolVersion }: RuntimeParams): ActionErrorKind => ({
  UnsupportedProtocolFeature: { protocol_feature: feature, version: protocolVersion },
})
