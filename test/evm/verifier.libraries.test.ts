/** The receipt's encoding and trees in Solidity against contracts/near/lib/pure, which everybody else uses. */
import { expect } from 'chai'
import fc from 'fast-check'
import {
  climb,
  decodeReceipt,
  encodeReceipt,
  findGaps,
  fromHex,
  type Receipt,
  taintedRoot,
  toHex,
} from '../../chain/client/protocol.ts'
import { keccak256 } from '../../chain/lib/hash.ts'
import { proveUntainted } from '../../contracts/near/lib/pure/tainted.ts'
import { type Deployed, type EvmNetwork, refusal, revertOf, startEvmNetwork } from '../fixtures/evmNetwork.ts'
import {
  gapArgument,
  hex0x,
  makeReceipt,
  makeReceiptChain,
  makeSparseTree,
  sealedRoot,
} from '../fixtures/receiptChain.ts'
import vectors from '../fixtures/vectors/pure.json' with { type: 'json' }

const SEED = 20_261_121
const anyText = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 256,
})
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const anyHash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex)
const u8 = fc.integer({ min: 0, max: 255 })
const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const anyReceipt: fc.Arbitrary<Receipt> = fc.record({
  version: fc.constant(1 as const),
  index: u64.map(String),
  task: u64.map(String),
  round: u32,
  worker: anyText,
  base: anyHash,
  delta: anyText,
  gain: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)),
  validators: u8,
  samples: u8,
  certainty: u8,
  pool: u32,
  smallPool: fc.boolean(),
  profile: fc.constantFrom('canonical' as const, 'native' as const),
  beacon: fc.constantFrom('near' as const, 'drand' as const),
  reward: fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map(String),
  settledAt: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  previous: anyHash,
})

/** The struct of the contract, as a receipt of ours. */
interface SolidityReceipt {
  index: bigint
  task: bigint
  round: number
  base: string
  hasGain: boolean
  gain: bigint
  validators: number
  samples: number
  certainty: number
  pool: number
  smallPool: boolean
  profile: number
  beacon: number
  reward: bigint
  settledAt: bigint
  previous: string
  worker: string
  delta: string
}

function toReceipt(fields: SolidityReceipt): Receipt {
  const { hasGain, gain, ...rest } = fields
  return {
    ...rest,
    version: 1,
    index: String(rest.index),
    task: String(rest.task),
    base: rest.base.slice(2),
    gain: hasGain ? String(gain) : null,
    profile: (['canonical', 'native'] as const)[rest.profile]!,
    beacon: (['near', 'drand'] as const)[rest.beacon]!,
    reward: String(rest.reward),
    settledAt: Number(rest.settledAt),
    previous: rest.previous.slice(2),
  }
}

