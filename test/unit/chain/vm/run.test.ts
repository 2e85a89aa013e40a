/** What becomes of a call: preparation, limits, traps, memory, out of gas, and who pays what when it fails. */
import { expect } from 'chai'
import {
  entry,
  LOADING_BASE,
  LOADING_BYTE,
  mainOf,
  mapStorage,
  REGULAR,
  runModule,
  runWasm,
  TGAS,
} from '../../../fixtures/wasm/vmHarness.ts'
import {
  call,
  EMPTY,
  END,
  F32,
  F64,
  I32,
  I64,
  i32,
  i64,
  section,
  type TestModule,
  wasmModule,
} from '../../../fixtures/wasm/wasmModule.ts'

const [DROP, LOCAL_GET, LOCAL_SET, UNREACHABLE] = [0x1a, 0x20, 0x21, 0x00]
const STORE = [0x36, 2, 0]
const forever = [0x03, EMPTY, 0x0c, 0, END]
/** main returns the four bytes that lie at 0. */
const returnWord = (code: number[], more: Partial<TestModule> & { locals?: number[] } = {}) =>
  mainOf([...i32(0), ...code, ...STORE, ...i64(4), ...i64(0), ...call(0)], { imports: ['value_return'], ...more })
const wordOf = (parts: TestModule): number => {
  const { error, return: result } = runModule(parts)
  if (error !== null || result.kind !== 'value') throw new Error(error?.text ?? 'no value')
  return new DataView(result.value.buffer, result.value.byteOffset).getInt32(0, true)
}

describe('preparation', () => {
  const refusal = (parts: TestModule | Uint8Array) => {
    const outcome = runWasm(parts instanceof Uint8Array ? parts : wasmModule(parts))
    expect(outcome.burntGas).to.equal(0n)
    return (outcome.error!.json as { CompilationError: { PrepareError: string } }).CompilationError.PrepareError
  }

  it('refuses what is no module, at no cost', () => {
    expect(refusal(Uint8Array.of(1, 2, 3))).to.equal('Deserialization')
    expect(refusal(wasmModule(mainOf([])).slice(0, -1))).to.equal('Deserialization')
  })

  it('refuses code whose types do not fit', () => {
    expect(refusal(mainOf([...i64(1), 0x45, DROP]))).to.equal('Deserialization')
  })

  it('refuses features that the engine knows and NEAR does not', () => {
    expect(refusal(mainOf([0xfd, 0x0c, ...Array<number>(16).fill(0), DROP]))).to.equal('Deserialization') // SIMD
    expect(refusal({ functions: [{ results: [I32, I32], code: [...i32(1), ...i32(1)] }] })).to.equal('Deserialization')
    expect(refusal(mainOf([0xd0, 0x6f, DROP]))).to.equal('Deserialization') // externref
    expect(refusal(mainOf([0x12, 0]))).to.equal('Deserialization') // tail call
    expect(refusal(mainOf([], { before: section(13, [1, 0, 0]) }))).to.equal('Deserialization') // exceptions
  })

  it('refuses imports from elsewhere than env', () => {
    expect(refusal(mainOf([], { imports: [{ module: 'wasi', name: 'x', params: [], results: [] }] }))).to.equal(
      'Instantiate',
    )
  })

  it('refuses what exceeds a limit, by the name of the limit', () => {
    const nops = (count: number) => Array<number>(count).fill(0x01)
    expect(refusal(mainOf(nops(196_608)))).to.equal('FunctionBodyTooLarge')
    const blocks = Array.from({ length: 5001 }, () => [0x02, EMPTY, END]).flat()
    expect(refusal(mainOf(blocks))).to.equal('TooManyBlocksPerFunction')
    expect(refusal({ functions: [{ params: Array<number>(65).fill(I32), code: [] }] })).to.equal(
      'TooManyParamsPerFunction',
    )
    const deep = [...Array.from({ length: 1025 }, () => i64(1)).flat(), ...Array<number>(1025).fill(DROP)]
    expect(refusal(mainOf(deep))).to.equal('OperandStackTooLarge')
    expect(refusal(mainOf([], { table: { size: 10_001 } }))).to.equal('TooManyTableElements')
  })

  it('charges loading where an import is unknown, and nothing where the method is missing', () => {
    const code = wasmModule(mainOf([], { imports: [{ name: 'no_such_function', params: [], results: [] }] }))
    const outcome = runWasm(code)
    expect(outcome.error?.text).to.equal('Link Error: unknown or invalid import')
    expect(outcome.burntGas).to.equal(LOADING_BYTE * BigInt(code.length) + LOADING_BASE)
    expect(runWasm(wasmModule(mainOf([])), { method: 'other' })).to.deep.include({ burntGas: 0n })
    expect(runWasm(wasmModule(mainOf([])), { method: 'other' }).error?.text).to.equal('MethodNotFound')
    expect(runWasm(wasmModule(mainOf([])), { method: '' }).error?.text).to.equal('MethodEmptyName')
    const typed = { functions: [{ export: 'main', params: [I32], code: [] }] }
    expect(runModule(typed).error?.text).to.equal('MethodInvalidSignature')
  })

  it('knows a host function only from the protocol version that has it', () => {
    const parts = mainOf([...i64(0), ...i64(0), ...i64(0), ...call(0)], { imports: ['sha3_256'] })
    expect(runModule(parts, { protocol: 86 }).error?.kind).to.equal('LinkError')
    expect(runModule(parts, { protocol: 87 }).error).to.equal(null)
  })
})

