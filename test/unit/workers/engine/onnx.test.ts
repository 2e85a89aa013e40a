/** ONNX files: written and read back, upgraded, differentiated; hostile ones refused with a typed error. */

import { expect } from 'chai'
import fc from 'fast-check'
import { BlyanError } from '../../../../chain/lib/errors.ts'
import { float, int, ints } from '../../../../workers/engine/graph/ir.ts'
import { ProtoWriter } from '../../../../workers/engine/graph/protobuf.ts'
import { int64s, tensor, toNumbers } from '../../../../workers/engine/graph/tensor.ts'
import {
  adamw,
  Builder,
  createTrainer,
  exportInference,
  type Graph,
  gradOfModel,
  initialParameters,
  mlp,
  readOnnx,
  sgd,
  traceOfModel,
  trainGraph,
  upgrade,
  writeOnnx,
} from '../../../../workers/engine/index.ts'
import { loadCanonicalRuntime } from '../../../../workers/node/runtime/canonical.ts'
import { BATCH, tiny, tinyBatches, tinyState } from './tiny.ts'

const codeOf = (act: () => unknown): string => {
  try {
    act()
    return 'none'
  } catch (error) {
    if (error instanceof BlyanError) return error.code
    throw error
  }
}
const codeOfAsync = (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => 'none',
    (error) => (error instanceof BlyanError ? error.code : Promise.reject(error)),
  )

describe('ONNX files', () => {
  it('come back from bytes as they were written, subgraphs and all', () => {
    const bytes = writeOnnx(trainGraph(tiny, adamw(), BATCH))
    const { opset, graph } = readOnnx(bytes)
    expect(opset).to.equal(18)
    expect(Buffer.compare(writeOnnx(graph), bytes)).to.equal(0)
  })

  it('come back with every kind of attribute and data type', () => {
    const g = new Builder('kinds')
    const data = [
      tensor('int64', [2], [-5, 7]),
      tensor('bool', [1], [1]),
      tensor('float64', [1], [0.1]),
      tensor('uint8', [0], []),
    ]
    for (const [i, value] of data.entries()) g.initializer(`t${i}`, value)
    const base = g.finish()
    const node = {
      name: 'n',
      op: 'Anything',
      domain: 'com.example',
      inputs: ['', 'x'],
      outputs: ['y', ''],
      attributes: {
        i: int(-3),
        f: float(0.5),
        is: ints([1, -2]),
        s: { type: 'string', value: 'é' },
        fs: { type: 'floats', value: [0.5, -1] },
        ss: { type: 'strings', value: ['a', ''] },
        t: { type: 'tensor', value: data[0] },
      },
    }
    const graph = {
      ...base,
      nodes: [node],
      inputs: [{ name: 'x', dtype: 'float16', dims: ['batch', 3] }],
    } as unknown as Graph
    const back = readOnnx(writeOnnx(graph)).graph
    expect(back.nodes).to.deep.equal(graph.nodes)
    expect(back.inputs).to.deep.equal(graph.inputs)
    expect([...back.initializers]).to.deep.equal([...graph.initializers])
  })

  it('are read from a Node Buffer inside a pool', () => {
    const bytes = writeOnnx(trainGraph(mlp({ sizes: [2, 2] }), sgd(), 1))
    const pooled = Buffer.concat([Buffer.of(1, 2, 3), bytes]).subarray(3)
    expect(Buffer.compare(writeOnnx(readOnnx(pooled).graph), bytes)).to.equal(0)
  })

  it('of older opsets are brought to ours', () => {
    const g: Graph = {
      name: 'old',
      inputs: [{ name: 'x', dtype: 'float32', dims: [2, 4] }],
      outputs: [{ name: 'm', dtype: 'float32', dims: [2] }],
      initializers: new Map(),
      nodes: [
        { name: 'c', op: 'Constant', domain: '', inputs: [], outputs: ['one'], attributes: { value_float: float(1) } },
        { name: 's', op: 'Split', domain: '', inputs: ['x'], outputs: ['a', 'b'], attributes: { axis: int(1) } },
        {
          name: 'r',
          op: 'ReduceMean',
          domain: '',
          inputs: ['a'],
          outputs: ['m'],
          attributes: { axes: ints([1]), keepdims: int(0) },
        },
      ],
    }
    const upgraded = upgrade({ opset: 13, graph: g })
    expect(upgraded.nodes.map(({ op }) => op)).to.deep.equal(['Split', 'ReduceMean'])
    expect(upgraded.nodes[1]!.inputs).to.deep.equal(['a', 'r/axes'])
    expect(toNumbers(upgraded.initializers.get('r/axes')!)).to.deep.equal([1])
    expect(toNumbers(upgraded.initializers.get('one')!)).to.deep.equal([1])
    expect(Builder.from(upgraded).value('m').dims).to.deep.equal([2])
  })
})

