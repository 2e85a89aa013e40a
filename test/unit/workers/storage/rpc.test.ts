/** The RPC, asked by Kubo's own client; and by whoever should not ask. */
import { request } from 'node:http'
import { expect } from 'chai'
import { create, type KuboRPCClient } from 'kubo-rpc-client'
import { CID } from 'multiformats/cid'
import type { ContentStore } from '../../../../workers/storage/index.ts'
import { content, errorOf, makeWorld } from './world.ts'

const HELLO_V0 = 'QmWfVY9y3xjsixTgbd9AorQxH7VtMpzfx2HaWtsoUYecaX' // `echo -n hello | ipfs add`
const EMPTY_V1 = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'

describe('storage RPC', () => {
  const world = makeWorld()
  let node: ContentStore
  let kubo: KuboRPCClient

  before(async () => {
    node = await world.node()
    kubo = create({ url: node.urls.rpc! })
  })
  after(() => world.end())

  const collect = async (chunks: AsyncIterable<Uint8Array>): Promise<Buffer> => {
    const all: Uint8Array[] = []
    for await (const chunk of chunks) all.push(chunk)
    return Buffer.concat(all)
  }
  const post = (path: string, headers: Record<string, string> = {}, method = 'POST') =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const sent = request(`${node.urls.rpc}${path}`, { method, headers }, async (response) => {
        resolve({ status: response.statusCode!, body: (await collect(response)).toString() })
      })
      sent.on('error', reject).end()
    })

  it('says who it is', async () => {
    expect(String((await kubo.id()).id)).to.equal(node.id)
    expect((await kubo.version()).version).to.match(/^\d/)
  })

  it('adds and reads as Kubo does, with CIDv0 unless asked for CIDv1', async () => {
    const bytes = content(600_000)
    const added = await kubo.add(bytes, { cidVersion: 1, rawLeaves: true, chunker: 'size-262144' })
    expect(String(added.cid)).to.equal(await node.add(bytes))
    expect(Buffer.compare(await collect(kubo.cat(added.cid)), bytes)).to.equal(0)
    expect(String((await kubo.add('hello')).cid)).to.equal(HELLO_V0)
    expect((await collect(kubo.cat(HELLO_V0))).toString()).to.equal('hello')
    expect(String((await kubo.add(new Uint8Array(0), { cidVersion: 1 })).cid)).to.equal(EMPTY_V1)
  })

  it('adds several files at once, and content that contains line ends and dashes', async () => {
    const files = ['\r\n--', '\r\n\r\n-----', ''].map((text, i) => ({ path: `a ${i}`, content: Buffer.from(text) }))
    const added = []
    for await (const each of kubo.addAll(files, { cidVersion: 1 })) added.push(each)
    expect(added.map((each) => each.path)).to.deep.equal(['a 0', 'a 1', 'a 2'])
    for (const [i, { cid }] of added.entries()) {
      expect(Buffer.compare(await collect(kubo.cat(cid)), files[i].content)).to.equal(0)
    }
  })

  it('stores nothing when only the hash is wanted', async () => {
    const { cid } = await kubo.add('only the hash', { cidVersion: 1, onlyHash: true })
    expect(await node.has(String(cid))).to.equal(false)
  })

  it('puts, stats and gets blocks', async () => {
    const cid = await kubo.block.put(Buffer.from('block'), { format: 'raw' })
    expect(String(cid)).to.equal(await node.add(Buffer.from('block'), { pin: false }))
    expect(await kubo.block.stat(cid)).to.deep.equal({ cid, size: 5 })
    expect(Buffer.from(await kubo.block.get(cid)).toString()).to.equal('block')
    const error = await errorOf(kubo.block.put(Buffer.from('no protobuf'), { format: 'dag-pb' }))
    expect(error.message).to.match(/STORAGE_CORRUPT/)
  })

  it('reads dag-pb nodes through the client’s own dag API', async () => {
    const { value } = await kubo.dag.get(CID.parse(await node.add(content(600_000))))
    expect(value.Links).to.have.length(3)
  })

  it('pins, lists and unpins', async () => {
    const { cid } = await kubo.add('pin me', { cidVersion: 1, pin: false })
    const pinned = async (): Promise<string[]> => {
      const all: string[] = []
      for await (const pin of kubo.pin.ls()) all.push(String(pin.cid))
      return all
    }
    expect(await pinned()).to.not.include(String(cid))
    expect(String(await kubo.pin.add(cid))).to.equal(String(cid))
    expect(await pinned()).to.include(String(cid))
    await kubo.pin.rm(cid)
    expect(await node.has(String(cid))).to.equal(false)
    expect((await errorOf(kubo.pin.rm(cid))).message).to.match(/not pinned/)
  })

  it('says that it does not know the rest, in the client’s own error', async () => {
    expect((await errorOf(kubo.files.stat('/'))).message).to.match(/files\/stat is not supported by this node/)
    expect((await errorOf(kubo.add('x', { trickle: true }))).message).to.match(/trickle is not supported/)
    expect((await errorOf(kubo.add('x', { chunker: 'size-1048576' }))).message).to.match(/must be size-262144/)
    expect((await errorOf(kubo.add('x', { wrapWithDirectory: true }))).message).to.match(/not supported/)
  })

  it('answers bad arguments with an error, and stays up', async () => {
    for (const path of ['cat', 'cat?arg=x', 'block/get?arg=', 'add?cid-version=7', 'add', 'constructor', 'block/put']) {
      const { status, body } = await post(`/api/v0/${path}`)
      expect(status, path).to.be.within(400, 501)
      expect(JSON.parse(body).Message, path).to.be.a('string')
    }
    expect((await errorOf(collect(kubo.cat(EMPTY_V1.replace('hdw', 'hdx'))))).message).to.match(/STORAGE_NOT_FOUND/)
  })

  it('is closed to web pages, to names that point at this machine, and to GET', async () => {
    expect((await post('/api/v0/id', { origin: 'https://example.org' })).status).to.equal(403)
    expect((await post('/api/v0/id', { referer: 'https://example.org/' })).status).to.equal(403)
    expect((await post('/api/v0/id', { host: 'rebound.example.org' })).status).to.equal(403)
    expect((await post('/api/v0/id', {}, 'GET')).status).to.equal(405)
    expect((await post('/api/v0/id')).status).to.equal(200)
  })
})
