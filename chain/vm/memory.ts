/** The contract's memory as the host reaches it: every access is paid for before its bounds are looked at. */
import { hostError } from './errors.ts'
import type { GasCounter } from './gas.ts'

export class GuestMemory {
  #memory: WebAssembly.Memory | null = null
  #bytes = new Uint8Array()

  attach(memory: WebAssembly.Memory): void {
    this.#memory = memory
  }

  /** A new view after the memory has grown: growing detaches the old one. */
  #view(): Uint8Array {
    const { buffer } = this.#memory!
    if (this.#bytes.buffer !== buffer) this.#bytes = new Uint8Array(buffer)
    return this.#bytes
  }

  /** A copy. @throws HostError MemoryAccessViolation */
  read(gas: GasCounter, pointer: bigint, length: bigint): Uint8Array {
    gas.pay('read_memory_base')
    gas.pay('read_memory_byte', length)
    return this.readFree(pointer, length)
  }

  readFree(pointer: bigint, length: bigint): Uint8Array {
    const bytes = this.#view()
    if (pointer + length > BigInt(bytes.length)) throw hostError('MemoryAccessViolation')
    return bytes.slice(Number(pointer), Number(pointer + length))
  }

  write(gas: GasCounter, pointer: bigint, data: Uint8Array): void {
    gas.pay('write_memory_base')
    gas.pay('write_memory_byte', data.length)
    const bytes = this.#view()
    if (pointer + BigInt(data.length) > BigInt(bytes.length)) throw hostError('MemoryAccessViolation')
    bytes.set(data, Number(pointer))
  }

  readU128(gas: GasCounter, pointer: bigint): bigint {
    const view = new DataView(this.read(gas, pointer, 16n).buffer)
    return view.getBigUint64(0, true) | (view.getBigUint64(8, true) << 64n)
  }

  writeU128(gas: GasCounter, pointer: bigint, value: bigint): void {
    const data = new Uint8Array(16)
    const view = new DataView(data.buffer)
    view.setBigUint64(0, BigInt.asUintN(64, value), true)
    view.setBigUint64(8, value >> 64n, true)
    this.write(gas, pointer, data)
  }
}
