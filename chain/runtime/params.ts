/** The fee table of one protocol version in the runtime's types. Values come from chain/lib/params.gen.ts alone. */
import { paramsAt } from '../lib/params.gen.ts'
import type { Fee } from './fees.ts'

const FEES = [
  'action_receipt_creation',
  'action_create_account',
  'action_delete_account',
  'action_deploy_contract',
  'action_deploy_contract_per_byte',
  'action_function_call',
  'action_function_call_per_byte',
  'action_transfer',
  'action_stake',
  'action_add_full_access_key',
  'action_add_function_call_key',
  'action_add_function_call_key_per_byte',
  'action_delete_key',
  'action_delegate',
  'action_deploy_global_contract',
  'action_deploy_global_contract_per_byte',
  'action_use_global_contract',
  'action_use_global_contract_per_identifier_byte',
] as const

export interface RuntimeParams {
  protocolVersion: number
  fees: Record<(typeof FEES)[number], Fee>
  /** Share of burnt gas that the contract earns: numerator, denominator. */
  burntGasReward: readonly [bigint, bigint]
  /** yoctoNEAR per gas unit: the least price at which gas is bought. */
  minGasPurchasePrice: bigint
  /** yoctoNEAR that creating an account costs at least. */
  accountCreationCharge: bigint
  /** yoctoNEAR. */
  storageAmountPerByte: bigint
  /** Bytes. */
  storageBytesAccount: bigint
  storageBytesRecord: bigint
  zeroBalanceAccountStorageLimit: bigint
  maxAccountDeletionStorageUsage: bigint
  accessKeyNonceRange: bigint
  minTopLevelAccountLength: number
  registrarAccountId: string
  limits: {
    maxActionsPerReceipt: number
    maxTransactionSize: number
    maxContractSize: number
    maxLengthMethodName: number
    maxArgumentsLength: number
    maxNumberBytesMethodNames: number
    maxTotalPrepaidGas: bigint
  }
}

const cache = new Map<number, RuntimeParams>()

/** @throws whatever `paramsAt` throws for an unknown version. */
export function runtimeParams(protocolVersion: number): RuntimeParams {
  let params = cache.get(protocolVersion)
  if (params === undefined) cache.set(protocolVersion, (params = build(protocolVersion)))
  return params
}

function build(protocolVersion: number): RuntimeParams {
  const { economics, limits, fees } = paramsAt(protocolVersion)
  const fee = (name: (typeof FEES)[number]): Fee => {
    const { send_sir, send_not_sir, execution } = fees[name]
    return { sendSir: send_sir, sendNotSir: send_not_sir, exec: execution }
  }
  return {
    protocolVersion,
    fees: Object.fromEntries(FEES.map((name) => [name, fee(name)])) as RuntimeParams['fees'],
    burntGasReward: economics.burnt_gas_reward,
    minGasPurchasePrice: economics.min_gas_purchase_price_yocto,
    accountCreationCharge: economics.account_creation_charge_yocto,
    storageAmountPerByte: economics.storage_amount_per_byte_yocto,
    storageBytesAccount: economics.storage_num_bytes_account,
    storageBytesRecord: economics.storage_num_extra_bytes_record,
    zeroBalanceAccountStorageLimit: economics.zero_balance_account_storage_limit,
    maxAccountDeletionStorageUsage: economics.max_account_deletion_storage_usage,
    accessKeyNonceRange: economics.access_key_nonce_range_multiplier,
    minTopLevelAccountLength: Number(economics.min_allowed_top_level_account_length),
    registrarAccountId: economics.registrar_account_id,
    limits: {
      maxActionsPerReceipt: Number(limits.max_actions_per_receipt),
      maxTransactionSize: Number(limits.max_transaction_size),
      maxContractSize: Number(limits.max_contract_size),
      maxLengthMethodName: Number(limits.max_length_method_name),
      maxArgumentsLength: Number(limits.max_arguments_length),
      maxNumberBytesMethodNames: Number(limits.max_number_bytes_method_names),
      maxTotalPrepaidGas: limits.max_total_prepaid_gas,
    },
  }
}
