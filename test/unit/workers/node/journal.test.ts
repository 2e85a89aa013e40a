import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { openJournal } from '../../../../workers/node/journal.ts'

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

  it('reopens with the last acknowledged entry when its file is cut at any byte of the last record', () => {
    const path = join(dir, 'j.sqlite')
    const journal = openJournal(path)
    journal.put('a', { n: 1 })
    const before = readFileSync(`${path}-wal`).length
    journal.put('a', { n: 2 })
    const after = readFileSync(`${path}-wal`).length
    // A second copy of the files, as a crash would leave them: the journal itself is still open.
    const cuts = Array.from({ length: 60 }, (_, i) => before + Math.floor(((after - before) * i) / 60))
    for (const cut of [...cuts, after - 1, after]) {
      const copy = join(dir, 'copy.sqlite')
      for (const end of ['', '-wal']) copyFileSync(path + end, copy + end)
      truncateSync(`${copy}-wal`, cut)
      const again = openJournal(copy)
      expect(again.get('a'), `cut at ${cut} of ${after}`).to.deep.equal({ n: cut === after ? 2 : 1 })
      again.close()
      for (const end of ['', '-wal', '-shm']) rmSync(copy + end, { force: true })
    }
    journal.close()
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
