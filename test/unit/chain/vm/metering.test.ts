/** What runs is charged what a counter of single instructions finds: by cases, and over programs drawn from a seed. */
import { expect } from 'chai'
import fc from 'fast-check'
import { countInstructions } from '../../../fixtures/wasm/instructionCounter.ts'
import { entry, mainOf, REGULAR, runModule, runWasm } from '../../../fixtures/wasm/vmHarness.ts'
import { EMPTY, END, I32, I64, i32, wasmModule } from '../../../fixtures/wasm/wasmModule.ts'

const [DROP, ELSE, ADD, SUB, LOCAL_GET, LOCAL_SET] = [0x1a, 0x05, 0x6a, 0x6b, 0x20, 0x21]

/** Regular instructions that a run of `main` takes, by the counter that knows no ranges. */
function counted(wasm: Uint8Array): bigint {
  const module = new WebAssembly.Module(countInstructions(wasm) as BufferSource)
  const { exports } = new WebAssembly.Instance(module, {})
  ;(exports.main as () => void)()
  return (exports.count as WebAssembly.Global<'i64'>).value
}

/** A program as a tree. Locals 0–3 are its variables; each depth of loops counts in a local of its own, so all end. */
type Node =
  | { do: 'add'; local: number; n: number }
  | { do: 'load' | 'fill'; at: number; n: number }
  | { do: 'block' | 'dead'; inner: Node[] }
  | { do: 'leave'; local: number; inner: Node[] }
  | { do: 'if'; local: number; inner: Node[]; other: Node[] }
  | { do: 'loop'; turns: number; inner: Node[] }

const { nodes } = fc.letrec<{ nodes: Node[]; node: Node }>((tie) => {
  const local = fc.nat(3)
  const inner = tie('nodes')
  const to = <K extends Node['do']>(kind: K) => fc.constant(kind)
  return {
    nodes: fc.array(tie('node'), { maxLength: 4 }),
    node: fc.oneof(
      { maxDepth: 4 },
      fc.record({ do: to('add'), local, n: fc.integer({ min: -9, max: 9 }) }),
      fc.record({ do: fc.constantFrom('load' as const, 'fill' as const), at: fc.nat(60), n: fc.nat(9) }),
      fc.record({ do: fc.constantFrom('block' as const, 'dead' as const), inner }),
      fc.record({ do: to('leave'), local, inner }),
      fc.record({ do: to('if'), local, inner, other: inner }),
      fc.record({ do: to('loop'), turns: fc.integer({ min: 1, max: 4 }), inner }),
    ),
  }
})

function render(program: readonly Node[], depth = 4): number[] {
  return program.flatMap((node) => {
    switch (node.do) {
      case 'add':
        return [LOCAL_GET, node.local, ...i32(node.n), ADD, LOCAL_SET, node.local]
      case 'load':
        return [...i32(node.at), 0x2d, 0, 0, DROP]
      case 'fill':
        return [...i32(node.at), ...i32(7), ...i32(node.n), 0xfc, 11, 0]
      case 'block':
        return [0x02, EMPTY, ...render(node.inner, depth), END]
      case 'dead':
        return [0x02, EMPTY, ...render(node.inner, depth), 0x0c, 0, ...render(node.inner, depth), END]
      case 'leave':
        return [0x02, EMPTY, LOCAL_GET, node.local, 0x0d, 0, ...render(node.inner, depth), END]
      case 'if':
        return [
          LOCAL_GET,
          node.local,
          0x04,
          EMPTY,
          ...render(node.inner, depth),
          ELSE,
          ...render(node.other, depth),
          END,
        ]
      case 'loop': {
        const turn = [...render(node.inner, depth + 1), LOCAL_GET, depth, ...i32(1), SUB, 0x22, depth, 0x0d, 0]
        return [...i32(node.turns), LOCAL_SET, depth, 0x03, EMPTY, ...turn, END]
      }
      default:
        return node satisfies never
    }
  })
}

describe('metering', () => {
  it('charges a function its frame, one instruction for every eight bytes, rounded up', () => {
    expect(runModule(mainOf([])).gas).to.equal(entry())
    expect(runModule(mainOf([], { locals: [I32] })).gas).to.equal(9n * REGULAR)
    expect(runModule(mainOf([], { locals: [I32, I64, I64] })).gas).to.equal(11n * REGULAR)
  })

  it('charges memory.fill its base and one unit a byte', () => {
    const { gas } = runModule(mainOf([...i32(0), ...i32(1), ...i32(100), 0xfc, 11, 0]))
    expect(gas).to.equal(entry() + 3n * REGULAR + 26_328_192n + 100n * REGULAR)
  })

  it('charges an untargeted loop once and a targeted one on every turn', () => {
    // local 0 counts down from 5; the loop itself costs one a turn, like each of its five instructions
    const loop = [0x03, EMPTY, LOCAL_GET, 0, ...i32(1), SUB, 0x22, 0, 0x0d, 0, END]
    const parts = mainOf([...i32(5), LOCAL_SET, 0, ...loop], { locals: [I32] })
    expect(runModule(parts).gas).to.equal((9n + 2n + 5n * 6n) * REGULAR)
    expect(counted(wasmModule(parts))).to.equal(9n + 2n + 5n * 6n)
  })

  it('charges programs drawn at random what a counter of single instructions finds', () => {
    fc.assert(
      fc.property(nodes, (program) => {
        const wasm = wasmModule(mainOf(render(program), { locals: Array<number>(16).fill(I32) }))
        const { burntGas, error, profile } = runWasm(wasm)
        expect(error).to.equal(null)
        expect(profile.wasm).to.equal(counted(wasm) * REGULAR)
        expect(burntGas > profile.wasm).to.equal(true)
      }),
      { numRuns: 150, seed: 7 },
    )
  })
})
