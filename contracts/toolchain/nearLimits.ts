/** What NEAR accepts of a contract's wasm. Source: nearcore runtime/near-vm-runner and its parameters at protocol 86. */

export const NEAR_LIMITS = {
  contractBytes: 4_194_304, // max_contract_size
  functions: 10_000, // max_functions_number_per_contract
  locals: 1_000_000, // max_locals_per_contract
  types: 1_024, // max_types_per_contract
  tables: 1, // max_tables_per_contract
  tableElements: 10_000, // max_elements_per_contract_table
  bodyBytes: 196_608, // max_function_body_size
  paramsPerFunction: 64, // max_params_per_function
  params: 50_000, // max_params_per_contract
  blocksPerFunction: 5_000, // max_blocks_per_function
  blocks: 50_000, // max_blocks_per_contract
  memoryPages: 1_024, // initial_memory_pages: what each call starts with
  methodNameBytes: 256, // max_length_method_name
} as const

/** Host functions of the module `env` that every network at protocol 70 and later has. */
export const NEAR_HOST_FUNCTIONS: ReadonlySet<string> = new Set([
  ...['read_register', 'register_len', 'write_register'],
  ...['current_account_id', 'signer_account_id', 'signer_account_pk', 'predecessor_account_id', 'input'],
  ...['block_index', 'block_timestamp', 'epoch_height', 'storage_usage'],
  ...['account_balance', 'account_locked_balance', 'attached_deposit', 'prepaid_gas', 'used_gas'],
  ...['random_seed', 'sha256', 'keccak256', 'keccak512', 'ripemd160', 'ecrecover', 'ed25519_verify'],
  ...['value_return', 'panic', 'panic_utf8', 'log_utf8', 'log_utf16', 'abort'],
  ...['promise_create', 'promise_then', 'promise_and', 'promise_batch_create', 'promise_batch_then'],
  ...['promise_batch_action_create_account', 'promise_batch_action_deploy_contract'],
  ...['promise_batch_action_function_call', 'promise_batch_action_function_call_weight'],
  ...['promise_batch_action_transfer', 'promise_batch_action_stake'],
  ...['promise_batch_action_add_key_with_full_access', 'promise_batch_action_add_key_with_function_call'],
  ...['promise_batch_action_delete_key', 'promise_batch_action_delete_account'],
  ...['promise_yield_create', 'promise_yield_resume'],
  ...['promise_results_count', 'promise_result', 'promise_return'],
  ...['storage_write', 'storage_read', 'storage_remove', 'storage_has_key'],
  ...['validator_stake', 'validator_total_stake'],
  ...['alt_bn128_g1_multiexp', 'alt_bn128_g1_sum', 'alt_bn128_pairing_check'],
  ...['bls12381_p1_sum', 'bls12381_p2_sum', 'bls12381_g1_multiexp', 'bls12381_g2_multiexp'],
  ...['bls12381_map_fp_to_g1', 'bls12381_map_fp2_to_g2', 'bls12381_pairing_check'],
  ...['bls12381_p1_decompress', 'bls12381_p2_decompress'],
])
