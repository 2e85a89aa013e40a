/** Data types of tensors: ONNX's codes, JavaScript's arrays, bytes. Little-endian, as ONNX's raw_data. */

import { ShapeError, UnsupportedOpError } from '../errors.ts'
import type { Dim, DType, Tensor, TensorData } from './ir.ts'

interface TypedArrayClass {
  readonly BYTES_PER_ELEMENT: number
  new (length: number): TensorData
  new (buffer: ArrayBuffer, offset: number, length: number): TensorData
}

interface DTypeInfo {
  readonly code: number
  readonly array: TypedArrayClass | null
}

// float16 travels as its bits; strings are named so that errors can name them.
const DTYPES: Readonly<Record<DType, DTypeInfo>> = {
  float32: { code: 1, array: Float32Array as unknown as TypedArrayClass },
  uint8: { code: 2, array: Uint8Array as unknown as TypedArrayClass },
  int8: { code: 3, array: Int8Array as unknown as TypedArrayClass },
  uint16: { code: 4, array: Uint16Array as unknown as TypedArrayClass },
  int16: { code: 5, array: Int16Array as unknown as TypedArrayClass },
  int32: { code: 6, array: Int32Array as unknown as TypedArrayClass },
  int64: { code: 7, array: BigInt64Array as unknown as TypedArrayClass },
  string: { code: 8, array: null },
  bool: { code: 9, array: Uint8Array as unknown as TypedArrayClass },
  float16: { code: 10, array: Uint16Array as unknown as TypedArrayClass },
  float64: { code: 11, array: Float64Array as unknown as TypedArrayClass },
  uint32: { code: 12, array: Uint32Array as unknown as TypedArrayClass },
  uint64: { code: 13, array: BigUint64Array as unknown as TypedArrayClass },
}

const BY_CODE = new Map(Object.entries(DTYPES).map(([name, info]) => [info.code, name as DType]))

export const dtypeCode = (dtype: DType): number => DTYPES[dtype].code

/** @throws UnsupportedOpError for a code that the engine does not know */
export function dtypeOfCode(code: number): DType {
  const dtype = BY_CODE.get(code)
  if (dtype === undefined)
    throw new UnsupportedOpError({
      what: `Data type ${code} of ONNX is not supported.`,
      fix: `Export the model with one of ${Object.keys(DTYPES).join(', ')}.`,
      data: { code },
    })
  return dtype
}

export const isDType = (text: string): text is DType => text in DTYPES
export const isFloat = (dtype: DType): boolean => dtype === 'float32' || dtype === 'float64'

function arrayClass(dtype: DType): TypedArrayClass {
  const { array } = DTYPES[dtype]
  if (array === null)
    throw new UnsupportedOpError({ what: 'String tensors are not supported.', fix: 'Use a numeric type.' })
  return array
}

export const bytesPerElement = (dtype: DType): number => arrayClass(dtype).BYTES_PER_ELEMENT

/** @throws ShapeError when a dimension is a symbol */
export function sizeOf(dims: readonly Dim[]): number {
  return staticDims(dims).reduce((product, dim) => product * dim, 1)
}

/** @throws ShapeError when a dimension is a symbol */
export function staticDims(dims: readonly Dim[]): readonly number[] {
  if (!dims.every((dim): dim is number => typeof dim === 'number'))
    throw new ShapeError({
      what: `Shape [${dims.join(', ')}] has a dimension that is not known before the run.`,
      fix: 'Give concrete input shapes.',
      data: { dims },
    })
  return dims
}

export const zeros = (dtype: DType, length: number): TensorData => new (arrayClass(dtype))(length)

/** Copies `bytes` (little-endian, any alignment) into an array of `dtype`. */
export function fromBytes(dtype: DType, bytes: Uint8Array): TensorData {
  const ArrayClass = arrayClass(dtype)
  // Not bytes.slice(): a Node Buffer's is a view of its pool.
  const copy = new Uint8Array(bytes)
  return new ArrayClass(copy.buffer as ArrayBuffer, 0, copy.byteLength / ArrayClass.BYTES_PER_ELEMENT)
}

/** A view on the array's own memory. */
export const toBytes = (data: TensorData): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)

export function tensor(dtype: DType, dims: readonly number[], values: ArrayLike<number>): Tensor {
  const data = zeros(dtype, values.length)
  for (let i = 0; i < values.length; i++)
    data[i] = (data instanceof BigInt64Array || data instanceof BigUint64Array ? BigInt(values[i]) : values[i]) as never
  return { dtype, dims, data }
}

export const scalar = (dtype: DType, value: number): Tensor => tensor(dtype, [], [value])
export const int64s = (values: readonly number[]): Tensor => tensor('int64', [values.length], values)

/** Content as JavaScript numbers; int64 beyond 2⁵³ saturates, as slices with "to the end" write it. */
export function toNumbers({ data }: Tensor): number[] {
  const out: number[] = []
  for (const value of data as Iterable<number | bigint>) {
    const number = Number(value)
    out.push(Math.min(Math.max(number, -Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER))
  }
  return out
}
