/** The contract's memory as the host reaches it: every access is paid for before its bounds are looked at. */
import { hostError } from './errors.ts'
import type { GasCounter } from './gas.ts'

export const PAGE_BYTES = 65_536

/** The contract may reach further than the memory that it was lent: run it again with more. */
export class MemoryShortage extends Error {}

export class GuestMemory {
  #memory: WebAssembly.Memory | null = null
  #pages: WebAssembly.Global<'i32'> | null = null
  #bytes = new Uint8Array()

  /** @param pages what the contract believes in; the memory itself may be smaller */
  attach(memory: WebAssembly.Memory, pages: WebAssembly.Global<'i32'>): void {
    this.#memory = memory
    this.#pages = pages
  }

  /** True while the contract has been lent less than it was told. */
  get isShort(): boolean {
    return this.#memory!.buffer.byteLength < this.#pages!.value * PAGE_BYTES
  }

  /** All of the memory, known to reach to `end`. A new view after it has grown: growing detaches the old one. */
  #viewUpTo(end: bigint): Uint8Array {
    const { buffer } = this.#memory!
    if (this.#bytes.buffer !== buffer) this.#bytes = new Uint8Array(buffer)
    if (end <= BigInt(this.#bytes.length)) return this.#bytes
    if (end <= BigInt(this.#pages!.value * PAGE_BYTES)) throw new MemoryShortage()
    throw hostError('MemoryAccessViolation')
  }

  /** A copy. @throws HostError MemoryAccessViolation */
  read(gas: GasCounter, pointer: bigint, length: bigint): Uint8Array {
    gas.pay('read_memory_base')
    gas.pay('read_memory_byte', length)
    return this.readFree(pointer, length)
  }

  readFree(pointer: bigint, length: bigint): Uint8Array {
    const bytes = this.#viewUpTo(pointer + length)
    return bytes.slice(Number(pointer), Number(pointer + length))
  }

  write(gas: GasCounter, pointer: bigint, data: Uint8Array): void {
    gas.pay('write_memory_base')
    gas.pay('write_memory_byte', data.length)
    const bytes = this.#viewUpTo(pointer + BigInt(data.length))
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
