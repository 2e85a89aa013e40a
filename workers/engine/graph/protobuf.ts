/** Protocol Buffers' wire format: just what ONNX needs. Reading trusts nothing. Source: protobuf.dev/programming-guides/encoding. */

import { OnnxFormatError } from '../errors.ts'

const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const

/** Collects a message's fields; large byte fields are kept by reference until `finish`. */
export class ProtoWriter {
  #chunks: Uint8Array[] = []
  #pending: number[] = []
  #length = 0

  /** @param value an integer of at most 64 bits; negative ones take ten bytes, as int64 does */
  varint(field: number, value: number | bigint): this {
    this.#tag(field, WIRE.varint)
    this.#number(BigInt.asUintN(64, BigInt(value)))
    return this
  }

  float(field: number, value: number): this {
    this.#tag(field, WIRE.fixed32)
    this.#pending.push(...new Uint8Array(new Float32Array([value]).buffer))
    return this
  }

  string(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value))
  }

  /** Also for embedded messages: `bytes(7, graph.finish())`. The bytes must not change until `finish`. */
  bytes(field: number, value: Uint8Array): this {
    this.#tag(field, WIRE.bytes)
    this.#number(BigInt(value.length))
    this.#flush()
    this.#chunks.push(value)
    this.#length += value.length
    return this
  }

  packedVarints(field: number, values: readonly (number | bigint)[]): this {
    const inner = new ProtoWriter()
    for (const value of values) inner.#number(BigInt.asUintN(64, BigInt(value)))
    return this.bytes(field, inner.finish())
  }

  packedFloats(field: number, values: readonly number[]): this {
    return this.bytes(field, new Uint8Array(new Float32Array(values).buffer))
  }

  finish(): Uint8Array {
    this.#flush()
    const out = new Uint8Array(this.#length)
    let offset = 0
    for (const chunk of this.#chunks) {
      out.set(chunk, offset)
      offset += chunk.length
    }
    return out
  }

  #tag(field: number, wire: number): void {
    this.#number(BigInt(field * 8 + wire))
  }

  #number(value: bigint): void {
    while (value >= 128n) {
      this.#pending.push(Number(value & 127n) | 128)
      value >>= 7n
    }
    this.#pending.push(Number(value))
  }

  #flush(): void {
    if (this.#pending.length === 0) return
    const chunk = Uint8Array.from(this.#pending)
    this.#pending = []
    this.#chunks.push(chunk)
    this.#length += chunk.length
  }
}

/** One field as it stands on the wire. */
export type Field =
  | { readonly number: number; readonly wire: 'varint'; readonly value: bigint }
  | { readonly number: number; readonly wire: 'fixed32' | 'fixed64' | 'bytes'; readonly value: Uint8Array }

/**
 * The fields of one message, in order; values are views on `bytes`.
 * @throws OnnxFormatError when a field is truncated, its number is 0 or its wire type is unknown
 */
export function* readFields(bytes: Uint8Array): Generator<Field> {
  const cursor = { at: 0 }
  while (cursor.at < bytes.length) {
    const tag = readVarint(bytes, cursor)
    const number = Number(tag >> 3n)
    if (number === 0 || number > 0x1fffffff) throw malformed('a field number is out of range', cursor.at)
    const wire = Number(tag & 7n)
    if (wire === WIRE.varint) yield { number, wire: 'varint', value: readVarint(bytes, cursor) }
    else if (wire === WIRE.bytes) yield { number, wire: 'bytes', value: take(bytes, cursor, readVarint(bytes, cursor)) }
    else if (wire === WIRE.fixed32) yield { number, wire: 'fixed32', value: take(bytes, cursor, 4n) }
    else if (wire === WIRE.fixed64) yield { number, wire: 'fixed64', value: take(bytes, cursor, 8n) }
    else throw malformed(`wire type ${wire} is unknown`, cursor.at)
  }
}

/** Content of a packed field of integers. @throws OnnxFormatError when truncated */
export function readPackedVarints(bytes: Uint8Array): bigint[] {
  const out: bigint[] = []
  const cursor = { at: 0 }
  while (cursor.at < bytes.length) out.push(readVarint(bytes, cursor))
  return out
}

function readVarint(bytes: Uint8Array, cursor: { at: number }): bigint {
  let value = 0n
  for (let shift = 0n; shift < 70n; shift += 7n) {
    if (cursor.at >= bytes.length) throw malformed('a number is cut off', cursor.at)
    const byte = bytes[cursor.at++]
    value |= BigInt(byte & 127) << shift
    if (byte < 128) return BigInt.asUintN(64, value)
  }
  throw malformed('a number has more than ten bytes', cursor.at)
}

function take(bytes: Uint8Array, cursor: { at: number }, length: bigint): Uint8Array {
  if (length > BigInt(bytes.length - cursor.at)) throw malformed(`a field of ${length} bytes is cut off`, cursor.at)
  const start = cursor.at
  cursor.at += Number(length)
  return bytes.subarray(start, cursor.at)
}

function malformed(why: string, offset: number): OnnxFormatError {
  return new OnnxFormatError({
    what: `The bytes are no ONNX model: ${why} at offset ${offset}.`,
    fix: 'Check that the file is a whole .onnx file, not a Git LFS pointer or a partial download.',
    data: { offset },
  })
}