describe('receipt libraries in Solidity', function () {
  this.timeout(60_000)
  let evm: EvmNetwork
  let libraries: Deployed

  before(async () => {
    evm = await startEvmNetwork()
    libraries = await evm.deploy('ReceiptLibraries')
  })
  after(() => evm.close())

  const decode = async (bytes: Uint8Array): Promise<Receipt> =>
    toReceipt(await evm.read(libraries, 'decode', [hex0x(toHex(bytes))]))
  /** What Solidity and TypeScript make of the same bytes: a receipt, or a refusal by both. */
  const both = async (bytes: Uint8Array): Promise<[Receipt | 'refused', Receipt | 'refused']> => {
    const solidity = await decode(bytes).catch((error) => {
      if (revertOf(error).name.startsWith('ReceiptCodec')) return 'refused' as const
      throw error
    })
    let typescript: Receipt | 'refused'
    try {
      typescript = decodeReceipt(bytes)
    } catch {
      typescript = 'refused'
    }
    return [solidity, typescript]
  }

  it('decodes any receipt to the fields it was encoded from', async () => {
    await fc.assert(
      fc.asyncProperty(anyReceipt, async (receipt) => {
        expect(await decode(encodeReceipt(receipt))).to.deep.equal(receipt)
      }),
      { seed: SEED, numRuns: 120 },
    )
  })

  it('makes of any altered, cut or lengthened bytes what TypeScript makes of them: another receipt, or none', async () => {
    const change = fc.oneof(
      fc.record({ kind: fc.constant('set' as const), at: fc.nat(), byte: u8 }),
      fc.record({ kind: fc.constant('flip' as const), at: fc.nat(), bit: fc.integer({ min: 0, max: 7 }) }),
      fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
      fc.record({ kind: fc.constant('append' as const), bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }) }),
    )
    let refused = 0
    await fc.assert(
      fc.asyncProperty(anyReceipt, change, async (receipt, changed) => {
        const bytes = encodeReceipt(receipt)
        const altered = alter(bytes, changed)
        const [solidity, typescript] = await both(altered)
        expect(solidity).to.deep.equal(typescript)
        if (solidity === 'refused') refused++
        else if (toHex(altered) !== toHex(bytes)) expect(solidity).to.not.deep.equal(receipt)
      }),
      { seed: SEED, numRuns: 300 },
    )
    expect(refused).to.be.within(60, 240)
  })

  it('refuses, byte by byte, every change that canonical bytes do not allow', async () => {
    const bytes = encodeReceipt(makeReceipt(4, { gain: null }))
    const seen: Record<string, number> = {}
    for (let at = 0; at < bytes.length; at++) {
      const altered = bytes.slice()
      altered[at] = bytes[at]! ^ 0x80
      const [solidity, typescript] = await both(altered)
      expect(solidity, `byte ${at}`).to.deep.equal(typescript)
      seen[solidity === 'refused' ? 'refused' : 'another'] =
        (seen[solidity === 'refused' ? 'refused' : 'another'] ?? 0) + 1
    }
    // Refused: version 2, gain's flag and 8 zero bytes, three flags, top bytes of the time, two lengths, letters.
    const letters = makeReceipt(4).worker.length + makeReceipt(4).delta.length
    expect(seen.refused).to.equal(2 + 9 + 3 + 2 + 4 + letters)
  })

  it('knows each edge of a printable letter, in the first 32 and in the last few', async () => {
    for (const length of [1, 31, 32, 33, 64, 255, 256]) {
      const bytes = encodeReceipt(makeReceipt(1, { worker: 'w'.repeat(length) }))
      for (const position of new Set([0, length - 1])) {
        for (const [code, allowed] of [
          [0x20, false],
          [0x21, true],
          [0x7e, true],
          [0x7f, false],
          [0x80, false],
          [0xff, false],
          [0, false],
        ] as const) {
          const altered = bytes.slice()
          altered[131 + position] = code
          const [solidity, typescript] = await both(altered)
          expect(solidity, `${length} letters, ${code} at ${position}`).to.deep.equal(typescript)
          expect(solidity !== 'refused').to.equal(allowed)
        }
      }
    }
  })

  it('climbs from any leaf of a tree of up to 300 to the root that NEAR keeps, and with no other index, size or path', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 300 }), fc.nat(), fc.nat(), async (size, pick, other) => {
        const receipts = chainsBySize(size)
        const index = pick % size
        const path = receipts.path(index)
        const rootOf = async (i: number, s: number, p: readonly string[]): Promise<string> => {
          const bag = await evm.read<string>(libraries, 'climb', [receipts.leaves[index]!, BigInt(i), BigInt(s), p])
          return evm.read<string>(libraries, 'sealRoot', [BigInt(s), bag])
        }
        const refused = async (i: number, s: number, p: readonly string[]): Promise<boolean> =>
          (await rootOf(i, s, p).catch((error) => revertOf(error).name)) !== receipts.root
        expect(await rootOf(index, size, path)).to.equal(receipts.root)
        expect(await refused((index + 1 + (other % 300)) % 301, size, path)).to.equal(true)
        expect(await refused(index, size + 1 + (other % 300), path)).to.equal(true)
        expect(await refused(index, size, [...path, path[0] ?? receipts.root])).to.equal(true)
        if (path.length > 0) expect(await refused(index, size, path.slice(1))).to.equal(true)
      }),
      { seed: SEED, numRuns: 60 },
    )
  })

  it('climbs a tree of ten million as TypeScript does, to its first, last and middle leaves', async () => {
    const size = 10_000_000
    const leaf = toHex(keccak256(encodeReceipt(makeReceipt(3))))
    for (const index of [0, 1, size / 2, size - 2, size - 1]) {
      const { bag, path } = makeSparseTree(leaf, index, size)
      const proof = path.map((each) => each.slice(2))
      expect(toHex(climb(keccak256, fromHex(leaf), { index, size, proof })!)).to.equal(bag)
      expect(await evm.read(libraries, 'climb', [hex0x(leaf), BigInt(index), BigInt(size), path])).to.equal(hex0x(bag))
      expect(await evm.read(libraries, 'sealRoot', [BigInt(size), hex0x(bag)])).to.equal(sealedRoot(size, bag))
    }
  })

  it('reads the receipts, roots and paths that an independent program in Python wrote', async () => {
    for (const { receipt, bytes } of vectors.receipts) expect(await decode(fromHex(bytes))).to.deep.equal(receipt)
    for (const { size, leaves, index, mmrRoot, mmrProof } of vectors.trees) {
      const path = mmrProof.map(hex0x)
      const args = [hex0x(leaves[index]!), BigInt(index), BigInt(size), path]
      const bag = await evm.read(libraries, 'climb', args)
      expect(await evm.read(libraries, 'sealRoot', [BigInt(size), bag]), `${size}`).to.equal(hex0x(mmrRoot))
    }
  })

  it('hashes gaps as NEAR does, and climbs to the root over them', async () => {
    const tainted = [0, 3, 4, 9, 40]
    const root = taintedRoot(keccak256, 50, tainted)
    for (const { from } of findGaps(50, tainted)) {
      const gap = gapArgument(proveUntainted(keccak256, 50, tainted, from)!)
      const leaf = await evm.read(libraries, 'hashGap', [gap.from, gap.until])
      expect(await evm.read(libraries, 'climb', [leaf, gap.position, gap.gaps, gap.path])).to.equal(hex0x(root))
    }
  })

  it('ends with an error, not with gas, on an index at or beyond the size', async () => {
    const leaf = hex0x('11'.repeat(32))
    for (const [index, size] of [
      [0n, 0n],
      [1n, 1n],
      [2n ** 64n - 1n, 2n ** 64n - 1n],
    ]) {
      expect(await refusal(evm.read(libraries, 'climb', [leaf, index, size, []]))).to.equal('ReceiptTreePath')
    }
  })
})

const chains = new Map<number, ReturnType<typeof makeReceiptChain>>()
function chainsBySize(size: number): ReturnType<typeof makeReceiptChain> {
  const known = chains.get(size) ?? makeReceiptChain(size)
  chains.set(size, known)
  return known
}

type Change =
  | { kind: 'set'; at: number; byte: number }
  | { kind: 'flip'; at: number; bit: number }
  | { kind: 'cut'; at: number }
  | { kind: 'append'; bytes: Uint8Array }

function alter(bytes: Uint8Array, change: Change): Uint8Array {
  const altered = bytes.slice()
  switch (change.kind) {
    case 'set':
      altered[change.at % bytes.length] = change.byte
      return altered
    case 'flip':
      altered[change.at % bytes.length]! ^= 1 << change.bit
      return altered
    case 'cut':
      return altered.slice(0, change.at % bytes.length)
    case 'append':
      return new Uint8Array([...altered, ...change.bytes])
  }
}
