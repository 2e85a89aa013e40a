/** Storage API: the contract's keys and values. Source: nearcore logic.rs, ext.rs. */
import type { HostCall } from './call.ts'
import { define, type HostFamily } from './define.ts'

/** Bytes that a record costs beside its key and value. */
const extraBytes = ({ params }: HostCall): bigint => params.economics.storage_num_extra_bytes_record

/** The trie nodes on a key's path, and the value that a write or removal pushes out. */
function payReplaced(
  call: HostCall,
  cost: 'storage_write_evicted_byte' | 'storage_remove_ret_value_byte',
  key: Uint8Array,
  old: Uint8Array | undefined,
): void {
  if (old !== undefined && call.storage.chargesReplacedBytes) call.gas.pay(cost, old.length)
  const nodes = call.storage.touchedNodes(key)
  if (nodes > 0) call.gas.pay('touching_trie_node', nodes)
}

function readKey(call: HostCall, length: bigint, pointer: bigint): Uint8Array {
  const key = call.bytes(length, pointer)
  const limit = call.params.limits.max_length_storage_key
  if (BigInt(key.length) > limit) call.fail('KeyLengthExceeded', { length: key.length, limit })
  return key
}

export const storage: HostFamily = {
  storage_write: define(
    'IIIII->I',
    (call, keyLength: bigint, keyPointer: bigint, valueLength: bigint, valuePointer: bigint, register: bigint) => {
      call.gas.pay('base')
      call.denyInView('storage_write')
      call.gas.pay('storage_write_base')
      const key = readKey(call, keyLength, keyPointer)
      const value = call.bytes(valueLength, valuePointer)
      const limit = call.params.limits.max_length_storage_value
      if (BigInt(value.length) > limit) call.fail('ValueLengthExceeded', { length: value.length, limit })
      call.gas.pay('storage_write_key_byte', key.length)
      call.gas.pay('storage_write_value_byte', value.length)
      const old = call.storage.get(key)
      payReplaced(call, 'storage_write_evicted_byte', key, old)
      call.storage.write(key, value)
      if (old === undefined) {
        call.storageUsage += BigInt(key.length + value.length) + extraBytes(call)
        return 0n
      }
      call.storageUsage += BigInt(value.length - old.length)
      call.setRegister(register, old)
      return 1n
    },
  ),

  storage_read: define('III->I', (call, keyLength: bigint, keyPointer: bigint, register: bigint) => {
    call.gas.pay('base')
    call.gas.pay('storage_read_base')
    const key = readKey(call, keyLength, keyPointer)
    call.gas.pay('storage_read_key_byte', key.length)
    const value = call.storage.get(key)
    if (value === undefined) return 0n
    call.gas.pay('storage_read_value_byte', value.length)
    if (BigInt(value.length) > call.params.economics.storage_large_read_threshold_bytes) {
      call.gas.pay('storage_large_read_overhead_base')
      call.gas.pay('storage_large_read_overhead_byte', value.length)
    }
    call.setRegister(register, value)
    return 1n
  }),

  storage_remove: define('III->I', (call, keyLength: bigint, keyPointer: bigint, register: bigint) => {
    call.gas.pay('base')
    call.denyInView('storage_remove')
    call.gas.pay('storage_remove_base')
    const key = readKey(call, keyLength, keyPointer)
    call.gas.pay('storage_remove_key_byte', key.length)
    const old = call.storage.get(key)
    payReplaced(call, 'storage_remove_ret_value_byte', key, old)
    call.storage.write(key, null) // also an absent key: from now on it is found above the trie
    if (old === undefined) return 0n
    call.storageUsage -= BigInt(key.length + old.length) + extraBytes(call)
    call.setRegister(register, old)
    return 1n
  }),

  storage_has_key: define('II->I', (call, keyLength: bigint, keyPointer: bigint) => {
    call.gas.pay('base')
    call.gas.pay('storage_has_key_base')
    const key = readKey(call, keyLength, keyPointer)
    call.gas.pay('storage_has_key_byte', key.length)
    return call.storage.has(key)
  }),

  // Iterators went with protocol 28; they cost nothing because they do nothing but fail.
  storage_iter_prefix: define('II->I', (call) => call.fail('Deprecated', { method_name: 'storage_iter_prefix' })),
  storage_iter_range: define('IIII->I', (call) => call.fail('Deprecated', { method_name: 'storage_iter_range' })),
  storage_iter_next: define('III->I', (call) => call.fail('Deprecated', { method_name: 'storage_iter_next' })),
}