describe('out of gas', () => {
  it('burns all that was prepaid', () => {
    const { burntGas, usedGas, error } = runModule(mainOf(forever), { context: { prepaidGas: TGAS } })
    expect(error?.text).to.equal('Exceeded the prepaid gas.')
    expect([burntGas, usedGas]).to.deep.equal([TGAS, TGAS])
  })

  it('names the limit when that is what was crossed', () => {
    const { burntGas, error } = runModule(mainOf(forever), { context: { isView: true } })
    expect(error?.text).to.equal('Exceeded the maximum amount of gas allowed to burn per contract.')
    expect(burntGas).to.equal(1000n * TGAS)
  })

  it('charges the whole range that did not fit once a promise holds gas', () => {
    const promise = [...i64(9), ...i64(0), ...call(0), DROP]
    const data = [{ at: 0, bytes: [...new TextEncoder().encode('dave.near')] }]
    const parts = mainOf([...promise, ...forever], { imports: ['promise_batch_create'], data })
    const { burntGas, usedGas, error } = runModule(parts, { context: { prepaidGas: TGAS } })
    expect(error?.text).to.equal('Exceeded the prepaid gas.')
    // The receipt's execution is held back; the loop burnt up to that, and its last turn beyond it.
    expect(burntGas > TGAS - 108_059_500_000n).to.equal(true)
    expect(burntGas <= TGAS - 108_059_500_000n + 2n * REGULAR).to.equal(true)
    expect(usedGas).to.equal(TGAS)
  })

  it('fails loading by the prepaid gas, whatever limit it was', () => {
    expect(runModule(mainOf([]), { context: { prepaidGas: 10n } }).error?.text).to.equal('Exceeded the prepaid gas.')
  })
})

