/** The trustless gateway: bytes as the specification has them, and nothing else. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import type { ContentStore } from '../../../../workers/storage/index.ts'
import { content, makeWorld } from './world.ts'

const vectors: { bytes: number; cid: string; carSha256: string }[] = JSON.parse(
  await readFile(new URL('../../../fixtures/storage/cids.json', import.meta.url), 'utf8'),
)

describe('trustless gateway', () => {
  const world = makeWorld()
  let node: ContentStore
  let hello: string

  before(async () => {
    node = await world.node()
    hello = await node.add(Buffer.from('hello'))
  })
  after(() => world.end())

  const get = (path: string, options: RequestInit = {}): Promise<Response> =>
    fetch(`${node.urls.gateway}${path}`, options)

  it('serves a block as it is, by parameter or by Accept', async () => {
    const accept = { headers: { accept: 'application/vnd.ipld.raw' } }
    for (const response of [await get(`/ipfs/${hello}?format=raw`), await get(`/ipfs/${hello}`, accept)]) {
      expect(response.status).to.equal(200)
      expect(response.headers.get('content-type')).to.equal('application/vnd.ipld.raw')
      expect(response.headers.get('x-content-type-options')).to.equal('nosniff')
      expect(response.headers.get('access-control-allow-origin')).to.equal('*')
      expect(await response.text()).to.equal('hello')
    }
  })

  for (const { bytes, cid, carSha256 } of vectors.filter(({ bytes }) => bytes < 11_000_000)) {
    it(`serves the archive that go-car writes of a file of ${bytes} bytes`, async () => {
      expect(await node.add(content(bytes))).to.equal(cid)
      const archive = new Uint8Array(await (await get(`/ipfs/${cid}?format=car`)).arrayBuffer())
      expect(createHash('sha256').update(archive).digest('hex')).to.equal(carSha256)
    })
  }

  it('cuts an archive short, visibly, when a block is missing', async () => {
    const holder = await world.node()
    const cid = await holder.add(content(600_000))
    const partly = await world.node()
    const root = new Uint8Array(await (await fetch(`${holder.urls.gateway}/ipfs/${cid}?format=raw`)).arrayBuffer())
    const form = new FormData()
    form.set('file', new Blob([root]))
    const put = await fetch(`${partly.urls.rpc}/api/v0/block/put?cid-codec=dag-pb`, { method: 'POST', body: form })
    expect((await put.json()).Key).to.equal(cid)
    const outcome = await fetch(`${partly.urls.gateway}/ipfs/${cid}?format=car`).then((response) =>
      response.arrayBuffer().then(
        () => 'whole',
        () => 'cut',
      ),
    )
    expect(outcome).to.equal('cut')
    const rootOnly = await fetch(`${partly.urls.gateway}/ipfs/${cid}?format=car&dag-scope=block`)
    expect((await rootOnly.arrayBuffer()).byteLength).to.be.greaterThan(root.length)
  })

  it('tells a HEAD the size, and an asker who has it already nothing', async () => {
    const head = await get(`/ipfs/${hello}?format=raw`, { method: 'HEAD' })
    expect(head.headers.get('content-length')).to.equal('5')
    const again = await get(`/ipfs/${hello}?format=raw`, { headers: { 'if-none-match': head.headers.get('etag')! } })
    expect(again.status).to.equal(304)
  })

  it('fetches nothing for others, renders nothing, and says why', async () => {
    const absent = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
    const cases: [string, number][] = [
      [`/ipfs/${absent}?format=raw`, 404],
      [`/ipfs/${hello}`, 406],
      [`/ipfs/${hello}?format=tar`, 406],
      [`/ipfs/${hello}/file.txt?format=raw`, 404],
      ['/ipfs/nonsense?format=raw', 400],
      ['/ipfs/%2e%2e%2fidentity.pem?format=raw', 400],
      ['/../identity.pem', 404],
      ['/', 404],
      ['/api/v0/id', 404],
    ]
    for (const [path, status] of cases) expect((await get(path)).status, path).to.equal(status)
    expect((await get(`/ipfs/${hello}?format=raw`, { method: 'POST' })).status).to.equal(405)
  })
})
