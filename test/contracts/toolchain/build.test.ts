import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect } from 'chai'
import { type BuildResult, mapPanicStack, NEAR_HOST_FUNCTIONS } from '../../../contracts/toolchain/index.ts'
import { buildContracts } from '../../../scripts/build/contracts.ts'
import { type MiniHost, miniHost, Panic } from '../../fixtures/toolchain/miniHost.ts'

const sources = resolve(import.meta.dirname, '../../fixtures/contracts')

describe('contracts/toolchain: a built contract', function () {
  this.timeout(600_000) // cold: the C compiler takes a minute, once
  let counter: BuildResult
  let probe: BuildResult

  before(async () => {
    ;[counter, probe] = (await buildContracts({ sources, names: ['counter', 'probe'], quiet: true })) as [
      BuildResult,
      BuildResult,
    ]
  })

  const load = ({ wasmPath }: BuildResult): MiniHost => miniHost(readFileSync(wasmPath))

  it('exports its methods and memory, imports host functions alone, and is small', () => {
    const { exports, imports, bytes } = counter.meta
    expect(exports).to.deep.equal(['get', 'increment', 'memory'])
    expect(imports.filter((name) => !NEAR_HOST_FUNCTIONS.has(name))).to.deep.equal([])
    expect(bytes).to.be.lessThan(600_000)
  })

  it('is left alone while nothing has changed', async () => {
    const [again] = await buildContracts({ sources, names: ['counter'], quiet: true })
    expect(again!.fresh).to.equal(true)
    expect(again!.meta).to.deep.equal(counter.meta)
  })

  it('keeps state under its own key alone, with no record of the SDK', () => {
    const host = load(counter)
    expect(host.call('get').value).to.equal('0')
    expect(host.call('increment', '{"by":5}').value).to.equal('5')
    expect(host.call('increment', '{"by":7}').value).to.equal('12')
    expect([...host.storage.keys()]).to.deep.equal(['n'])
  })

  it('starts every call from the same heap', () => {
    const host = load(probe)
    const first = host.call('churn', '{"rounds":2,"length":100}').value
    expect(host.call('churn', '{"rounds":2,"length":100}').value).to.equal(first)
  })

  it('refuses malformed JSON and bad arguments with a code first', () => {
    const host = load(counter)
    expect(() => host.call('increment', '{bad')).to.throw(Panic, /^ARGUMENT_INVALID: the arguments are no JSON/)
    expect(() => host.call('increment', '{"by":0}')).to.throw(Panic, /^ARGUMENT_INVALID: by must be a whole number/)
    expect(() => host.call('increment', '[]')).to.throw(Panic, /^ARGUMENT_INVALID: arguments must be an object/)
    expect(host.storage.size).to.equal(0)
  })

  it('names the TypeScript line of a panic', () => {
    const host = load(counter)
    host.call('increment', '{"by":999}')
    const map = JSON.parse(readFileSync(counter.wasmPath.replace('.wasm', '.js.map'), 'utf8'))
    let text = ''
    try {
      host.call('increment', '{"by":5}')
    } catch (error) {
      text = (error as Panic).message
    }
    const panic = mapPanicStack(text, map)
    expect(panic.message).to.equal('COUNTER_TOO_MUCH: 1004 is more than 1000')
    const source = readFileSync(resolve(sources, 'counter/count.ts'), 'utf8').split('\n')
    const [thrown, caller] = panic.frames.filter((frame) => frame.source?.endsWith('counter/count.ts'))
    expect(thrown!.function).to.equal('tooMuch')
    expect(source[thrown!.line! - 1]).to.include("fail('COUNTER_TOO_MUCH'")
    expect(source[caller!.line! - 1]).to.include('tooMuch(next)')
    expect(panic.text).to.include('at tooMuch (test/fixtures/contracts/counter/count.ts:')
  })

  it('gives a thrown text as the message', () => {
    expect(() => load(probe).call('throw_text')).to.throw(Panic, /^PROBE_TEXT: a thrown text/)
  })

  it('reuses large blocks, so that work in rounds stays in NEAR\u2019s memory', () => {
    const { value } = load(probe).call('churn', '{"rounds":400,"length":40000}')
    expect(Number(value)).to.be.greaterThan(100_000_000)
  })

  it('throws on endless recursion instead of overwriting memory', () => {
    expect(load(probe).call('nest', '{"depth":200}').value).to.equal('200')
    expect(() => load(probe).call('nest', '{"depth":1000000}')).to.throw(Panic, /stack overflow/)
  })

  it('computes with big integers and text of every plane', () => {
    const host = load(probe)
    const power = (base: string, exponent: number) => host.call('power', JSON.stringify({ base, exponent })).value
    expect(power('18446744073709551615', 2)).to.equal(`"${18446744073709551615n ** 2n}"`)
    expect(power('9223372036854775808', 3)).to.equal(`"${9223372036854775808n ** 3n}"`)
    const value = { text: 'h\u00e9llo \u2713 \u6f22\u5b57 \ud83d\ude00', list: [1.1e-7, -0.5, null, true] }
    expect(JSON.parse(host.call('echo', JSON.stringify({ value })).value!)).to.deep.equal(value)
  })

  it('sends the arguments of a weighted call as they are, which near-sdk-js 2.0.0 does not', () => {
    expect(load(probe).call('send', '{"text":"{\\"a\\":\\"\u00e9\\"}"}').sent).to.deep.equal(['{"a":"\u00e9"}'])
  })

  it('has no clock', () => {
    expect(load(probe).call('today').value).to.equal('0')
  })
})
