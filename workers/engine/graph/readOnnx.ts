/** Bytes of an ONNX file → graph. The bytes may be hostile: every length and size is checked. Source: onnx.proto3 (ONNX 1.14). */

import { OnnxFormatError, UnsupportedOpError } from '../errors.ts'
import type { Attribute, Attributes, Dim, DType, Graph, GraphNode, OnnxModel, Tensor, TensorData, Value } from './ir.ts'
import { OPSET_NEWEST_READ, OPSET_OLDEST_READ } from './opset.ts'
import { type Field, readFields, readPackedVarints } from './protobuf.ts'
import { bytesPerElement, dtypeOfCode, fromBytes, zeros } from './tensor.ts'

/** Graphs inside graphs (Loop in If in Loop …); real models stay under 4. */
const DEPTH_MAX = 16

/** More dimensions than any runtime takes. */
const RANK_MAX = 64

/**
 * @returns the model as it stands in the file, of its own opset; `upgrade` brings it to ours
 * @throws OnnxFormatError when the bytes are malformed, UnsupportedOpError for types or opsets that the engine does not know
 */
export function readOnnx(bytes: Uint8Array): OnnxModel {
  let opset = 0
  let graph: Graph | undefined
  for (const field of readFields(bytes)) {
    if (field.number === 7) graph = readGraph(bytesOf(field), 0)
    if (field.number === 8) opset = Math.max(opset, readDefaultOpset(bytesOf(field)))
  }
  if (graph === undefined) throw malformed('it has no graph')
  if (opset < OPSET_OLDEST_READ || opset > OPSET_NEWEST_READ)
    throw new UnsupportedOpError({
      what: `The model uses opset ${opset}; the engine reads ${OPSET_OLDEST_READ} to ${OPSET_NEWEST_READ}.`,
      fix: `Export it with opset 18, for instance torch.onnx.export(…, opset_version=18).`,
      data: { opset },
    })
  return { opset, graph }
}

/** Version of the standard operator set in an import, 0 for another domain's. */
function readDefaultOpset(bytes: Uint8Array): number {
  let domain = ''
  let version = 0
  for (const field of readFields(bytes)) {
    if (field.number === 1) domain = textOf(field)
    if (field.number === 2) version = intOf(field)
  }
  return domain === '' || domain === 'ai.onnx' ? version : 0
}

function readGraph(bytes: Uint8Array, depth: number): Graph {
  if (depth > DEPTH_MAX) throw malformed(`graphs are nested deeper than ${DEPTH_MAX}`)
  const nodes: GraphNode[] = []
  const initializers = new Map<string, Tensor>()
  const inputs: Value[] = []
  const outputs: Value[] = []
  let name = ''
  for (const field of readFields(bytes)) {
    if (field.number === 1) nodes.push(readNode(bytesOf(field), depth, nodes.length))
    else if (field.number === 2) name = textOf(field)
    else if (field.number === 5) {
      const [title, tensor] = readTensor(bytesOf(field))
      if (initializers.has(title)) throw malformed(`two initializers are named ${title}`)
      initializers.set(title, tensor)
    } else if (field.number === 11) inputs.push(readValueInfo(bytesOf(field)))
    else if (field.number === 12) outputs.push(readValueInfo(bytesOf(field)))
    else if (field.number === 15) throw malformed('sparse initializers are not supported')
  }
  return { name, nodes, initializers, inputs: inputs.filter((input) => !initializers.has(input.name)), outputs }
}

function readNode(bytes: Uint8Array, depth: number, index: number): GraphNode {
  const inputs: string[] = []
  const outputs: string[] = []
  const attributes: Record<string, Attribute> = Object.create(null)
  let [name, op, domain] = ['', '', '']
  for (const field of readFields(bytes)) {
    if (field.number === 1) inputs.push(textOf(field))
    else if (field.number === 2) outputs.push(textOf(field))
    else if (field.number === 3) name = textOf(field)
    else if (field.number === 4) op = textOf(field)
    else if (field.number === 7) domain = textOf(field)
    else if (field.number === 5) {
      const [title, attribute] = readAttribute(bytesOf(field), depth)
      if (attribute !== undefined) attributes[title] = attribute
    }
  }
  if (op === '') throw malformed(`node ${index} names no operator`)
  return { name: name || `${op}_${index}`, op, domain, inputs, outputs, attributes: { ...attributes } as Attributes }
}

function readAttribute(bytes: Uint8Array, depth: number): [string, Attribute | undefined] {
  let name = ''
  let type = 0
  const found: Field[] = []
  for (const field of readFields(bytes)) {
    if (field.number === 1) name = textOf(field)
    else if (field.number === 20) type = intOf(field)
    else found.push(field)
  }
  const all = (number: number): Field[] => found.filter((field) => field.number === number)
  const [one] = found
  switch (type) {
    case 1:
      return [name, { type: 'float', value: one === undefined ? 0 : floatsOf(one)[0] }]
    case 2:
      return [name, { type: 'int', value: one === undefined ? 0 : intOf(one) }]
    case 3:
      return [name, { type: 'string', value: one === undefined ? '' : textOf(one) }]
    case 4:
      if (one === undefined) break
      return [name, { type: 'tensor', value: readTensor(bytesOf(one))[1] }]
    case 5:
      if (one === undefined) break
      return [name, { type: 'graph', value: readGraph(bytesOf(one), depth + 1) }]
    case 6:
      return [name, { type: 'floats', value: all(7).flatMap(floatsOf) }]
    case 7:
      return [name, { type: 'ints', value: all(8).flatMap(intsOf) }]
    case 8:
      return [name, { type: 'strings', value: all(9).map(textOf) }]
  }
  throw malformed(`attribute ${name} has type ${type}, which is unknown or empty`)
}

