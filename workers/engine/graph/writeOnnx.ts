/** Graph → bytes of an ONNX file. The same graph always gives the same bytes. Source: onnx.proto3 (ONNX 1.14). */

import type { Attribute, Graph, GraphNode, Tensor, Value } from './ir.ts'
import { IR_VERSION, OPSET, PRODUCER } from './opset.ts'
import { ProtoWriter } from './protobuf.ts'
import { dtypeCode, toBytes } from './tensor.ts'

/** @returns a ModelProto of the pinned opset; tensor bytes are copied into it */
export function writeOnnx(graph: Graph): Uint8Array {
  return new ProtoWriter()
    .varint(1, IR_VERSION)
    .string(2, PRODUCER)
    .bytes(7, writeGraph(graph))
    .bytes(8, new ProtoWriter().string(1, '').varint(2, OPSET).finish())
    .finish()
}

function writeGraph(graph: Graph): Uint8Array {
  const out = new ProtoWriter()
  for (const node of graph.nodes) out.bytes(1, writeNode(node))
  out.string(2, graph.name)
  for (const [name, tensor] of graph.initializers) out.bytes(5, writeTensor(name, tensor))
  for (const value of graph.inputs) out.bytes(11, writeValueInfo(value))
  for (const value of graph.outputs) out.bytes(12, writeValueInfo(value))
  return out.finish()
}

function writeNode(node: GraphNode): Uint8Array {
  const out = new ProtoWriter()
  for (const input of node.inputs) out.string(1, input)
  for (const output of node.outputs) out.string(2, output)
  out.string(3, node.name).string(4, node.op)
  for (const [name, attribute] of Object.entries(node.attributes)) out.bytes(5, writeAttribute(name, attribute))
  if (node.domain !== '') out.string(7, node.domain)
  return out.finish()
}

function writeAttribute(name: string, attribute: Attribute): Uint8Array {
  const out = new ProtoWriter().string(1, name)
  switch (attribute.type) {
    case 'float':
      return out.float(2, attribute.value).varint(20, 1).finish()
    case 'int':
      return out.varint(3, attribute.value).varint(20, 2).finish()
    case 'string':
      return out.string(4, attribute.value).varint(20, 3).finish()
    case 'tensor':
      return out.bytes(5, writeTensor('', attribute.value)).varint(20, 4).finish()
    case 'graph':
      return out.bytes(6, writeGraph(attribute.value)).varint(20, 5).finish()
    case 'floats':
      return out.packedFloats(7, attribute.value).varint(20, 6).finish()
    case 'ints':
      return out.packedVarints(8, attribute.value).varint(20, 7).finish()
    case 'strings':
      for (const value of attribute.value) out.string(9, value)
      return out.varint(20, 8).finish()
  }
}

function writeTensor(name: string, { dtype, dims, data }: Tensor): Uint8Array {
  const out = new ProtoWriter()
  if (dims.length > 0) out.packedVarints(1, dims)
  out.varint(2, dtypeCode(dtype))
  if (name !== '') out.string(8, name)
  return out.bytes(9, toBytes(data)).finish()
}

function writeValueInfo({ name, dtype, dims }: Value): Uint8Array {
  const shape = new ProtoWriter()
  for (const dim of dims)
    shape.bytes(
      1,
      typeof dim === 'number' ? new ProtoWriter().varint(1, dim).finish() : new ProtoWriter().string(2, dim).finish(),
    )
  const tensorType = new ProtoWriter().varint(1, dtypeCode(dtype)).bytes(2, shape.finish()).finish()
  return new ProtoWriter().string(1, name).bytes(2, new ProtoWriter().bytes(1, tensorType).finish()).finish()
}
