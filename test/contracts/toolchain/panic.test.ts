import { expect } from 'chai'
import { mapPanicStack } from '../../../contracts/toolchain/index.ts'

/** Two lines of bundle: the first from a.ts line 3, the second from b.ts line 17, the third generated. */
const map = { version: 3, sources: ['near/a.ts', 'near/b.ts'], names: [], mappings: 'AAEA;ACcA,IACA;;' }

describe('contracts/toolchain: panics', () => {
  it('are told in lines of the TypeScript', () => {
    const panic = mapPanicStack('CODE: no\n    at inner (contract.js:1)\n    at outer (contract.js:2)\n', map)
    expect(panic.message).to.equal('CODE: no')
    expect(panic.frames).to.deep.equal([
      { function: 'inner', source: 'near/a.ts', line: 3 },
      { function: 'outer', source: 'near/b.ts', line: 17 },
    ])
    expect(panic.text).to.equal('CODE: no\n    at inner (near/a.ts:3)\n    at outer (near/b.ts:17)')
  })

  it('keep native and generated frames without a place', () => {
    const { frames } = mapPanicStack(
      'CODE: no\n    at apply (native)\n    at made (contract.js:3)\n    at <anonymous>',
      map,
    )
    expect(frames.map(({ function: name, source }) => [name, source])).to.deep.equal([
      ['apply', null],
      ['made', null],
      ['<anonymous>', null],
    ])
  })

  it('keep a message of several lines whole, and stand for themselves without a stack', () => {
    expect(mapPanicStack('one\ntwo\n    at f (contract.js:1)', map).message).to.equal('one\ntwo')
    expect(mapPanicStack('only text', map)).to.deep.equal({ message: 'only text', frames: [], text: 'only text' })
  })
})