describe('hostile ONNX bytes', () => {
  const model = mlp({ sizes: [3, 2] })
  const good = exportInference(model, initialParameters(model, '01'))
  const known = ['none', 'ENGINE_ONNX_FORMAT', 'ENGINE_UNSUPPORTED_OP']

  it('cut off anywhere give a typed error or a smaller model', () => {
    for (let length = 0; length < good.length; length++)
      expect(known).to.include(codeOf(() => readOnnx(good.subarray(0, length))))
  })

  it('with any byte changed give a typed error or a model, from file to shapes', () => {
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, byte) => {
        const bytes = good.slice()
        bytes[at] = byte
        expect([...known, 'ENGINE_SHAPE', 'ENGINE_NOT_DIFFERENTIABLE']).to.include(
          codeOf(() => Builder.from(upgrade(readOnnx(bytes)))),
        )
      }),
      // The example takes an operator's input away.
      { numRuns: 500, examples: [[95, 26]] },
    )
  })

  it('of random content give a typed error', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        (bytes) => void expect(known).to.include(codeOf(() => readOnnx(bytes))),
      ),
    )
  })

  const proto = (): ProtoWriter => new ProtoWriter()
  const withGraph = (graph: ProtoWriter): Uint8Array =>
    proto().bytes(7, graph.finish()).bytes(8, proto().varint(2, 18).finish()).finish()
  const withTensor = (tensor: ProtoWriter): Uint8Array => withGraph(proto().bytes(5, tensor.string(8, 't').finish()))

  it('that promise more than they hold are refused before memory is taken', () => {
    const cases = [
      withTensor(
        proto()
          .packedVarints(1, [2 ** 40, 2 ** 40])
          .varint(2, 1)
          .bytes(9, new Uint8Array(4)),
      ),
      withTensor(proto().packedVarints(1, [-1]).varint(2, 1)),
      withTensor(proto().packedVarints(1, new Array(100_000).fill(1)).varint(2, 1).bytes(9, new Uint8Array(4))),
      withTensor(proto().packedVarints(1, [1]).varint(2, 1).varint(14, 1)),
      Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f),
    ]
    for (const bytes of cases) expect(codeOf(() => readOnnx(bytes))).to.equal('ENGINE_ONNX_FORMAT')
    expect(codeOf(() => readOnnx(withTensor(proto().varint(2, 99))))).to.equal('ENGINE_UNSUPPORTED_OP')
  })

  it('that nest graphs without end are refused', () => {
    let graph = proto()
    for (let i = 0; i < 5000; i++) {
      const attribute = proto().string(1, 'body').varint(20, 5).bytes(6, graph.finish()).finish()
      graph = proto().bytes(1, proto().string(4, 'Loop').bytes(5, attribute).finish())
    }
    expect(codeOf(() => readOnnx(withGraph(graph)))).to.equal('ENGINE_ONNX_FORMAT')
  })

  it('of an opset that the engine does not read are refused by number', () => {
    const bytes = proto().bytes(7, proto().finish()).bytes(8, proto().varint(2, 9).finish()).finish()
    expect(() => readOnnx(bytes)).to.throw(/opset 9/)
  })

  it('that name prototype members as operators or attributes are unknown operators', () => {
    const node = proto()
      .string(4, 'constructor')
      .bytes(5, proto().string(1, '__proto__').varint(3, 1).varint(20, 2).finish())
    expect(codeOf(() => Builder.from(readOnnx(withGraph(proto().bytes(1, node.finish()))).graph))).to.equal(
      'ENGINE_UNSUPPORTED_OP',
    )
  })
})

