/** The built-in node: its CIDs, its folder, its peers, and everything that can go wrong with them. */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { addFile } from '../../../../workers/storage/addFile.ts'
import { kuboStorage, StorageFullError, storageNode } from '../../../../workers/storage/index.ts'
import { behavesLikeContentStore } from './behavesLikeContentStore.ts'
import { content, errorOf, makeWorld } from './world.ts'

const vectors: { bytes: number; cid: string; dagBytes: number; v0: string }[] = JSON.parse(
  await readFile(new URL('../../../fixtures/storage/cids.json', import.meta.url), 'utf8'),
)

behavesLikeContentStore('the built-in node', (world) => world.node())
behavesLikeContentStore('a Kubo by URL', async (world) => {
  const node = await world.node()
  const kubo = kuboStorage({ url: node.urls.rpc! })
  await kubo.start()
  expect(kubo.id).to.equal(node.id)
  return kubo
})

describe('storage CIDs', () => {
  for (const { bytes, cid, dagBytes, v0 } of vectors) {
    it(`equal Kubo's for a file of ${bytes} bytes`, async () => {
      const nowhere = { put: async () => {} }
      const added = await addFile(content(bytes), nowhere)
      expect({ cid: String(added.cid), dagBytes: added.dagBytes }).to.deep.equal({ cid, dagBytes })
      if (bytes > 11_000_000) return // the same tree again
      expect(String((await addFile(content(bytes), nowhere, { cidVersion: 0 })).cid)).to.equal(v0)
    })
  }
})

