/** Writes the binary format into one growing buffer. Every number takes its shortest encoding. */

export class WasmWriter {
  #bytes: Uint8Array
  #length = 0

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity)
  }

  get length(): number {
    return this.#length
  }

  #room(extra: number): number {
    const at = this.#length
    this.#length += extra
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2))
      larger.set(this.#bytes.subarray(0, at))
      this.#bytes = larger
    }
    return at
  }

  u8(byte: number): this {
    const at = this.#room(1)
    this.#bytes[at] = byte
    return this
  }

  raw(bytes: Uint8Array): this {
    const at = this.#room(bytes.length)
    this.#bytes.set(bytes, at)
    return this
  }

  /** Bytes `[start, end)` of another buffer. */
  copy(bytes: Uint8Array, start: number, end: number): this {
    return end > start ? this.raw(bytes.subarray(start, end)) : this
  }

  u32(value: number): this {
    let rest = value >>> 0
    while (rest >= 0x80) {
      this.u8((rest & 0x7f) | 0x80)
      rest >>>= 7
    }
    return this.u8(rest)
  }

  /** Signed LEB128. */
  signed(value: bigint | number): this {
    const small = Number(value)
    if (small >= -64 && small < 2 ** 53) return this.#signedSmall(small)
    let rest = BigInt(value)
    for (;;) {
      const byte = Number(rest & 0x7fn)
      rest >>= 7n
      if ((rest === 0n && (byte & 0x40) === 0) || (rest === -1n && (byte & 0x40) !== 0)) return this.u8(byte)
      this.u8(byte | 0x80)
    }
  }

  /** As `signed`, without big integers: of a small negative or a safe positive number. */
  #signedSmall(value: number): this {
    let rest = value
    while (rest >= 64) {
      this.u8((rest % 128) + 128)
      rest = Math.floor(rest / 128)
    }
    return this.u8(rest & 0x7f)
  }

  /** An instruction with at most one index. */
  op(code: number, index?: number): this {
    this.u8(code)
    return index === undefined ? this : this.u32(index)
  }

  /** An instruction with a signed constant. */
  constant(code: number, value: bigint | number): this {
    return this.u8(code).signed(value)
  }

  name(text: string): this {
    const bytes = new TextEncoder().encode(text)
    return this.u32(bytes.length).raw(bytes)
  }

  /** A section or body: its length, then its bytes. */
  sized(part: WasmWriter): this {
    return this.u32(part.length).copy(part.#bytes, 0, part.length)
  }

  clear(): this {
    this.#length = 0
    return this
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }
}
