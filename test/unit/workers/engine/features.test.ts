/** FEATURES.md says of each operator what the table of rules and the tests say. */

import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { OPS } from '../../../../workers/engine/ops/registry.ts'
import { OP_CASES } from './opCases.ts'

describe('FEATURES.md', () => {
  const text = readFileSync(new URL('../../../../workers/engine/FEATURES.md', import.meta.url), 'utf8')
  const rows = new Map(
    [...text.matchAll(/^\| \w+ \| (\w+) \| yes \| (.+?) \| (\w+) \| (\w+) \|$/gm)].map(([, op, ...cells]) => [
      op,
      cells,
    ]),
  )

  it('lists every operator that has a rule, and no other', () => {
    expect([...rows.keys()]).to.have.members(Object.keys(OPS))
  })

  it('promises no gradient and no test that is not there', () => {
    const tested = new Set(OP_CASES.map(({ op }) => op))
    for (const [op, [gradient, canonical, native]] of rows) {
      const rule = OPS[op!]!
      const expected = rule.gradient === undefined ? /^(zero|no|–)$/ : rule.note === undefined ? /^yes$/ : /^limited: /
      expect(gradient, op).to.match(expected)
      expect(canonical === 'tested', op).to.equal(tested.has(op!))
      expect(native === 'tested', op).to.equal(tested.has(op!))
    }
  })
})
