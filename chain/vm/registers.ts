/** Registers: blobs that a contract names instead of copying. Source: nearcore vmstate.rs. */
import type { ProtocolParams } from '../lib/params.gen.ts'
import { hostError } from './errors.ts'
import type { GasCounter } from './gas.ts'

export class Registers {
  readonly #values = new Map<bigint, Uint8Array>()
  readonly #limits: ProtocolParams['limits']
  #usage = 0n

  constructor({ limits }: ProtocolParams) {
    this.#limits = limits
  }

  /** Not a copy: the caller must not change it. @throws HostError InvalidRegisterId */
  read(gas: GasCounter, id: bigint): Uint8Array {
    const value = this.#values.get(id)
    if (value === undefined) throw hostError('InvalidRegisterId', { register_id: id })
    gas.pay('read_register_base')
    gas.pay('read_register_byte', value.length)
    return value
  }

  /** Undefined where the register was never written. */
  lengthOf(id: bigint): number | undefined {
    return this.#values.get(id)?.length
  }

  /** Takes over `value`. `free` is how input and promise results come in: no charge by the byte.
   *  @throws HostError MemoryAccessViolation past a limit */
  write(gas: GasCounter, id: bigint, value: Uint8Array, free = false): void {
    gas.pay('write_register_base')
    if (!free) gas.pay('write_register_byte', value.length)
    const { max_register_size, max_number_registers, registers_memory_limit } = this.#limits
    const old = this.#values.get(id)
    const usage = this.#usage - (old === undefined ? 0n : BigInt(old.length + 8)) + BigInt(value.length + 8)
    // At the limit even a replacement fails: nearcore's slip that became protocol.
    const isFull = BigInt(this.#values.size) >= max_number_registers
    if (BigInt(value.length) > max_register_size || isFull || usage > registers_memory_limit) {
      throw hostError('MemoryAccessViolation')
    }
    this.#usage = usage
    this.#values.set(id, value)
  }
}
