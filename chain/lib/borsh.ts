/** Borsh, the encoding of everything that NEAR hashes and signs. Source: borsh.io. Strict: no trailing bytes, no bad UTF-8. */
import { bytesToUtf8, utf8ToBytes } from './bytes.ts'
import { BlyanError, type Fault } from './errors.ts'

/** Bytes that are no borsh of the expected type. */
export class BorshDecodeError extends BlyanError {
  static override readonly code: string = 'CODEC_BORSH'
  static override readonly fault: Fault = 'user'
}

export class BorshWriter {
  #bytes = new Uint8Array(256)
  #view = new DataView(this.#bytes.buffer)
  #length = 0

  #grow(extra: number): number {
    const at = this.#length
    this.#length += extra
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2))
      larger.set(this.#bytes.subarray(0, at))
      this.#bytes = larger
      this.#view = new DataView(larger.buffer)
    }
    return at
  }

  u8(value: number): this {
    const at = this.#grow(1)
    this.#view.setUint8(at, value)
    return this
  }

  u32(value: number): this {
    const at = this.#grow(4)
    this.#view.setUint32(at, value, true)
    return this
  }

  u64(value: bigint): this {
    const at = this.#grow(8)
    this.#view.setBigUint64(at, value, true)
    return this
  }

  u128(value: bigint): this {
    return this.u64(value & 0xffff_ffff_ffff_ffffn).u64(value >> 64n)
  }

  /** Bytes of a known length: no prefix. */
  fixed(bytes: Uint8Array): this {
    const at = this.#grow(bytes.length)
    this.#bytes.set(bytes, at)
    return this
  }

  bytes(bytes: Uint8Array): this {
    return this.u32(bytes.length).fixed(bytes)
  }

  string(text: string): this {
    return this.bytes(utf8ToBytes(text))
  }

  option<T>(value: T | null | undefined, write: (value: T) => unknown): this {
    if (value === null || value === undefined) return this.u8(0)
    this.u8(1)
    write(value)
    return this
  }

  vec<T>(items: readonly T[], write: (item: T) => unknown): this {
    this.u32(items.length)
    for (const item of items) write(item)
    return this
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }
}

export class BorshReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get offset(): number {
    return this.#at
  }

  get remaining(): number {
    return this.#bytes.length - this.#at
  }

  #take(count: number): number {
    if (count > this.remaining)
      throw badBorsh(`Unexpected length of input: ${count} bytes wanted, ${this.remaining} left.`)
    const at = this.#at
    this.#at += count
    return at
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1))
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true)
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true)
  }

  u128(): bigint {
    const low = this.u64()
    return low | (this.u64() << 64n)
  }

  /** A copy of the next `count` bytes. */
  fixed(count: number): Uint8Array {
    const at = this.#take(count)
    return this.#bytes.slice(at, at + count)
  }

  bytes(): Uint8Array {
    return this.fixed(this.u32())
  }

  string(): string {
    const bytes = this.bytes()
    try {
      return bytesToUtf8(bytes)
    } catch (cause) {
      throw badBorsh('A string is no valid UTF-8.', cause)
    }
  }

  option<T>(read: () => T): T | null {
    const tag = this.u8()
    if (tag > 1) throw badBorsh(`Invalid Option representation: ${tag}. The first byte must be 0 or 1.`)
    return tag === 1 ? read() : null
  }

  vec<T>(read: () => T): T[] {
    const count = this.u32()
    // Every item takes at least one byte of input except empty structs, which NEAR's vectors never hold.
    if (count > this.remaining) throw badBorsh(`A vector claims ${count} items with ${this.remaining} bytes left.`)
    const items: T[] = []
    for (let i = 0; i < count; i++) items.push(read())
    return items
  }

  end(): void {
    if (this.remaining > 0) throw badBorsh(`Not all bytes read: ${this.remaining} left.`)
  }
}

export function badBorsh(what: string, cause?: unknown): BorshDecodeError {
  return new BorshDecodeError({ what, fix: 'Send the value in borsh as NEAR defines it.', cause })
}
