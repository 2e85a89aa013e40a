/** LEB128 integers, the numbers of the wasm format. Source: WebAssembly core specification 5.2.2. */

/** Unsigned, shortest form, for values below 2^32. */
export function encodeU32(value: number): number[] {
  const bytes: number[] = []
  do {
    const low = value & 0x7f
    value >>>= 7
    bytes.push(value !== 0 ? low | 0x80 : low)
  } while (value !== 0)
  return bytes
}

/** Signed, shortest form, for 32-bit values. */
export function encodeS32(value: number): number[] {
  const bytes: number[] = []
  value |= 0
  for (;;) {
    const low = value & 0x7f
    value >>= 7
    if ((value === 0 && (low & 0x40) === 0) || (value === -1 && (low & 0x40) !== 0)) {
      bytes.push(low)
      return bytes
    }
    bytes.push(low | 0x80)
  }
}

/** Walks bytes, and counts the integers that are longer than they need to be: relocatable objects are full of them. */
export class WasmReader {
  readonly bytes: Uint8Array
  at: number
  /** Offsets of overlong integers seen so far. */
  readonly overlong: number[] = []

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes
    this.at = at
  }

  byte(): number {
    if (this.at >= this.bytes.length) throw new RangeError(`wasm ends at byte ${this.at}`)
    return this.bytes[this.at++]!
  }

  u32(): number {
    const start = this.at
    let value = 0
    let byte: number
    let scale = 1
    do {
      byte = this.byte()
      value += (byte & 0x7f) * scale
      scale *= 128
    } while (byte & 0x80)
    if (byte === 0 && this.at - start > 1) this.overlong.push(start)
    return value
  }

  /** Passes over a signed integer of any width. */
  skipSigned(): void {
    const start = this.at
    let byte: number
    do byte = this.byte()
    while (byte & 0x80)
    if (this.at - start < 2) return
    const before = this.bytes[this.at - 2]! & 0x40
    if ((byte === 0 && !before) || (byte === 0x7f && before)) this.overlong.push(start)
  }

  skip(count: number): void {
    this.at += count
    if (this.at > this.bytes.length) throw new RangeError(`wasm ends before byte ${this.at}`)
  }

  name(): string {
    const length = this.u32()
    const start = this.at
    this.skip(length)
    return new TextDecoder().decode(this.bytes.subarray(start, this.at))
  }
}
