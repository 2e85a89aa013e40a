/** Host functions that link, as on NEAR, but fail with a plain sentence when called. Listed in chain/vm/README.md. */
import type { ProtocolParams } from '../../lib/params.gen.ts'
import { define, type HostFamily } from './define.ts'

const GLOBAL = 'global_contract_host_fns'
const GAS_KEY = 'gas_key_host_fns'

const SIGNATURES: readonly [name: string, signature: string, flag?: keyof ProtocolParams['flags']][] = [
  ['promise_batch_action_deploy_global_contract', 'III', GLOBAL],
  ['promise_batch_action_deploy_global_contract_by_account_id', 'III', GLOBAL],
  ['promise_batch_action_use_global_contract', 'III', GLOBAL],
  ['promise_batch_action_use_global_contract_by_account_id', 'III', GLOBAL],
  ['promise_batch_action_state_init', 'IIII->I'],
  ['promise_batch_action_state_init_by_account_id', 'IIII->I'],
  ['set_state_init_data_entry', 'IIIIII'],
  ['promise_batch_action_transfer_to_gas_key', 'IIII', GAS_KEY],
  ['promise_batch_action_add_gas_key_with_full_access', 'IIII', GAS_KEY],
  ['promise_batch_action_add_gas_key_with_function_call', 'IIIIIIIII', GAS_KEY],
]

export const unsupported: HostFamily = Object.fromEntries(
  SIGNATURES.map(([method_name, signature, flag]) => [
    method_name,
    define(
      signature,
      (call) => {
        call.gas.pay('base')
        call.fail('NotSupported', { method_name })
      },
      flag,
    ),
  ]),
)
