/** Where gas is charged: one named case for each rule of NEAR's metering. */
import { expect } from 'chai'
import { paramsAt } from '../../../../chain/lib/params.gen.ts'
import { BodyAnalyser } from '../../../../chain/vm/prepare/analyse.ts'
import { chargesOf } from '../../../../chain/vm/prepare/charges.ts'
import { decodeModule } from '../../../../chain/vm/wasm/decode.ts'
import { call, EMPTY, END, I32, i32, i64, wasmModule } from '../../../fixtures/wasm/wasmModule.ts'

const FEES = { regular: 1n, block: 0n, loop: 1n, bulkBase: 32n, bulkUnit: 1n }
const [NOP, DROP, RETURN, UNREACHABLE, ELSE] = [0x01, 0x1a, 0x0f, 0x00, 0x05]
const block = (...code: number[]) => [0x02, EMPTY, ...code, END]
const loop = (...code: number[]) => [0x03, EMPTY, ...code, END]
const when = (...code: number[]) => [0x04, EMPTY, ...code, END]
const br = (depth: number) => [0x0c, depth]
const brIf = (depth: number) => [0x0d, depth]
const LOAD = [0x28, 2, 0]

/** Charges as `at:amount`; a bulk one as `at:base+unit·n`. */
function charges(code: number[], locals: number[] = []): string {
  const module = decodeModule(
    wasmModule({ functions: [{ code, locals }, { code: [] }], table: { size: 1 } }),
    paramsAt(),
  )
  const analysis = new BodyAnalyser(module).analyse(module.types[0]!, module.bodies[0]!)
  return chargesOf(analysis, FEES)
    .map(({ at, constant, linear }) => `${at}:${constant}${linear > 0n ? `+${linear}·n` : ''}`)
    .join(' ')
}

describe('charge points', () => {
  it('charges a straight line once, at its first instruction', () => {
    expect(charges([...i32(1), ...i32(2), 0x6a, DROP])).to.equal('0:4')
  })

  it('ends a range after a load, which may trap', () => {
    expect(charges([...i32(0), ...LOAD, DROP, NOP])).to.equal('0:2 2:2')
  })

  it('ends a range after division, but not after multiplication', () => {
    expect(charges([...i32(1), ...i32(1), 0x6d, DROP])).to.equal('0:3 3:1')
    expect(charges([...i32(1), ...i32(1), 0x6c, DROP])).to.equal('0:4')
  })

  it('ends a range after a trapping truncation, but not after a saturating one', () => {
    expect(charges([0x43, 0, 0, 0, 0, 0xa8, DROP])).to.equal('0:2 2:1')
    expect(charges([0x43, 0, 0, 0, 0, 0xfc, 0, DROP])).to.equal('0:3')
  })

  it('ends a range after a call', () => {
    expect(charges([NOP, ...call(1), NOP])).to.equal('0:2 2:1')
  })

  it('charges nothing for a block that no branch names, and lets the range run through it', () => {
    expect(charges([NOP, ...block(NOP), NOP])).to.equal('0:3')
  })

  it('starts a range after the end of a block that a branch names', () => {
    expect(charges([NOP, ...block(NOP, ...i32(0), ...brIf(0), NOP), NOP])).to.equal('0:4 5:1 7:1')
  })

  it('counts a branch in dead code as naming its block', () => {
    expect(charges([NOP, ...block(NOP, RETURN, ...br(0)), NOP])).to.equal('0:3 6:1')
  })

  it('lets the range run through a loop that no branch names, and charges the loop once', () => {
    expect(charges([NOP, ...loop(NOP), NOP])).to.equal('0:4')
  })

  it('charges a loop that a branch names inside, on every turn', () => {
    expect(charges([NOP, ...loop(NOP, ...i32(0), ...brIf(0)), NOP])).to.equal('0:1 2:4 5:1')
  })

  it('starts ranges after if, else and their end', () => {
    expect(charges([...i32(1), ...when(NOP, ELSE, NOP, NOP), NOP])).to.equal('0:2 2:1 4:2 7:1')
  })

  it('charges nothing for dead code', () => {
    expect(charges([NOP, RETURN, NOP, NOP, ...block(NOP)])).to.equal('0:2')
    expect(charges([UNREACHABLE, NOP])).to.equal('0:1')
  })

  it('takes up charging at the first live instruction after dead code', () => {
    expect(charges([...block(NOP, ...br(0), NOP, NOP), NOP])).to.equal('0:2 6:1')
  })

  it('gives a bulk instruction a range of its own, charged by its topmost operand', () => {
    expect(charges([...i32(0), ...i32(0), ...i32(9), 0xfc, 11, 0, NOP])).to.equal('0:3 3:32+1·n 4:1')
    expect(charges([...i32(1), 0x40, 0, DROP])).to.equal('0:1 1:32+1·n 2:1')
  })

  it('charges an indirect call, a table access and br_table as effects', () => {
    expect(charges([...i32(0), 0x11, 0, 0, NOP])).to.equal('0:2 2:1')
    expect(charges([...i32(0), 0x25, 0, DROP])).to.equal('0:2 2:1')
    expect(charges([...block(...i32(0), 0x0e, 0, 0), NOP])).to.equal('0:2 4:1')
  })

  it('counts no operand of unreachable code toward the stack, and follows call_indirect as finite-wasm does', () => {
    const most = (code: number[]) => {
      const module = decodeModule(
        wasmModule({ functions: [{ code }, { params: [I32, I32], code: [] }], table: { size: 1 } }),
        paramsAt(),
      )
      return new BodyAnalyser(module).analyse(module.types[0]!, module.bodies[0]!).maxOperandBytes
    }
    expect(most([...i32(1), ...i64(1), DROP, DROP])).to.equal(12)
    expect(most([RETURN, ...i64(1), ...i64(1), DROP, DROP])).to.equal(0)
    // Two parameters and the index are on the stack; two operands are taken, so four bytes stay counted.
    expect(most([...i32(1), ...i32(2), ...i32(0), 0x11, 1, 0, ...i64(1), DROP])).to.equal(12)
    expect(most([...i32(1), ...i32(2), ...i32(0), 0x11, 1, 0, ...i64(1), ...i64(1), DROP, DROP])).to.equal(20)
  })
})
