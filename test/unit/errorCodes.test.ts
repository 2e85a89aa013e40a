/** Error codes of the whole checkout. */
import { expect } from 'chai'
import { errorCodes, findDuplicates } from '../../scripts/check/errorCodes.ts'
import { readSources } from '../../scripts/check/sources.ts'

describe('error codes', () => {
  const codes = errorCodes(readSources(['chain', 'workers', 'oracle', 'contracts', 'scripts']))

  it('belong to one class each', () => {
    expect(codes.length).to.be.greaterThan(5)
    expect(findDuplicates(codes)).to.deep.equal([])
  })

  it('are capitals and underscores, so that they can be searched for', () => {
    expect(codes.filter(({ code }) => !/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(code))).to.deep.equal([])
  })

  it('are seen when two classes state the same', () => {
    const text =
      "class A { static override readonly code: string = 'A_B' }\nclass B { static readonly code = 'A_B' }\n// static readonly code = 'A_B'"
    const [group] = findDuplicates(errorCodes([{ path: 'a.ts', text }]))
    expect(group!.map(({ line }) => line)).to.deep.equal([1, 2])
  })
})
