/** Typed access to a node's attributes, with defaults where ONNX has them. */

import { ShapeError } from '../errors.ts'
import type { Attribute, Attributes, Graph, Tensor } from '../graph/ir.ts'

type Content<T extends Attribute['type']> = Extract<Attribute, { type: T }>['value']

export class Attrs {
  readonly #op: string
  readonly #attributes: Attributes

  constructor(op: string, attributes: Attributes) {
    this.#op = op
    this.#attributes = attributes
  }

  has(name: string): boolean {
    return name in this.#attributes
  }

  int(name: string, fallback?: number): number {
    return this.#get('int', name, fallback)
  }

  float(name: string, fallback?: number): number {
    return this.#get('float', name, fallback)
  }

  string(name: string, fallback?: string): string {
    return this.#get('string', name, fallback)
  }

  ints(name: string, fallback?: readonly number[]): readonly number[] {
    return this.#get('ints', name, fallback)
  }

  tensor(name: string): Tensor {
    return this.#get('tensor', name)
  }

  graph(name: string): Graph {
    return this.#get('graph', name)
  }

  #get<T extends Attribute['type']>(type: T, name: string, fallback?: Content<T>): Content<T> {
    const attribute = Object.hasOwn(this.#attributes, name) ? this.#attributes[name] : undefined
    if (attribute === undefined && fallback !== undefined) return fallback
    if (attribute?.type !== type)
      throw new ShapeError({
        what: `${this.#op} needs attribute ${name} of type ${type}; it has ${attribute?.type ?? 'none'}.`,
        fix: 'Export the model again with a current exporter.',
        data: { op: this.#op, attribute: name },
      })
    return attribute.value as Content<T>
  }
}
