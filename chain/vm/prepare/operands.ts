/** Sizes in bytes of operands and locals, as NEAR's stack accounting counts them. */
import type { FuncType } from '../wasm/module.ts'
import { sizeOfType } from '../wasm/opcodes.ts'

/** Heights in bytes, one entry an operand. It never falls below what a block found: the engine has checked the types. */
export class OperandStack {
  readonly #sizes: number[] = []
  #bytes = 0
  most = 0

  get depth(): number {
    return this.#sizes.length
  }

  push(size: number): void {
    this.#sizes.push(size)
    this.#bytes += size
    if (this.#bytes > this.most) this.most = this.#bytes
  }

  pop(count: number): void {
    for (let i = 0; i < count; i++) this.#bytes -= this.#sizes.pop() ?? 0
  }

  cut(depth: number): void {
    this.pop(this.#sizes.length - depth)
  }

  apply({ params, results }: FuncType): void {
    this.pop(params.length)
    for (const result of results) this.push(sizeOfType(result))
  }
}

/** Sizes of locals by index, kept as runs: a body may declare a million. */
export class LocalSizes {
  readonly #ends: number[] = []
  readonly #sizes: number[] = []
  count = 0

  add(count: number, size: number): void {
    if (count === 0) return
    this.count += count
    this.#ends.push(this.count)
    this.#sizes.push(size)
  }

  /** 0 when there is no such local. */
  at(index: number): number {
    let low = 0
    let high = this.#ends.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (index < this.#ends[middle]!) high = middle
      else low = middle + 1
    }
    return this.#sizes[low] ?? 0
  }
}
