/** `blyan engine` as a person or a script calls it. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { runCommand } from '../../../../scripts/cli/dispatch.ts'
import { exportInference, initialParameters, mlp } from '../../../../workers/engine/index.ts'

describe('blyan engine', () => {
  let dir: string
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'blyan-engine-'))
    const model = mlp({ sizes: [3, 4, 2] })
    writeFileSync(join(dir, 'model.onnx'), exportInference(model, initialParameters(model, '01')))
    const base64 = Buffer.from(Float32Array.of(1, 2, 3, 4, 5, 6).buffer).toString('base64')
    const x = { dims: [2, 3], dtype: 'float32', data: base64 }
    writeFileSync(join(dir, 'inputs.json'), JSON.stringify({ x, y: { dims: [2], dtype: 'int64', data: [0, 1] } }))
    writeFileSync(join(dir, 'x.json'), JSON.stringify({ x: { ...x, data: [1, 2, 3, 4, 5, 6] } }))
    writeFileSync(join(dir, 'short.json'), JSON.stringify({ x: { ...x, data: [1] } }))
    writeFileSync(join(dir, 'broken.json'), '{')
  })
  after(() => rmSync(dir, { recursive: true }))

  /** Exit code and what went to standard output. */
  async function blyan(...argv: string[]): Promise<{ code: number; out: string }> {
    const write = process.stdout.write
    let out = ''
    process.stdout.write = ((text: string) => {
      out += text
      return true
    }) as typeof process.stdout.write
    try {
      return { code: await runCommand(['engine', ...argv]), out }
    } finally {
      process.stdout.write = write
    }
  }
  const files = (inputs: string): string[] => ['--model', join(dir, 'model.onnx'), '--inputs', join(dir, inputs)]

  it('grad prints loss, gradients and figures as JSON', async () => {
    const { code, out } = await blyan('grad', ...files('inputs.json'), '--loss', 'cross-entropy:logits:y', '--json')
    const result = JSON.parse(out)
    expect(code).to.equal(0)
    expect(result).to.have.all.keys('loss', 'grads', 'nodes', 'ms')
    expect(Object.keys(result.grads)).to.have.members([
      'x',
      'layer0/weight',
      'layer0/bias',
      'layer1/weight',
      'layer1/bias',
    ])
    expect(result.grads['layer0/weight']).to.include({ dtype: 'float32' })
    expect(Buffer.from(result.grads['layer0/weight'].data, 'base64').length).to.equal(3 * 4 * 4)
  })

  it('trace prints a root and a hash of each output', async () => {
    const first = await blyan('trace', ...files('x.json'), '--step', '0', '--json')
    const second = await blyan('trace', ...files('x.json'), '--json')
    const { root, nodes } = JSON.parse(first.out)
    expect(root).to.match(/^[0-9a-f]{64}$/)
    expect(nodes.map(({ op }: { op: string }) => op)).to.include.members(['Gemm', 'Relu'])
    expect(second.out).to.equal(first.out)
  })

  it('names the field of a wrong argument and leaves with 2', async () => {
    const cases: [string, string[]][] = [
      ['command', ['gradient', '--json']],
      ['loss', ['grad', ...files('inputs.json'), '--loss', 'mae:logits:y', '--json']],
      ['x', ['grad', ...files('short.json'), '--loss', 'output:logits', '--json']],
      ['inputs', ['grad', ...files('broken.json'), '--loss', 'output:logits', '--json']],
      ['step', ['trace', ...files('x.json'), '--step', '4', '--json']],
      ['y', ['grad', ...files('x.json'), '--loss', 'cross-entropy:logits:y', '--json']],
    ]
    for (const [field, argv] of cases) {
      const { code, out } = await blyan(...argv)
      expect(code, out).to.equal(2)
      expect(JSON.parse(out).error.data.field, out).to.equal(field)
    }
  })

  it('says of a file that is no model what it is not', async () => {
    const { code, out } = await blyan(
      'trace',
      '--model',
      join(dir, 'x.json'),
      '--inputs',
      join(dir, 'x.json'),
      '--json',
    )
    expect(code).to.equal(1)
    expect(JSON.parse(out).error.code).to.equal('ENGINE_ONNX_FORMAT')
  })
})
