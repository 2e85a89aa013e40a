/** Test sets: drawn by a secret, sealed by a chain of keys, and refused when anything about them changed. */
import { createDecipheriv, createHash } from 'node:crypto'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  DataTextError,
  drawHeldOut,
  HeldOutError,
  openHeldOut,
  sealHeldOut,
  splitOwnText,
} from '../../../../workers/data/index.ts'

const seed = (n: number): Uint8Array => new Uint8Array(32).fill(n)
const sha256 = (...parts: Uint8Array[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
/** Lines that tell where they come from. */
const text = (name: string, lines: number): Uint8Array =>
  Buffer.from(Array.from({ length: lines }, (_, i) => `${name} line ${i} of some length\n`).join(''))

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error) => error,
  )
}

describe('own text', () => {
  it('is split without loss, by the secret seed alone', () => {
    const own = text('own', 10_000)
    const { train, reserve } = splitOwnText(own, seed(1))
    expect(train.length + reserve.length).to.equal(own.length)
    expect(reserve.length / own.length).to.be.within(0.18, 0.24)
    expect(splitOwnText(own, seed(1))).to.deep.equal({ train, reserve })
    expect(Buffer.compare(splitOwnText(own, seed(2)).reserve, reserve)).to.not.equal(0)
  })

  it('is cut at line ends, and also when it has none', () => {
    const { train, reserve } = splitOwnText(text('own', 10_000), seed(1))
    for (const part of [train, reserve]) {
      for (const line of Buffer.from(part).toString().trimEnd().split('\n'))
        expect(line).to.match(/^own line \d+ of some length$/)
    }
    const flat = Buffer.alloc(200_000, 'no line end ')
    const split = splitOwnText(flat, seed(1))
    expect(split.train.length + split.reserve.length).to.equal(flat.length)
  })

  it('is refused when it is empty, short, or no text', () => {
    expect(() => splitOwnText(new Uint8Array(0), seed(1))).to.throw(DataTextError, /0 bytes/)
    expect(() => splitOwnText(text('own', 10), seed(1))).to.throw(DataTextError, /131072 are the least/)
    expect(() => splitOwnText(new Uint8Array(200_000).fill(0xff), seed(1))).to.throw(DataTextError, /UTF-8/)
  })
})

describe('held-out sets', () => {
  const reserve = text('reserve', 5_000)
  const train = text('train', 5_000)
  const draw = (options: Partial<Parameters<typeof drawHeldOut>[0]> = {}) =>
    drawHeldOut({ reserve, train, seed: seed(1), rounds: 3, bytesPerRound: 16_384, ...options })

  it('lie where only the seed tells', () => {
    expect(draw()).to.deep.equal(draw())
    const [first] = draw().sets
    expect(Buffer.compare(draw({ seed: seed(2) }).sets[0], first)).to.not.equal(0)
  })

  it('never share a byte of the reserve between rounds', () => {
    const windows = draw().sets.flatMap((set) =>
      Array.from({ length: 16 }, (_, i) => Buffer.from(set.subarray(i * 1_024, (i + 1) * 1_024)).toString()),
    )
    const places = windows.map((window) => Buffer.from(reserve).indexOf(window)).sort((a, b) => a - b)
    expect(places[0]).to.be.at.least(0)
    places.slice(1).forEach((place, i) => {
      expect(place - places[i]).to.be.at.least(1_024)
    })
  })

  it('hold no line that trainers have seen, and say how much was dropped', () => {
    const half = Buffer.from(reserve).subarray(0, reserve.length / 2)
    const { sets, overlap } = draw({ train: Buffer.concat([train, half]) })
    expect(overlap).to.be.closeTo(0.5, 0.001)
    const seen = new Set(half.toString().split('\n'))
    for (const set of sets) {
      const lines = Buffer.from(set)
        .toString()
        .split('\n')
        .filter((line) => /^reserve line \d+ of some length$/.test(line))
      for (const line of lines) expect(seen.has(line), line).to.equal(false)
    }
    expect(draw().overlap).to.equal(0)
  })

  it('keep short lines, which are form rather than content', () => {
    const braces = Buffer.from(`${'  }\n'.repeat(30_000)}`)
    expect(draw({ reserve: braces, train: Buffer.from('}\n') }).overlap).to.equal(0)
  })

  it('are refused when the reserve is too small for them', () => {
    expect(() => draw({ reserve: text('reserve', 100) })).to.throw(DataTextError, /need 48 KiB/)
    expect(() => draw({ train: reserve })).to.throw(DataTextError, /it has 0/)
  })

  it('may end in the middle of a window', () => {
    const { sets } = draw({ rounds: 2, bytesPerRound: 1_500 })
    expect(sets.map((set) => set.length)).to.deep.equal([1_500, 1_500])
  })
})

