/** Who calls, where, when, with how much: the context and economics API. Source: nearcore imports.rs, logic.rs. */
import { base58ToBytes, utf8ToBytes } from '../../lib/bytes.ts'
import { define, type HostFamily } from './define.ts'

export const context: HostFamily = {
  current_account_id: define('I', (call, register: bigint) => {
    call.gas.pay('base')
    call.setRegister(register, utf8ToBytes(call.context.currentAccountId))
  }),

  chain_id: define(
    'I',
    (call, register: bigint) => {
      call.gas.pay('base')
      call.setRegister(register, utf8ToBytes(call.context.chainId ?? 'localnet'))
    },
    'chain_id_host_fn',
  ),

  signer_account_id: define('I', (call, register: bigint) => {
    call.gas.pay('base')
    call.denyInView('signer_account_id')
    call.setRegister(register, utf8ToBytes(call.context.signerAccountId))
  }),

  signer_account_pk: define('I', (call, register: bigint) => {
    call.gas.pay('base')
    call.denyInView('signer_account_pk')
    call.setRegister(register, call.context.signerAccountPk)
  }),

  predecessor_account_id: define('I', (call, register: bigint) => {
    call.gas.pay('base')
    call.denyInView('predecessor_account_id')
    call.setRegister(register, utf8ToBytes(call.context.predecessorAccountId))
  }),

  refund_to_account_id: define('I', (call, register: bigint) => {
    call.gas.pay('base')
    call.denyInView('refund_to_account_id')
    call.setRegister(register, utf8ToBytes(call.context.refundToAccountId))
  }),

  input: define('I', (call, register: bigint) => {
    call.gas.pay('base')
    call.registers.write(call.gas, register, call.context.input, true)
  }),

  block_index: define('->I', (call) => {
    call.gas.pay('base')
    return call.context.blockHeight
  }),

  block_timestamp: define('->I', (call) => {
    call.gas.pay('base')
    return call.context.blockTimestamp
  }),

  epoch_height: define('->I', (call) => {
    call.gas.pay('base')
    return call.context.epochHeight
  }),

  storage_usage: define('->I', (call) => {
    call.gas.pay('base')
    return call.storageUsage
  }),

  /** 0 no contract, 1 own code's hash, 2 a global code's hash, 3 the account of a global code; 0 writes no register. */
  current_contract_code: define('I->I', (call, register: bigint) => {
    call.gas.pay('base')
    const code = call.context.contract ?? { kind: 'local', hash: base58ToBytes(call.codeHash) }
    if (code.kind === 'none') return 0n
    call.setRegister(register, code.kind === 'globalByAccount' ? utf8ToBytes(code.accountId) : code.hash)
    return { local: 1n, global: 2n, globalByAccount: 3n }[code.kind]
  }),

  account_balance: define('I', (call, pointer: bigint) => {
    call.gas.pay('base')
    call.memory.writeU128(call.gas, pointer, call.balance)
  }),

  account_locked_balance: define('I', (call, pointer: bigint) => {
    call.gas.pay('base')
    call.memory.writeU128(call.gas, pointer, call.context.accountLockedBalance)
  }),

  attached_deposit: define('I', (call, pointer: bigint) => {
    call.gas.pay('base')
    call.memory.writeU128(call.gas, pointer, call.context.attachedDeposit)
  }),

  prepaid_gas: define('->I', (call) => {
    call.gas.pay('base')
    call.denyInView('prepaid_gas')
    return call.context.prepaidGas
  }),

  used_gas: define('->I', (call) => {
    call.gas.pay('base')
    call.denyInView('used_gas')
    return call.gas.used
  }),

  validator_stake: define('III', (call, length: bigint, pointer: bigint, stakePointer: bigint) => {
    call.gas.pay('base')
    const account = call.accountId(length, pointer)
    call.gas.pay('validator_stake_base')
    call.memory.writeU128(call.gas, stakePointer, call.context.validators?.stakeOf(account) ?? 0n)
  }),

  validator_total_stake: define('I', (call, stakePointer: bigint) => {
    call.gas.pay('base')
    call.gas.pay('validator_total_stake_base')
    call.memory.writeU128(call.gas, stakePointer, call.context.validators?.totalStake ?? 0n)
  }),
}
