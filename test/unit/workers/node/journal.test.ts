import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { openJournal } from '../../../../workers/node/journal.ts'
import { cutJournalEverywhere } from '../../../fixtures/journalCuts.ts'

describe("the daemon's journal", () => {
  let dir: string
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'blyan-journal-'))))
  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  it('makes a salt once and gives the same one after a restart', () => {
    const first = openJournal(join(dir, 'j.sqlite'))
    const salt = first.salt('submission/1/0')
    expect(salt).to.match(/^[0-9a-f]{64}$/)
    first.close()
    const second = openJournal(join(dir, 'j.sqlite'))
    expect(second.salt('submission/1/0')).to.equal(salt)
    expect(second.salt('submission/1/1')).to.not.equal(salt)
    second.close()
  })

  it('reopens with the last acknowledged entry when its file is cut inside the last record', () => {
    // Each byte is the soak's to try: `npm run soak:kill`.
    expect(cutJournalEverywhere(dir, 69)).to.be.greaterThan(60)
  })

  it('removes what begins with a prefix, and nothing else', () => {
    const journal = openJournal(join(dir, 'j.sqlite'))
    journal.put('handed/1/0', 1)
    journal.put('handed/10/0', 2)
    journal.remove('handed/1/')
    expect([journal.get('handed/1/0'), journal.get('handed/10/0')]).to.deep.equal([null, 2])
    journal.close()
  })

  it('says what is wrong with a file that is no journal', () => {
    const path = join(dir, 'j.sqlite')
    writeFileSync(path, 'not a database, but long enough to be looked at as one'.repeat(50))
    expect(() => openJournal(path))
      .to.throw()
      .with.property('code', 'NODE_JOURNAL')
  })
})