describe('sealed sets', () => {
  const sets = [text('a', 100), text('b', 200), text('c', 1)]

  it('open with their own key to what was sealed', async () => {
    const sealed = await sealHeldOut({ sets, seed: seed(1) })
    for (const [i, { ciphertext, root, bytes }] of sealed.sets.entries()) {
      const plain = await openHeldOut({ ciphertext, key: sealed.keys[i], root })
      expect(Buffer.compare(plain, sets[i])).to.equal(0)
      expect(bytes).to.equal(plain.length)
    }
  })

  it('have keys in a hash chain down to the head, so that one opens none after it', async () => {
    const { keys, head } = await sealHeldOut({ sets, seed: seed(1) })
    expect(keys).to.have.length(3)
    expect(sha256(Buffer.from(keys[0], 'hex')).toString('hex')).to.equal(head)
    for (const i of [0, 1]) expect(sha256(Buffer.from(keys[i + 1], 'hex')).toString('hex')).to.equal(keys[i])
  })

  it('never meet a key twice: other text under the same seed has other keys', async () => {
    const one = await sealHeldOut({ sets, seed: seed(1) })
    const other = await sealHeldOut({ sets: [sets[0], sets[1], text('d', 1)], seed: seed(1) })
    expect(one.keys.filter((key) => other.keys.includes(key))).to.deep.equal([])
    expect(await sealHeldOut({ sets, seed: seed(1) })).to.deep.equal(one)
  })

  it('are AES-256-GCM and RFC 6962, as another implementation reads them', async () => {
    const sealed = await sealHeldOut({ sets: [text('x', 50)], seed: seed(1) })
    const [{ ciphertext, root }] = sealed.sets
    const cipher = createDecipheriv('aes-256-gcm', Buffer.from(sealed.keys[0], 'hex'), Buffer.alloc(12))
    cipher.setAAD(Buffer.from('blyan/heldout/1'))
    cipher.setAuthTag(ciphertext.subarray(-16))
    const plain = Buffer.concat([cipher.update(ciphertext.subarray(0, -16)), cipher.final()])
    expect(Buffer.compare(plain, text('x', 50))).to.equal(0)
    expect(plain.length).to.be.within(1_025, 2_048) // two leaves
    const leaves = [plain.subarray(0, 1_024), plain.subarray(1_024)].map((kib) => sha256(Buffer.of(0), sha256(kib)))
    expect(sha256(Buffer.of(1), ...leaves).toString('hex')).to.equal(root)
  })

  it('refuse a wrong key, a changed byte anywhere, and another plaintext than was promised', async () => {
    const sealed = await sealHeldOut({ sets, seed: seed(1) })
    const [{ ciphertext, root }, second] = sealed.sets
    const refused = async (changed: Partial<Parameters<typeof openHeldOut>[0]>): Promise<void> => {
      const error = await errorOf(openHeldOut({ ciphertext, key: sealed.keys[0], root, ...changed }))
      expect(error).to.be.instanceOf(HeldOutError)
    }
    for (const key of [sealed.keys[1], sealed.head, '', 'zz'.repeat(32), sealed.keys[0].toUpperCase()])
      await refused({ key })
    await refused({ root: second.root })
    await refused({ ciphertext: new Uint8Array(3) })
    await fc.assert(
      fc.asyncProperty(fc.nat(ciphertext.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const changed = Uint8Array.from(ciphertext)
        changed[at] ^= by
        await refused({ ciphertext: changed })
      }),
      { numRuns: 60 },
    )
  })
})
