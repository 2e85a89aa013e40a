/** What the command line says to people. */
import { expect } from 'chai'
import { readSources } from '../../scripts/check/sources.ts'
import { findForbidden, wordsIn } from '../../scripts/check/words.ts'

describe('words of the page', () => {
  it('are those of the glossary, in literals and between tags', () => {
    const found = findForbidden(readSources(['frontend/src', 'chain/client/words']))
    expect(found.map(({ path, line, word, instead }) => `${path}:${line} "${word}", rather: ${instead}`)).to.deep.equal(
      [],
    )
  })

  it('would be found between tags, and code beside them is none', () => {
    const text = `<p>\n  Your {count} leaves were slashed. <b>Oops</b>\n</p>\nconst a = rows.map(({ leaf }) => leaf, nonce)\n`
    const found = findForbidden([{ path: 'frontend/src/x.tsx', text }])
    expect(found.map(({ word }) => word)).to.have.members(['leaves', 'slashed', 'oops'])
    expect(findForbidden([{ path: 'frontend/src/x.ts', text }])).to.deep.equal([])
  })
})

describe('words of the command line', () => {
  it('are those of the glossary', () => {
    const found = findForbidden(readSources(['scripts/cli', 'scripts/demo']))
    expect(found.map(({ path, line, word, instead }) => `${path}:${line} "${word}", rather: ${instead}`)).to.deep.equal(
      [],
    )
  })

  it('may be codes in capitals, keys and names, but no sentence hides a forbidden one', () => {
    expect(wordsIn('its bond went: LEAF_FALSE')).to.deep.equal([])
    expect(wordsIn('Sample 7 is a false leaf')).to.deep.equal(['leaf'])
    expect(wordsIn('100 basis points, successfully slashed')).to.have.members([
      'basis points',
      'successfully',
      'slashed',
    ])
    expect(wordsIn('a ticket for the draw')).to.deep.equal([])
    const text = `const a = { leaf: 1, 'nonce': 2 }\nsay(\`round \${leaf} done here\`)\nsay('the leaf of round')`
    expect(findForbidden([{ path: 'scripts/cli/x.ts', text }]).map(({ line }) => line)).to.deep.equal([3])
    expect(findForbidden([{ path: 'scripts/cli/chain.ts', text: "say('burnt 3 TGas')" }])).to.deep.equal([])
  })
})