describe('traps', () => {
  const trap = (parts: TestModule) => runModule(parts).error?.text
  const divide = (op: number) => [...i32(1), ...i32(0), op, DROP]

  it('names each trap as nearcore does', () => {
    expect(trap(mainOf([UNREACHABLE]))).to.equal('WebAssembly trap: An `unreachable` opcode was executed.')
    expect(trap(mainOf(divide(0x6d)))).to.equal('WebAssembly trap: An arithmetic exception, e.g. divided by zero.')
    expect(trap(mainOf(divide(0x70)))).to.equal('WebAssembly trap: An arithmetic exception, e.g. divided by zero.')
    expect(trap(mainOf([...i32(-2147483648), ...i32(-1), 0x6d, DROP]))).to.match(/arithmetic/)
    expect(trap(mainOf([0x44, ...Array<number>(6).fill(0), 0xf0, 0x7f, 0xaa, DROP]))).to.match(/arithmetic/) // ∞ to i32
    expect(trap(mainOf([...i32(-1), 0x28, 2, 0, DROP]))).to.equal('WebAssembly trap: Memory out of bounds trap.')
  })

  it('tells an empty slot, a wrong type and an index beyond the table apart', () => {
    const indirect = (index: number): TestModule => ({
      ...mainOf([...i32(index), 0x11, 0, 0]),
      functions: [
        { export: 'main', code: [...i32(index), 0x11, 0, 0] },
        { params: [I64], code: [] },
      ],
      table: { size: 3, elements: [0, 1] },
    })
    expect(trap(indirect(1))).to.equal('WebAssembly trap: Call indirect incorrect signature trap.')
    expect(trap(indirect(2))).to.equal('WebAssembly trap: Indirect call to null.')
    expect(trap(indirect(3))).to.equal('WebAssembly trap: Memory out of bounds trap.')
  })

  it('charges the instruction that traps', () => {
    expect(runModule(mainOf(divide(0x6d))).gas).to.equal(entry() + 3n * REGULAR)
  })

  it('ends endless recursion at NEAR’s stack height, after 262,144 accounted bytes', () => {
    const { error, gas } = runModule(mainOf(call(0)))
    expect(error?.text).to.equal('Accessed memory outside the bounds.')
    // 64 bytes a frame; each pays eight instructions for its frame and one for the call
    expect(gas).to.equal(4096n * 9n * REGULAR)
  })
})

describe('memory', () => {
  it('tells a contract of 1,024 pages, whatever it declares', () => {
    expect(wordOf(returnWord([0x3f, 0], { memory: [3, 5] }))).to.equal(1024)
  })

  it('grows to 2,048 pages and no further', () => {
    expect(wordOf(returnWord([...i32(1024), 0x40, 0]))).to.equal(1024)
    expect(wordOf(returnWord([...i32(1025), 0x40, 0]))).to.equal(-1)
    expect(wordOf(returnWord([...i32(7), 0x40, 0, DROP, 0x3f, 0]))).to.equal(1031)
    // The fee is for the pages that are asked for, and comes first.
    expect(() => wordOf(returnWord([...i32(-1), 0x40, 0]))).to.throw('amount of gas allowed to burn')
  })

  it('reaches the last byte of 64 MiB and not the next', () => {
    const last = 1024 * 65_536
    expect(wordOf(returnWord([...i32(last - 4), ...i32(77), ...STORE, ...i32(last - 4), 0x28, 2, 0]))).to.equal(77)
    expect(runModule(mainOf([...i32(last - 3), 0x28, 2, 0, DROP])).error?.text).to.match(/Memory out of bounds/)
  })

  it('reaches what it has grown by', () => {
    const at = 1030 * 65_536
    expect(
      wordOf(returnWord([...i32(7), 0x40, 0, DROP, ...i32(at), ...i32(5), ...STORE, ...i32(at), 0x28, 2, 0])),
    ).to.equal(5)
  })

  it('runs a host function on memory far beyond what the module declares', () => {
    const parts = mainOf([...i64(4), ...i64(60_000_000), ...call(0)], { imports: ['value_return'] })
    expect(runModule(parts).return).to.deep.equal({ kind: 'value', value: new Uint8Array(4) })
  })

  it('charges a call the same whether it was run again with more memory or not', () => {
    const parts = mainOf([...i32(60_000_000), ...i32(1), ...STORE])
    const gas = [runModule(parts).gas, runModule(parts).gas, runModule(parts).gas]
    expect(gas).to.deep.equal(Array(3).fill(entry() + 3n * REGULAR))
  })

  it('refuses data that does not fit, and keeps the loading fee', () => {
    const code = wasmModule(mainOf([], { memory: [1], data: [{ at: 1024 * 65_536 - 1, bytes: [1, 2] }] }))
    const outcome = runWasm(code)
    expect(outcome.error?.text).to.equal('WebAssembly trap: Memory out of bounds trap.')
    expect(outcome.burntGas).to.equal(LOADING_BYTE * BigInt(code.length) + LOADING_BASE)
    expect(runModule(mainOf([], { memory: [1], data: [{ at: 9 * 65_536, bytes: [1] }] })).error).to.equal(null)
  })
})

