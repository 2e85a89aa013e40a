/** Some hundred requests made from the description against a whole gateway; `npm run soak:requests` sends the thousands. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { fuzzRequests, incompleteOf } from '../fixtures/requestFuzz.ts'
import { prepareRequests } from '../fixtures/requestRecipes.ts'
import { type RequestWorld, startRequestWorld } from '../fixtures/requestWorld.ts'

/** Each operation sixteen times, but for the seldom ones. */
const REQUESTS = 16 * 59

describe('requests from the description to a whole gateway', function () {
  this.timeout(120_000)
  const dir = mkdtempSync(join(tmpdir(), 'blyan-requests-'))
  let world: RequestWorld
  before(async () => {
    world = await startRequestWorld(dir)
  })
  after(async () => {
    await world?.close()
    rmSync(dir, { recursive: true, force: true })
  })

  it('give every operation a success and a refusal, no 5xx, nothing outside its schema, and no error in the log', async () => {
    const { url } = world.gateway
    const result = await fuzzRequests({
      ...(await prepareRequests(world)),
      url,
      document: await (await fetch(`${url}/openapi.json`)).json(),
      seed: '07',
      requests: REQUESTS,
      seldom: { postAuthNonce: 2 },
    })
    expect(result.faults.slice(0, 3)).to.deep.equal([])
    expect(incompleteOf(result)).to.deep.equal([])
    expect(world.lines.filter(({ level }) => level === 'error')).to.deep.equal([])
  })
})
