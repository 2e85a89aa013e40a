/** Registers API. Source: nearcore imports.rs, logic.rs. */
import { U64_MAX } from './call.ts'
import { define, type HostFamily } from './define.ts'

export const registers: HostFamily = {
  read_register: define('II', (call, register: bigint, pointer: bigint) => {
    call.gas.pay('base')
    call.memory.write(call.gas, pointer, call.registers.read(call.gas, register))
  }),

  register_len: define('I->I', (call, register: bigint) => {
    call.gas.pay('base')
    const length = call.registers.lengthOf(register)
    return length === undefined ? U64_MAX : BigInt(length)
  }),

  write_register: define('III', (call, register: bigint, length: bigint, pointer: bigint) => {
    call.gas.pay('base')
    call.setRegister(register, call.memory.read(call.gas, pointer, length))
  }),
}
