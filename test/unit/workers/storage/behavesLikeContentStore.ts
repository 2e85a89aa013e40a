/** What every content store must keep to: the built-in node, and a Kubo behind its RPC. */
import { expect } from 'chai'
import type { ContentStore } from '../../../../workers/storage/index.ts'
import { content, errorOf, makeWorld, type World } from './world.ts'

const ABSENT = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'

export function behavesLikeContentStore(name: string, make: (world: World) => Promise<ContentStore>): void {
  describe(`${name} behaves like a content store`, () => {
    const world = makeWorld()
    let store: ContentStore

    before(async () => {
      store = await make(world)
    })
    after(() => world.end())

    it('gives back what was added, from nothing to many blocks', async () => {
      for (const length of [0, 1, 262_144, 262_145, 1_600_000]) {
        const bytes = content(length)
        const cid = await store.add(bytes)
        expect(Buffer.compare(await store.cat(cid, { maxBytes: length }), bytes), String(length)).to.equal(0)
        expect(await store.has(cid)).to.equal(true)
      }
    })

    it('gives a stream the CID of the same bytes in one piece', async () => {
      const bytes = content(700_001)
      async function* pieces() {
        for (let at = 0; at < bytes.length; at += 99_999) yield bytes.subarray(at, at + 99_999)
      }
      expect(await store.add(pieces())).to.equal(await store.add(bytes))
    })

    it('refuses a file that is longer than the caller allows, by code', async () => {
      for (const length of [10, 600_000]) {
        const cid = await store.add(content(length))
        const error = await errorOf(store.cat(cid, { maxBytes: length - 1 }))
        expect(error.code).to.equal('STORAGE_TOO_LARGE')
      }
    })

    it('says that nobody serves an address, and does not claim to have it', async () => {
      expect((await errorOf(store.cat(ABSENT, { maxBytes: 100 }))).code).to.equal('STORAGE_NOT_FOUND')
      expect(await store.has(ABSENT)).to.equal(false)
      expect((await errorOf(store.pin(ABSENT))).code).to.equal('STORAGE_NOT_FOUND')
    })

    it('refuses what is no address', async () => {
      for (const text of ['', 'hello', 'bafkqaaa', 'x'.repeat(10_000)]) {
        expect((await errorOf(store.cat(text, { maxBytes: 1 }))).code, text.slice(0, 20)).to.equal('STORAGE_BAD_CID')
      }
    })

    it('stops when the caller has had enough', async () => {
      const signal = AbortSignal.abort(new Error('enough'))
      const cid = await store.add(content(5))
      expect((await errorOf(store.cat(cid, { maxBytes: 5, signal }))).message).to.equal('enough')
    })

    it('fetches what it lacks from a peer and then holds it', async () => {
      const peer = await world.node()
      const bytes = content(900_003)
      bytes[0] = 77 // not content of another test
      const cid = await peer.add(bytes)
      expect(await store.has(cid)).to.equal(false)
      const fetched = await store.cat(cid, { maxBytes: bytes.length, from: [peer.urls.gateway!] })
      expect(Buffer.compare(fetched, bytes)).to.equal(0)
      expect(await store.has(cid)).to.equal(true)
      await store.pin(cid)
    })

    it('lets go of a pin, and of one that never was', async () => {
      const cid = await store.add(Uint8Array.of(1, 2, 3, 4, 5, 6))
      await store.unpin([cid, ABSENT])
      await store.unpin(cid)
    })
  })
}