describe('storage node', () => {
  const world = makeWorld()
  afterEach(() => world.end())

  const files = async (dir: string): Promise<string[]> =>
    (await readdir(dir, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile() && entry.name !== 'identity.pem')
      .map((entry) => entry.name)
      .sort()

  it('keeps content, pins and its own name over a restart', async () => {
    const first = await world.node()
    const { id, dir } = first
    const cid = await first.add(content(300_000))
    await first.stop()
    const second = await world.node({ dir })
    expect(second.id).to.equal(id)
    await second.unpin([]) // collects: the pin must protect it
    expect((await second.cat(cid, { maxBytes: 300_000 })).length).to.equal(300_000)
  })

  it('keeps its key to itself', async () => {
    const { dir } = await world.node()
    expect((await stat(join(dir, 'identity.pem'))).mode & 0o077).to.equal(0)
  })

  it('drops what no pin needs, and keeps blocks that another pin shares', async () => {
    const node = await world.node()
    const long = content(262_144 * 3)
    const short = long.slice(0, 262_144 * 2) // shares its two blocks
    const longCid = await node.add(long)
    const shortCid = await node.add(short)
    await node.unpin(longCid)
    expect(await node.has(longCid)).to.equal(false)
    expect(await node.has(shortCid)).to.equal(true)
    await node.unpin([shortCid])
    expect(await files(node.dir)).to.deep.equal([])
  })

  it('does not collect what is being added at the same time', async () => {
    const node = await world.node()
    const adds = Array.from({ length: 8 }, (_, i) => node.add(content(300_000 + i)))
    const collections = Array.from({ length: 4 }, () => node.unpin([]))
    const [cids] = await Promise.all([Promise.all(adds), Promise.all(collections)])
    for (const cid of cids) expect(await node.has(cid)).to.equal(true)
  })

  it('keeps the unpinned until the next collection', async () => {
    const node = await world.node()
    const cid = await node.add(content(10), { pin: false })
    expect(await node.has(cid)).to.equal(true)
    await node.unpin([])
    expect(await node.has(cid)).to.equal(false)
  })

  it('leaves nothing partial when the disk is full, and works again when it is not', async () => {
    let room = 2
    const write = async (path: string, bytes: Uint8Array): Promise<void> => {
      if (room-- > 0) return writeFile(path, bytes)
      await writeFile(path, bytes.subarray(0, bytes.length / 2)) // a disk takes what fits
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    }
    const node = await world.node({ write })
    const error = await errorOf(node.add(content(1_000_000)))
    expect(error).to.be.instanceOf(StorageFullError)
    expect(error.message).to.match(/is full/)
    expect(await readdir(join(node.dir, 'tmp'))).to.deep.equal([])
    expect(await readdir(join(node.dir, 'pins'))).to.deep.equal([])
    await node.unpin([])
    expect(await files(node.dir)).to.deep.equal([])
    room = 100
    expect(await node.has(await node.add(content(1_000_000)))).to.equal(true)
  })

  it('clears away what a killed process was writing', async () => {
    const dir = await world.dir()
    await mkdir(join(dir, 'tmp'))
    await writeFile(join(dir, 'tmp', '1-0'), 'half a bl')
    await world.node({ dir })
    expect(await files(dir)).to.deep.equal([])
  })

  it('never gives out a block that rotted on disk: it counts as missing and is fetched again', async () => {
    const [holder, peer] = [await world.node(), await world.node()]
    const cid = await holder.add(content(1_000))
    await peer.add(content(1_000))
    const [block] = (await files(holder.dir)).filter((name) => name.length === 64)
    const path = join(holder.dir, 'blocks', block.slice(0, 2), block)
    await writeFile(path, 'rotten')
    expect((await errorOf(holder.cat(cid, { maxBytes: 1_000 }))).code).to.equal('STORAGE_NOT_FOUND')
    const bytes = await holder.cat(cid, { maxBytes: 1_000, from: [peer.urls.gateway!] })
    expect(Buffer.compare(bytes, content(1_000))).to.equal(0)
    expect((await readFile(path)).length).to.equal(1_000)
  })

  it('says which port is in use, and leaves no door open', async () => {
    const first = await world.node()
    const taken = Number(new URL(first.urls.gateway!).port)
    const second = storageNode({ dir: await world.dir(), gatewayPort: taken })
    const error = await errorOf(second.start())
    expect(error.code).to.equal('STORAGE_PORT_IN_USE')
    expect(error.message).to.match(new RegExp(`127.0.0.1:${taken}`))
    expect(second.urls).to.deep.equal({ rpc: null, gateway: null })
  })

  it('says that its folder cannot be used', async () => {
    const dir = join(await world.dir(), 'file')
    await writeFile(dir, '')
    expect((await errorOf(storageNode({ dir: join(dir, 'below') }).start())).code).to.equal('STORAGE_IO')
  })
})

describe('storage node and its peers', () => {
  const world = makeWorld()
  afterEach(() => world.end())

  it('takes nothing from a peer that lies, and asks the next', async () => {
    const holder = await world.node()
    const cid = await holder.add(content(600_000))
    const liar = await world.peer((_, response) => response.end('not that block'))
    const node = await world.node()
    const bytes = await node.cat(cid, { maxBytes: 600_000, from: [liar, holder.urls.gateway!] })
    expect(Buffer.compare(bytes, content(600_000))).to.equal(0)
    const alone = await world.node()
    const error = await errorOf(alone.cat(cid, { maxBytes: 600_000, from: [liar] }))
    expect(error.code).to.equal('STORAGE_CORRUPT')
    expect(error.fault).to.equal('peer')
    expect(await alone.has(cid)).to.equal(false)
  })

  it('does not wait for ever for a peer that is silent', async () => {
    const silent = await world.peer(() => {})
    const node = await world.node({ blockTimeoutMs: 50 })
    const cid = await (await world.node()).add(content(9))
    expect((await errorOf(node.cat(cid, { maxBytes: 9, from: [silent] }))).code).to.equal('STORAGE_TIMEOUT')
  })

  it('asks a dead peer once a file, not once a block', async () => {
    let asked = 0
    const dead = await world.peer((_, response) => {
      asked++
      response.writeHead(500).end()
    })
    const holder = await world.node()
    const cid = await holder.add(content(3_000_000))
    const node = await world.node()
    await node.cat(cid, { maxBytes: 3_000_000, from: [dead, holder.urls.gateway!] })
    expect(asked).to.equal(1)
  })

  it('reads no more than one block from a peer that never stops sending', async () => {
    let sent = 0
    const flood = await world.peer((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536
        response.once('drain', more)
      }
      more()
    })
    const node = await world.node()
    const cid = await (await world.node()).add(content(9))
    expect((await errorOf(node.cat(cid, { maxBytes: 9, from: [flood] }))).code).to.equal('STORAGE_CORRUPT')
    expect(sent).to.be.below(64 * 1024 * 1024) // 2 MiB and what the sockets had buffered
  })

  it('follows no redirect, and no address that is not http', async () => {
    const holder = await world.node()
    const cid = await holder.add(content(9))
    const elsewhere = await world.peer((request, response) => {
      response.writeHead(302, { location: `${holder.urls.gateway}${request.url}` }).end()
    })
    const node = await world.node()
    const from = [elsewhere, `file://${holder.dir}`, 'nonsense', 'http://127.0.0.1:1']
    expect((await errorOf(node.cat(cid, { maxBytes: 9, from }))).code).to.equal('STORAGE_NOT_FOUND')
  })

  it('asks its own peers when a call names none', async () => {
    const holder = await world.node()
    const cid = await holder.add(content(9))
    const node = await world.node({ peers: [`${holder.urls.gateway}/`] })
    expect((await node.cat(cid, { maxBytes: 9 })).length).to.equal(9)
  })
})
