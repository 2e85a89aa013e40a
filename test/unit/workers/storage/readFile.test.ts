/** Files from hostile DAGs: whatever the nodes claim, the reader allocates and fetches no more than the caller allows. */
import { encode, prepare } from '@ipld/dag-pb'
import { expect } from 'chai'
import { UnixFS } from 'ipfs-unixfs'
import type { CID } from 'multiformats/cid'
import { blockKey, cidOf, DAG_PB, RAW } from '../../../../workers/storage/cid.ts'
import { readFile } from '../../../../workers/storage/readFile.ts'
import { errorOf } from './world.ts'

const blocks = new Map<string, Uint8Array>()
let asked = 0

function keep(bytes: Uint8Array, codec: number): CID {
  const cid = cidOf(bytes, codec)
  blocks.set(blockKey(cid), bytes)
  return cid
}
const leaf = (text: string): CID => keep(Buffer.from(text), RAW)
const node = (
  links: CID[],
  sizes: number[],
  { type = 'file', data = '' }: { type?: 'file' | 'directory'; data?: string } = {},
): CID => {
  const unixfs = new UnixFS({ type, blockSizes: sizes.map(BigInt), data: data ? Buffer.from(data) : undefined })
  return keep(encode(prepare({ Data: unixfs.marshal(), Links: links.map((Hash) => ({ Hash, Tsize: 1 })) })), DAG_PB)
}
const read = (root: CID, maxBytes = 1_000): Promise<Uint8Array> =>
  readFile(
    root,
    async (cid) => {
      asked++
      return blocks.get(blockKey(cid))!
    },
    maxBytes,
  )

describe('reading a file', () => {
  beforeEach(() => {
    asked = 0
  })

  it('joins pieces of any depth in order, with bytes that nodes hold themselves', async () => {
    const inner = node([leaf('cd'), leaf('ef')], [2, 2])
    const root = node([inner, leaf('gh')], [4, 2], { data: 'ab' })
    expect(Buffer.from(await read(root)).toString()).to.equal('abcdefgh')
  })

  it('refuses a claim of petabytes before asking for a single piece', async () => {
    const root = node([leaf('x'), leaf('y')], [2 ** 50, 1])
    expect((await errorOf(read(root))).code).to.equal('STORAGE_TOO_LARGE')
    expect(asked).to.equal(1)
  })

  it('refuses pieces that are longer or shorter than their parent says', async () => {
    expect((await errorOf(read(node([leaf('abc')], [2])))).code).to.equal('STORAGE_CORRUPT')
    expect((await errorOf(read(node([leaf('abc')], [4])))).code).to.equal('STORAGE_CORRUPT')
  })

  it('refuses nodes without one size for each link, and links to nothing', async () => {
    expect((await errorOf(read(node([leaf('a'), leaf('b')], [1])))).code).to.equal('STORAGE_CORRUPT')
    expect((await errorOf(read(node([leaf('')], [0])))).code).to.equal('STORAGE_CORRUPT')
  })

  it('refuses a DAG that unfolds into millions of pieces, and one that is too deep', async () => {
    const many = Array.from({ length: 900 }, () => leaf('a'))
    expect(
      (
        await errorOf(
          read(
            node(
              many,
              many.map(() => 1),
            ),
          ),
        )
      ).code,
    ).to.equal('STORAGE_CORRUPT')
    expect(asked).to.equal(1)
    let deep = leaf('a')
    for (let i = 0; i < 12; i++) deep = node([deep], [1])
    expect((await errorOf(read(deep))).code).to.equal('STORAGE_CORRUPT')
  })

  it('says that a directory is no file, and that a malformed block is none', async () => {
    expect((await errorOf(read(node([], [], { type: 'directory' })))).code).to.equal('STORAGE_BAD_CID')
    expect((await errorOf(read(keep(Buffer.from('no protobuf'), DAG_PB)))).code).to.equal('STORAGE_CORRUPT')
    expect((await errorOf(read(keep(Buffer.from('{}'), 0x0200)))).code).to.equal('STORAGE_BAD_CID')
  })
})
