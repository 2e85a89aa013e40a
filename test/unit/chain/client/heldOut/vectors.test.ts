/** The bytes of splitting, drawing and sealing, recorded from the daemon's first implementation on Node's own Buffer. */
import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { drawHeldOut, sealHeldOut, splitOwnText } from '../../../../../chain/client/heldOut/index.ts'

const VECTOR = {
  own: 'a8e3df6f1972b15f9db1d5de2b1bd3a8d4720776768498ebc417d8b5c0ee26cd',
  train: '772096ad9d5db2e6d72efad90faaee85462c09a1a9e0aa7d92246d5d43e0d3ca',
  reserve: '12d0634439f6f8dac21f94cded3c0a5f65d82a723b2d6696c94b329bcb6bcbae',
  sets: [
    '031854ce002b1076d156c99c6f7aed139fd8d3d4269383893627f455f708c318',
    'f181c4fbdb13161b900c151cbaadcca678ce20d13ed98925087bcc11c168cac8',
    '6f6a1260135ab6885eb0960beeb00f041b9738d68f4b1ea5f5567026639effe5',
  ],
  head: 'f3c9fee073f0446eb7b5c30ff1fcc830a16692e6b586885a7c03a3f35450b1ce',
  lastKey: 'ecd80e69902a012155ccb87b0fae6106d72fb5fdc8605b5ddb9fe55fd60d9b86',
  ciphertexts: [
    '98561d86d89a1335956de51e92d2dddc979abdc978ff3a32a40552fd16eb0cfa',
    'ab8a09e12d4db662a8aec74d2aee46299f1f687af5247d243468968bfce6186d',
    '6fc553af19626bb8f6ca08b8b6868395ae4e0fb89d66b5d45c6485aa9b797410',
  ],
  roots: [
    '20b99f4c4c6f751835be8135666b55e07cf81fd6fdd86225a7e9cf5f6231c993',
    '0af1b813eca61b1f48623183f7b930530a01de283c30ddbcd777d858f5ab8539',
    'ad48f2e2328a8ca9a9ec346c6a7895069174feee9bb4b30deabc9138de1f36aa',
  ],
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const ownText = (): Uint8Array =>
  new TextEncoder().encode(
    Array.from(
      { length: 9_000 },
      (_, i) => `line ${i}${i % 7 === 0 ? ' \u00e9\u00a0' : ''} of the vector text ${(i * 7_919) % 1_009}`,
    ).join('\n'),
  )

describe('held-out sets of the page', () => {
  it('are the very bytes that the daemon always made', async () => {
    const seed = new Uint8Array(32).fill(7)
    const own = ownText()
    expect(hashOf(own)).to.equal(VECTOR.own)
    const { train, reserve } = splitOwnText(own, seed)
    expect([hashOf(train), hashOf(reserve)]).to.deep.equal([VECTOR.train, VECTOR.reserve])
    const { sets } = drawHeldOut({ reserve, train, seed, rounds: 3, bytesPerRound: 4_096 })
    expect(sets.map(hashOf)).to.deep.equal(VECTOR.sets)
    const sealed = await sealHeldOut({ sets, seed })
    expect([sealed.head, sealed.keys[2]]).to.deep.equal([VECTOR.head, VECTOR.lastKey])
    expect(sealed.sets.map((set) => hashOf(set.ciphertext))).to.deep.equal(VECTOR.ciphertexts)
    expect(sealed.sets.map((set) => set.root)).to.deep.equal(VECTOR.roots)
  })

  it('need nothing of Node: no Buffer, no node module', async () => {
    const buffer = globalThis.Buffer
    try {
      Reflect.deleteProperty(globalThis, 'Buffer')
      const seed = new Uint8Array(32).fill(7)
      const { train, reserve } = splitOwnText(ownText(), seed)
      const { sets } = drawHeldOut({ reserve, train, seed, rounds: 1, bytesPerRound: 1_024 })
      expect((await sealHeldOut({ sets, seed })).keys.length).to.equal(1)
    } finally {
      globalThis.Buffer = buffer
    }
  })
})