function readTensor(bytes: Uint8Array): [string, Tensor] {
  const dims: number[] = []
  const typed: Field[] = []
  let name = ''
  let code = 0
  let raw: Uint8Array | undefined
  for (const field of readFields(bytes)) {
    if (field.number === 1) for (const dim of intsOf(field)) dims.push(dim)
    else if (field.number === 2) code = intOf(field)
    else if (field.number === 8) name = textOf(field)
    else if (field.number === 9) raw = bytesOf(field)
    else if (field.number === 13 || (field.number === 14 && intOf(field) !== 0))
      throw malformed(`tensor ${name} lies in another file; save the model as one file`)
    else typed.push(field)
  }
  const dtype = dtypeOfCode(code)
  if (dims.length > RANK_MAX) throw malformed(`tensor ${name} has ${dims.length} dimensions`)
  if (dims.some((dim) => dim < 0)) throw malformed(`tensor ${name} has a negative size`)
  const size = dims.reduce((product, dim) => product * dim, 1)
  const data = raw === undefined ? typedData(dtype, typed, size, name) : rawData(dtype, raw, size, name)
  return [name, { dtype, dims, data }]
}

function rawData(dtype: DType, raw: Uint8Array, size: number, name: string): TensorData {
  if (raw.length !== size * bytesPerElement(dtype))
    throw malformed(`tensor ${name} has ${raw.length} bytes for ${size} values of ${dtype}`)
  return fromBytes(dtype, raw)
}

/** float_data 4, int32_data 5, int64_data 7, double_data 10, uint64_data 11 */
function typedData(dtype: DType, fields: readonly Field[], size: number, name: string): TensorData {
  const values: (number | bigint)[] = []
  for (const field of fields) {
    if (field.number === 4) for (const value of floatsOf(field)) values.push(value)
    else if (field.number === 5) for (const value of bigintsOf(field)) values.push(Number(BigInt.asIntN(32, value)))
    else if (field.number === 7) for (const value of bigintsOf(field)) values.push(BigInt.asIntN(64, value))
    else if (field.number === 10) for (const value of doublesOf(field)) values.push(value)
    else if (field.number === 11) for (const value of bigintsOf(field)) values.push(value)
  }
  if (values.length !== size) throw malformed(`tensor ${name} has ${values.length} values; its shape needs ${size}`)
  const data = zeros(dtype, size)
  const isBig = data instanceof BigInt64Array || data instanceof BigUint64Array
  values.forEach((value, i) => {
    data[i] = (isBig ? BigInt(value) : Number(value)) as never
  })
  return data
}

function readValueInfo(bytes: Uint8Array): Value {
  let name = ''
  let dtype: DType | undefined
  const dims: Dim[] = []
  for (const field of readFields(bytes)) {
    if (field.number === 1) name = textOf(field)
    if (field.number !== 2) continue
    for (const type of readFields(bytesOf(field))) {
      if (type.number !== 1) throw malformed(`${name} is no tensor; sequences and maps are not supported`)
      for (const part of readFields(bytesOf(type))) {
        if (part.number === 1) dtype = dtypeOfCode(intOf(part))
        if (part.number === 2) for (const dim of readShape(bytesOf(part), name)) dims.push(dim)
      }
    }
  }
  return { name, dtype: dtype ?? 'float32', dims }
}

function readShape(bytes: Uint8Array, name: string): Dim[] {
  const dims: Dim[] = []
  for (const field of readFields(bytes)) {
    if (field.number !== 1) continue
    let dim: Dim = `${name}.${dims.length}`
    for (const part of readFields(bytesOf(field))) {
      if (part.number === 1) dim = intOf(part)
      if (part.number === 2 && part.wire === 'bytes' && part.value.length > 0) dim = textOf(part)
    }
    dims.push(dim)
  }
  return dims
}

function bytesOf(field: Field): Uint8Array {
  if (field.wire === 'bytes') return field.value
  throw malformed(`field ${field.number} should hold bytes`)
}

const UTF8 = new TextDecoder('utf-8', { fatal: true })

function textOf(field: Field): string {
  try {
    return UTF8.decode(bytesOf(field))
  } catch (cause) {
    if (cause instanceof OnnxFormatError) throw cause
    throw malformed('a name is no UTF-8')
  }
}

function bigintsOf(field: Field): bigint[] {
  if (field.wire === 'varint') return [field.value]
  return readPackedVarints(bytesOf(field))
}

const intsOf = (field: Field): number[] => bigintsOf(field).map((value) => safeInt(BigInt.asIntN(64, value)))

function intOf(field: Field): number {
  if (field.wire !== 'varint') throw malformed(`field ${field.number} should hold an integer`)
  return safeInt(BigInt.asIntN(64, field.value))
}

/** "To the end" is often written as the largest int64; beyond 2⁵³ a number only needs to stay large. */
function safeInt(value: bigint): number {
  const limit = BigInt(Number.MAX_SAFE_INTEGER)
  return Number(value > limit ? limit : value < -limit ? -limit : value)
}

function floatsOf(field: Field): number[] {
  if (field.wire === 'varint' || field.value.length % 4 !== 0)
    throw malformed(`field ${field.number} should hold floats`)
  return [...new Float32Array(new Uint8Array(field.value).buffer)]
}

function doublesOf(field: Field): number[] {
  if (field.wire === 'varint' || field.value.length % 8 !== 0)
    throw malformed(`field ${field.number} should hold doubles`)
  return [...new Float64Array(new Uint8Array(field.value).buffer)]
}

function malformed(why: string): OnnxFormatError {
  return new OnnxFormatError({
    what: `The bytes are no ONNX model that can be read: ${why}.`,
    fix: 'Check the file with onnx.checker, or export it again.',
  })
}
