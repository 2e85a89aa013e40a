/** Every gradient rule against central differences of the forward pass, on both runtimes. */

import { expect } from 'chai'
import { Builder, gradients, type Rng, rng, writeOnnx } from '../../../../workers/engine/index.ts'
import { OPS } from '../../../../workers/engine/ops/registry.ts'
import { openSession, runSession } from '../../../../workers/engine/runner/session.ts'
import { OP_CASES, type OpCase } from './opCases.ts'
import { RUNTIMES } from './runtimes.ts'

const STEP = 1e-2
// Central differences in float32: truncation h²/6·f‴ ≈ 2e-5 and rounding ε·|f|/h ≈ 1e-5 a term, over up to 100 terms.
const TOLERANCE = 3e-3

for (const { name, load } of RUNTIMES) {
  describe(`gradient rules on ${name}`, () => {
    for (const example of OP_CASES)
      it(`${example.op}${example.what === undefined ? '' : `, ${example.what}`} agrees with central differences`, async () => {
        const runtime = await load()
        await checkGradient(runtime, example)
      })
  })
}

describe('the operator table', () => {
  it('has a test for every gradient rule', () => {
    const tested = new Set(OP_CASES.map(({ op }) => op))
    const untested = Object.keys(OPS).filter((op) => OPS[op]!.gradient !== undefined && !tested.has(op))
    expect(untested).to.deep.equal([])
  })
})

async function checkGradient(
  { ort, profile }: Awaited<ReturnType<(typeof RUNTIMES)[0]['load']>>,
  example: OpCase,
): Promise<void> {
  const random = rng('00', `${example.op}/${example.what}`)
  const g = new Builder('op')
  const inputs = example.inputs.map((dims, i) => g.input(`x${i}`, 'float32', dims))
  const y = example.build(g, ...inputs)
  const size = (y.dims as number[]).reduce((a, b) => a * b, 1)
  const weights = Float32Array.from({ length: size }, () => random.uniform() + 0.5)
  const loss = g.op('Mul', [y, g.initializer('weights', { dtype: 'float32', dims: y.dims as number[], data: weights })])
  const grads = gradients(g, loss, inputs)
  g.output(g.op('Identity', [y], {}, 'y'))
  grads.forEach((gradient, i) => {
    g.output(g.op('Identity', [gradient!], {}, `grad${i}`))
  })
  const session = await openSession(ort, profile, writeOnnx(g.finish()))
  try {
    const values = spread(example, random)
    const run = (at: readonly Float32Array[]) =>
      runSession(
        session,
        Object.fromEntries(at.map((data, i) => [`x${i}`, new ort.Tensor('float32', data, example.inputs[i])])),
      )
    const lossAt = async (at: readonly Float32Array[]): Promise<number> =>
      ((await run(at)).y.data as Float32Array).reduce((sum, value, i) => sum + value * weights[i]!, 0)
    const out = await run(values)
    for (let i = 0; i < values.length; i++) {
      expect(out[`grad${i}`].dims).to.deep.equal(example.inputs[i])
      for (let probe = 0; probe < 2; probe++) {
        const direction = values[i]!.map(() => (random.uniform() < 0.5 ? -1 : 1))
        const moved = (h: number) =>
          values.map((data, j) => (j === i ? data.map((x, k) => x + h * direction[k]!) : data))
        const numeric = ((await lossAt(moved(STEP))) - (await lossAt(moved(-STEP)))) / (2 * STEP)
        const gradient = out[`grad${i}`].data as Float32Array
        const analytic = gradient.reduce((sum, value, k) => sum + value * direction[k]!, 0)
        const scale = Math.max(
          1,
          gradient.reduce((sum, value) => sum + Math.abs(value), 0),
        )
        expect(
          Math.abs(numeric - analytic) / scale,
          `input ${i}: ${numeric} numeric, ${analytic} analytic`,
        ).to.be.below(TOLERANCE)
      }
    }
  } finally {
    await session.release()
  }
}

/** Values evenly spread over the range and shuffled: no two are within a step of each other, so no kink lies between. */
function spread({ inputs, range: [low, high] = [-1, 1] }: OpCase, random: Rng): Float32Array[] {
  const sizes = inputs.map((dims) => dims.reduce((a, b) => a * b, 1))
  const total = sizes.reduce((a, b) => a + b, 0)
  const grid = Array.from({ length: total }, (_, i) => low + ((i + 0.5) * (high - low)) / total)
  for (let i = total - 1; i > 0; i--) {
    const j = random.below(i + 1)
    ;[grid[i], grid[j]] = [grid[j]!, grid[i]!]
  }
  return sizes.map((size) => Float32Array.from(grid.splice(0, size)))
}
