/** The door from which workers fetch what was ordered here. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { openContentDoor } from '../../../../../workers/gateway/orders/index.ts'

describe('the content door', () => {
  let dir: string
  const said: string[] = []
  const log = { warn: (what: string) => void said.push(what) }
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'blyan-door-'))
    said.length = 0
  })
  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  it('is the same after a restart, with all that was stored', async () => {
    const first = await openContentDoor({ dir, log })
    const { gateway } = first.urls
    const cid = await first.add(new TextEncoder().encode('text of a task'))
    await first.stop()
    const second = await openContentDoor({ dir, log })
    expect(second.urls.gateway).to.equal(gateway)
    const response = await fetch(`${gateway}/ipfs/${cid}?format=raw`)
    expect(await response.text()).to.equal('text of a task')
    await second.stop()
    expect(said).to.deep.equal([])
  })

  it('says so when another process took its port meanwhile', async () => {
    const first = await openContentDoor({ dir, log })
    const port = Number(new URL(first.urls.gateway!).port)
    await first.stop()
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve))
    const second = await openContentDoor({ dir, log })
    expect(second.urls.gateway).to.not.equal(`http://127.0.0.1:${port}`)
    expect(said).to.have.length(1)
    await second.stop()
    other.close()
  })
})
