import { expect } from 'chai'
import fc from 'fast-check'
import { checkGates, inspectWasm, NEAR_LIMITS } from '../../../contracts/toolchain/index.ts'
import { encodeS32, encodeU32, WasmReader } from '../../../contracts/toolchain/leb.ts'
import {
  keepExports,
  readSections,
  SECTION,
  type Section,
  writeSections,
} from '../../../contracts/toolchain/sections.ts'

const name = (text: string): number[] => [text.length, ...Buffer.from(text)]
const vector = (items: number[][]): number[] => [...encodeU32(items.length), ...items.flat()]

interface Parts {
  import?: [string, string]
  exports?: [string, number, number][]
  body?: number[]
  pages?: number[]
}

/** A module with one type () -> (), one import, one function of that type, a memory. */
function tiny({ import: [module, field] = ['env', 'panic'], exports, body = [], pages = [1] }: Parts = {}): Uint8Array {
  const code = [0, ...body, 0x0b]
  const sections: [number, number[]][] = [
    [SECTION.type, vector([[0x60, 0, 0]])],
    [SECTION.import, vector([[...name(module), ...name(field), 0, 0]])],
    [SECTION.function, vector([[0]])],
    [SECTION.memory, vector([[0, ...pages]])],
    [
      SECTION.export,
      vector(
        (
          exports ?? [
            ['run', 0, 1],
            ['memory', 2, 0],
          ]
        ).map(([text, kind, index]) => [...name(text), kind, index]),
      ),
    ],
    [SECTION.code, vector([[...encodeU32(code.length), ...code]])],
  ]
  return writeSections(sections.map(([id, bytes]): Section => ({ id, body: Uint8Array.from(bytes) })))
}

const refusal =
  (wasm: Uint8Array, methods = ['run']) =>
  () =>
    checkGates(wasm, methods)

describe('contracts/toolchain: gates', () => {
  it('let a plain module through and count it', () => {
    const facts = checkGates(tiny({ body: [0x02, 0x40, 0x03, 0x40, 0x0b, 0x0b] }), ['run'])
    expect([facts.functions, facts.blocks, facts.maxBlocks, facts.memoryPages]).to.deep.equal([1, 2, 2, 1])
  })

  it('refuse imports that NEAR has not', () => {
    expect(refusal(tiny({ import: ['env', 'open_file'] }))).to.throw('imports env.open_file')
    expect(refusal(tiny({ import: ['wasi_snapshot_preview1', 'fd_write'] }))).to.throw(
      'imports wasi_snapshot_preview1.fd_write',
    )
  })

  it('refuse exports that are no methods, and missing ones', () => {
    expect(
      refusal(
        tiny({
          exports: [
            ['run', 0, 1],
            ['near_boot', 0, 1],
            ['memory', 2, 0],
          ],
        }),
      ),
    ).to.throw('exports near_boot')
    expect(refusal(tiny(), ['run', 'walk'])).to.throw('method walk is not exported')
    expect(refusal(tiny({ exports: [['x'.repeat(257 % 128), 0, 1]] }), ['run'])).to.throw('run is not exported')
  })

  it('refuse integers that are longer than needed', () => {
    expect(refusal(tiny({ pages: [0x81, 0x00] }))).to.throw('1 integers are encoded longer than needed')
    expect(refusal(tiny({ body: [0x41, 0x81, 0x80, 0x00, 0x1a] }))).to.throw('1 integers are encoded longer')
    expect(refusal(tiny({ body: [0x41, 0xff, 0x7f, 0x1a] }))).to.throw('1 integers are encoded longer')
  })

  it('refuse instructions newer than WebAssembly 1.0', () => {
    expect(refusal(tiny({ body: [0x41, 0, 0xc0, 0x1a] }))).to.throw('1 \u00d7 0xc0')
    expect(refusal(tiny({ body: [0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 11, 0] }))).to.throw('1 \u00d7 0xfc')
  })

  it('refuse more blocks, memory and bytes than NEAR takes', () => {
    const blocks = Array.from({ length: NEAR_LIMITS.blocksPerFunction + 1 }, () => [0x02, 0x40, 0x0b]).flat()
    expect(refusal(tiny({ body: blocks }))).to.throw('5001 blocks in one function, 5000 allowed')
    expect(refusal(tiny({ pages: encodeU32(1_025) }))).to.throw('1025 pages of memory, 1024 allowed')
    expect(refusal(tiny({ body: new Array(200_000).fill(0x01) }))).to.throw('bytes in one function, 196608 allowed')
  })

  it('refuse what no engine would run', () => {
    expect(refusal(tiny({ body: [0x1a] }))).to.throw('no valid WebAssembly')
  })

  it('take exports away and leave the rest as it was', () => {
    const wasm = tiny({
      exports: [
        ['run', 0, 1],
        ['near_boot', 0, 1],
        ['memory', 2, 0],
      ],
    })
    const kept = keepExports(wasm, (text) => text !== 'near_boot')
    expect(inspectWasm(kept).exports.map((entry) => entry.name)).to.deep.equal(['run', 'memory'])
    expect(readSections(kept).length).to.equal(readSections(wasm).length)
  })

  it('write each integer in its shortest form and read it back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer(), (unsigned, signed) => {
        const u = new WasmReader(Uint8Array.from(encodeU32(unsigned)))
        const s = new WasmReader(Uint8Array.from(encodeS32(signed)))
        const value = u.u32()
        s.skipSigned()
        return value === unsigned && u.overlong.length + s.overlong.length === 0 && s.at === s.bytes.length
      }),
      { seed: 4 },
    )
  })
})
