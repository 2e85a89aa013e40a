/** Reads the binary format: bytes, LEB128 numbers of bounded length, names. Source: WebAssembly 2.0, chapter 5. */

/** Bytes that are no module NEAR accepts; `prepareError` is nearcore's name for it. */
export class WasmFormatError extends Error {
  readonly prepareError: string

  constructor(message: string, prepareError = 'Deserialization') {
    super(message)
    this.prepareError = prepareError
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export class WasmReader {
  readonly bytes: Uint8Array
  at: number
  readonly end: number

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes
    this.at = at
    this.end = end
  }

  get done(): boolean {
    return this.at >= this.end
  }

  fail(message: string): never {
    throw new WasmFormatError(`${message} at byte ${this.at}`)
  }

  u8(): number {
    if (this.at >= this.end) this.fail('unexpected end')
    return this.bytes[this.at++]!
  }

  /** Unsigned, at most five bytes and 32 bits. */
  u32(): number {
    const first = this.u8()
    if (first < 0x80) return first
    let value = first & 0x7f
    for (let shift = 7; shift < 35; shift += 7) {
      const byte = this.u8()
      if (shift === 28 && byte > 0x0f) this.fail('number needs more than 32 bits')
      value = (value | ((byte & 0x7f) << shift)) >>> 0
      if (byte < 0x80) return value
    }
    return this.fail('number is longer than five bytes')
  }

  /** Passes over a LEB128 number of at most `bits` bits; its value is left to the engine's own validation. */
  skipLeb(bits: 32 | 33 | 64): void {
    const most = Math.ceil(bits / 7)
    for (let i = 0; i < most; i++) if (this.u8() < 0x80) return
    this.fail(`number is longer than ${most} bytes`)
  }

  skip(count: number): void {
    if (count > this.end - this.at) this.fail('unexpected end')
    this.at += count
  }

  slice(count: number): Uint8Array {
    const start = this.at
    this.skip(count)
    return this.bytes.subarray(start, this.at)
  }

  name(): string {
    const length = this.u32()
    if (length > 100_000) this.fail('name is longer than 100,000 bytes')
    try {
      return utf8.decode(this.slice(length))
    } catch (cause) {
      if (cause instanceof WasmFormatError) throw cause
      return this.fail('name is no UTF-8')
    }
  }
}