describe('state between calls', () => {
  it('leaves no trace of a call in memory, globals or stack', () => {
    // Returns what lies at 8 and in the global, after adding one to both; a trap in between must not matter either.
    const code = [
      ...[...i32(8), ...i32(8), 0x28, 2, 0, ...i32(1), 0x6a, ...STORE],
      ...[0x23, 0, ...i32(1), 0x6a, 0x24, 0],
      ...[...i32(12), 0x23, 0, ...STORE, ...i64(8), ...i64(8), ...call(0)],
    ]
    const parts: TestModule = {
      ...mainOf(code, { imports: ['value_return'], globals: [{ type: I32, init: i32(40) }] }),
    }
    parts.functions.push({ export: 'trap', code: [...i32(8), ...i32(99), ...STORE, ...call(2)] })
    const values = ['main', 'main', 'trap', 'main'].map((method) => runModule(parts, { method }).return)
    const expected = { kind: 'value', value: Uint8Array.of(1, 0, 0, 0, 41, 0, 0, 0) }
    expect(values).to.deep.equal([expected, expected, { kind: 'none' }, expected])
  })

  it('sets a table back too, where a contract changes it', () => {
    const parts: TestModule = {
      functions: [{ export: 'main', code: [...i32(0), 0x11, 1, 0, ...i32(0), 0xd0, 0x70, 0x26, 0] }, { code: [] }],
      table: { size: 1, elements: [1] },
    }
    expect(runModule(parts).error).to.equal(null)
    expect(runModule(parts).error).to.equal(null)
  })

  it('runs the start function first, and charges it', () => {
    const parts: TestModule = {
      ...returnWord([...i32(4), 0x28, 2, 0]),
    }
    parts.functions.push({ code: [...i32(4), ...i32(123), ...STORE] })
    parts.start = 2
    expect(wordOf(parts)).to.equal(123)
    expect(runModule(parts).profile.wasm).to.equal(2n * entry() + (3n + 6n + 0n) * REGULAR + 1n * REGULAR)
  })

  it('keeps no write of a call that fails', () => {
    const write = [...i64(1), ...i64(0), ...i64(1), ...i64(1), ...i64(0), ...call(0), DROP]
    const data = [{ at: 0, bytes: [65, 66] }]
    const failed = mapStorage()
    runModule(mainOf([...write, UNREACHABLE], { imports: ['storage_write'], data }), { storage: failed })
    expect(failed.map.size).to.equal(0)
    const kept = mapStorage()
    runModule(mainOf(write, { imports: ['storage_write'], data }), { storage: kept })
    expect([...kept.map]).to.deep.equal([['A', Uint8Array.of(66)]])
  })
})

describe('floats', () => {
  const f32NaN = [0x43, 0, 0, 0xc0, 0xff] // a negative quiet NaN
  it('gives every NaN that arithmetic makes the same bits', () => {
    expect(wordOf(returnWord([0x43, 0, 0, 0, 0, 0x43, 0, 0, 0, 0, 0x95, 0xbc]))).to.equal(0x7fc0_0000)
    expect(wordOf(returnWord([...f32NaN, 0x91, 0xbc]))).to.equal(0x7fc0_0000)
    expect(wordOf(returnWord([...f32NaN, 0xbb, 0xbd, ...i64(32), 0x88, 0xa7]))).to.equal(0x7ff8_0000)
  })

  it('leaves the bits of a NaN that is only moved', () => {
    expect(wordOf(returnWord([...f32NaN, 0xbc]))).to.equal(0xffc0_0000 | 0)
    expect(wordOf(returnWord([...f32NaN, 0x8c, 0xbc]))).to.equal(0x7fc0_0000) // neg
    const locals = [F32, F64]
    const moved = [...f32NaN, LOCAL_SET, 0, LOCAL_GET, 0, 0xbc]
    expect(wordOf(returnWord(moved, { locals }))).to.equal(0xffc0_0000 | 0)
  })

  it('leaves ordinary results alone', () => {
    expect(wordOf(returnWord([0x43, 0, 0, 0x80, 0x3f, 0x43, 0, 0, 0x80, 0x3f, 0x92, 0xbc]))).to.equal(0x4000_0000)
  })
})