describe("gradients of anyone's model", () => {
  const x = tensor('float32', [2, 3], [1, 2, 3, 4, 5, 6])
  /** y = x·w + b, as a file with a symbolic batch. */
  const linear = (): Uint8Array => {
    const g = new Builder('linear')
    const input = g.input('x', 'float32', ['batch', 3])
    const w = g.initializer('w', tensor('float32', [3, 2], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]))
    const b = g.initializer('b', tensor('float32', [2], [0.5, -0.5]))
    g.output(g.op('Gemm', [input, w, b], {}, 'y'))
    return writeOnnx(g.finish())
  }

  it('are those of the mean squared error by hand', async () => {
    const runtime = await loadCanonicalRuntime()
    const t = tensor('float32', [2, 2], [0, 0, 0, 0])
    const { loss, grads } = await gradOfModel(runtime, linear(), { x, t }, 'mse:y:t')
    const y = [2.7, 2.3, 5.4, 5.9]
    expect(loss).to.be.closeTo(y.reduce((sum, value) => sum + value * value, 0) / 4, 1e-5)
    const dy = y.map((value) => value / 2)
    const close = (name: string, expected: number[]): void =>
      toNumbers(grads[name]!).forEach((value, i) => {
        expect(value, `${name}[${i}]`).to.be.closeTo(expected[i]!, 1e-5)
      })
    close('b', [dy[0]! + dy[2]!, dy[1]! + dy[3]!])
    close(
      'w',
      [0, 1, 2].flatMap((k) => [0, 1].map((j) => toNumbers(x)[k]! * dy[j]! + toNumbers(x)[3 + k]! * dy[2 + j]!)),
    )
    expect(Object.keys(grads)).to.have.members(['x', 'w', 'b'])
  })

  it('exist for each kind of loss', async () => {
    const runtime = await loadCanonicalRuntime()
    const { loss } = await gradOfModel(runtime, linear(), { x, c: tensor('int64', [2], [0, 1]) }, 'cross-entropy:y:c')
    expect(loss).to.be.closeTo((Math.log(1 + Math.exp(-0.4)) + Math.log(1 + Math.exp(-0.5))) / 2, 1e-5)
    expect((await gradOfModel(runtime, linear(), { x }, 'output:y')).loss).to.be.closeTo(16.3, 1e-4)
    const g = new Builder('probability')
    g.output(g.op('Sigmoid', [g.input('x', 'float32', [2])], {}, 'p'))
    const inputs = { x: tensor('float32', [2], [0.5, -1]), t: tensor('float32', [2], [1, 0]) }
    const { grads } = await gradOfModel(runtime, writeOnnx(g.finish()), inputs, 'bce:p:t')
    const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z))
    expect(toNumbers(grads.x!)[0]).to.be.closeTo((sigmoid(0.5) - 1) / 2, 1e-6)
    expect(toNumbers(grads.x!)[1]).to.be.closeTo(sigmoid(-1) / 2, 1e-6)
  })

  it('refuse what does not fit, with the field at fault', async () => {
    const runtime = await loadCanonicalRuntime()
    const grad = (inputs: object, loss: string) => codeOfAsync(gradOfModel(runtime, linear(), inputs as never, loss))
    expect(await grad({ x }, 'mean:y')).to.equal('INVALID_ARGUMENT')
    expect(await grad({}, 'output:y')).to.equal('INVALID_ARGUMENT')
    expect(await grad({ x, z: x }, 'output:y')).to.equal('INVALID_ARGUMENT')
    expect(await grad({ x: tensor('float32', [2, 4], [1, 2, 3, 4, 5, 6, 7, 8]) }, 'output:y')).to.equal(
      'INVALID_ARGUMENT',
    )
    expect(await grad({ x: int64s([1]) }, 'output:y')).to.equal('INVALID_ARGUMENT')
    expect(await grad({ x }, 'output:nothing')).to.equal('ENGINE_SHAPE')
  })

  it('name an operator that has no gradient rule', async () => {
    const g = new Builder('scatter')
    const [data, updates] = [g.input('x', 'float32', [2]), g.input('u', 'float32', [2])]
    g.output(g.op('ScatterElements', [data, g.int64s([1, 0]), updates], {}, 'y'))
    const inputs = { x: tensor('float32', [2], [0, 0]), u: tensor('float32', [2], [1, 2]) }
    const act = gradOfModel(await loadCanonicalRuntime(), writeOnnx(g.finish()), inputs, 'output:y')
    expect(await codeOfAsync(act)).to.equal('ENGINE_NOT_DIFFERENTIABLE')
  })
})

describe('traces', () => {
  it('hash every node of a training step, and the last steps agree with having trained up to them', async () => {
    const runtime = await loadCanonicalRuntime()
    const [model, state, batches] = [writeOnnx(trainGraph(tiny, adamw(), BATCH)), tinyState(), tinyBatches(3)]
    const rates = Float32Array.of(1e-3, 2e-3, 3e-3)
    const inputs = (from: typeof state, first: number) => ({
      parameters: tensor('float32', [tiny.size], from.parameters),
      m: tensor('float32', [tiny.size], from.m),
      v: tensor('float32', [tiny.size], from.v),
      counters: tensor('float32', [3], from.counters),
      tokens: tensor('int32', [3 - first, BATCH, 9], batches.tokens!.slice(first * BATCH * 9)),
      lr: tensor('float32', [3 - first], rates.slice(first)),
    })
    const trainer = await createTrainer({ ...runtime, model: tiny, optimizer: adamw(), batch: BATCH })
    const middle = (await trainer.run(state, tinyBatches(2), rates.slice(0, 2))).state
    await trainer.release()
    const [third, alone] = [
      await traceOfModel(runtime, model, inputs(state, 0), 2),
      await traceOfModel(runtime, model, inputs(middle, 2), 0),
    ]
    expect(third.nodes.length).to.be.above(200)
    const hash = (trace: typeof third, name: string) =>
      trace.nodes.flatMap(({ outputs }) => outputs).find((output) => output.name === name)!.sha256
    expect(hash(third, 'loss')).to.equal(hash(alone, 'loss'))
    expect(hash(third, 'gradient')).to.equal(hash(alone, 'gradient'))
    expect(await codeOfAsync(traceOfModel(runtime, model, inputs(state, 0), 3))).to.equal('INVALID_ARGUMENT')
  })
})
