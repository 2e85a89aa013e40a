/** The same two contracts as wasm, assembled instruction by instruction: a store, and one that asks it and has a callback. */
import { utf8ToBytes } from '../../../../chain/lib/bytes.ts'
import { TGAS } from '../../../../chain/lib/units.ts'

/** Parameters (all i64) and results of the host functions used. */
const HOST = {
  input: [1, 0],
  storage_write: [5, 1],
  storage_read: [3, 1],
  value_return: [2, 0],
  panic_utf8: [2, 0],
  log_utf8: [2, 0],
  promise_create: [8, 1],
  promise_then: [9, 1],
  promise_return: [1, 0],
  promise_result: [2, 1],
} as const
type HostName = keyof typeof HOST
const NAMES = Object.keys(HOST) as HostName[]
/** As a length: read the register whose number stands as the pointer. */
const FROM_REGISTER = 2n ** 64n - 1n

type Operand = bigint | string | { amount: bigint }
type Line = [HostName, ...Operand[]] | 'drop'

/** A text stands for its length and address; an amount for the address of its 16 bytes; results stay on the stack. */
function assemble(methods: Record<string, Line[]>): Uint8Array {
  const data: number[] = []
  const place = (bytes: Uint8Array): bigint => BigInt(data.push(...bytes) - bytes.length)
  const operand = (value: Operand): number[] => {
    if (typeof value === 'bigint') return constant(value)
    if (typeof value === 'object')
      return constant(place(Uint8Array.from({ length: 16 }, (_, i) => Number((value.amount >> BigInt(8 * i)) & 255n))))
    const bytes = utf8ToBytes(value)
    return [...constant(BigInt(bytes.length)), ...constant(place(bytes))]
  }
  const line = (each: Line): number[] => {
    if (each === 'drop') return [0x1a]
    const [name, ...operands] = each
    return [...operands.flatMap(operand), 0x10, NAMES.indexOf(name)]
  }
  const names = Object.keys(methods)
  const bodies = names.map((name) => sized([0, ...methods[name]!.flatMap(line), 0x0b]))
  const type = (takes: number, gives: number) => [
    0x60,
    takes,
    ...Array<number>(takes).fill(0x7e),
    gives,
    ...Array<number>(gives).fill(0x7e),
  ]
  const section = (id: number, items: number[][]) => [id, ...sized([...leb(items.length), ...items.flat()])]
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [...NAMES.map((name) => type(HOST[name][0], HOST[name][1])), type(0, 0)]),
    ...section(
      2,
      NAMES.map((name, i) => [...text('env'), ...text(name), 0, i]),
    ),
    ...section(
      3,
      names.map(() => [NAMES.length]),
    ),
    ...section(5, [[0, 1]]),
    ...section(
      7,
      names.map((name, i) => [...text(name), 0, NAMES.length + i]),
    ),
    ...section(10, bodies),
    ...section(11, [[0, 0x41, 0, 0x0b, ...sized(data)]]),
  ])
}

const constant = (value: bigint) => [0x42, ...sleb(BigInt.asIntN(64, value))]
const sized = (bytes: number[]) => [...leb(bytes.length), ...bytes]
const text = (name: string) => sized([...utf8ToBytes(name)])
const leb = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)])
const sleb = (value: bigint): number[] => {
  const low = Number(value & 127n)
  const rest = value >> 7n
  return (rest === 0n && low < 64) || (rest === -1n && low >= 64) ? [low] : [low | 128, ...sleb(rest)]
}

export const STORE_WASM = assemble({
  set: [['input', 0n], ['storage_write', 'v', FROM_REGISTER, 0n, 1n], 'drop', ['value_return', FROM_REGISTER, 0n]],
  get: [['storage_read', 'v', 0n], 'drop', ['value_return', FROM_REGISTER, 0n]],
  fail: [['panic_utf8', 'STORE_CLOSED: the store is closed; open it first']],
})

/** Asks `store`, then itself; the callback returns what the store answered. */
export const askerWasm = (store: string, self: string): Uint8Array => {
  const ask = (method: string, callback: string): Line[] => [
    ['promise_create', store, method, '"asked"', { amount: 0n }, 5n * TGAS],
    // The promise's index is already on the stack, where promise_then wants it first.
    ['promise_then', self, callback, '', { amount: 0n }, 5n * TGAS],
    ['promise_return'],
  ]
  return assemble({
    ask: ask('set', 'answered'),
    askFailing: ask('fail', 'noted'),
    answered: [['promise_result', 0n, 0n], 'drop', ['value_return', FROM_REGISTER, 0n]],
    noted: [['promise_result', 0n, 0n], 'drop', ['value_return', '"noted"']],
    logs: [['log_utf8', 'EVENT_JSON:{"standard":"asker","version":"1.0.0","event":"asked","data":[]}']],
  })
}
