/** A receipt in the page: five links, each by its evidence, and where each forgery stops. */
import { expect } from 'chai'
import {
  appendMmr,
  EMPTY_MMR,
  encodeReceipt,
  type Mmr,
  mmrProof,
  mmrRoot,
  type Receipt,
  receiptHash,
  ZERO_HASH,
} from '../../../../chain/client/protocol.ts'
import { keccak256 } from '../../../../chain/lib/hash.ts'
import { checkLinks, type KnownEvidence, meaning } from '../../../../frontend/src/page/receipt/links.ts'
import { readList, rpcAddress } from '../../../../frontend/src/page/receipt/readList.ts'

const receipts: Receipt[] = []
const hashes: string[] = []
for (let index = 0; index < 7; index++) {
  const receipt: Receipt = {
    version: 1,
    index: `${index}`,
    task: '1',
    round: index,
    worker: 'trainer-2.test.near',
    base: 'ab'.repeat(32),
    delta: 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy',
    gain: '31000',
    validators: 4,
    samples: 3,
    certainty: 50,
    pool: 9,
    smallPool: true,
    profile: 'canonical',
    beacon: 'near',
    reward: '10610000000000000000',
    settledAt: 1_700_000_000_000,
    previous: hashes.at(-1) ?? ZERO_HASH,
  }
  receipts.push(receipt)
  hashes.push(receiptHash(keccak256, receipt))
}
const range = hashes.reduce<Mmr>((sofar, hash) => appendMmr(keccak256, sofar, hash), EMPTY_MMR)
const list = { size: 7, root: mmrRoot(keccak256, range) }
const evidence = (index: number): Required<KnownEvidence> => ({
  index,
  bytes: encodeReceipt(receipts[index]!),
  hash: hashes[index]!,
  previous: hashes[index - 1] ?? ZERO_HASH,
  proof: { ...list, steps: mmrProof(keccak256, hashes, index) },
  list,
})
const states = (known: KnownEvidence) => checkLinks(known).links.map(({ state }) => state)

describe('a receipt checked in the page', () => {
  it('holds in all five links, at each place of the list', () => {
    for (let index = 0; index < 7; index++) expect(checkLinks(evidence(index)).verified, `${index}`).to.equal(true)
  })

  it('says what it is evidence of, with odds and the small pool, and never more', () => {
    const text = meaning(checkLinks(evidence(4)).check)
    expect(text).to.match(
      /^evidence that trainer-2\.test\.near’s round 5 of task 1 passed 3 samples by each of 4 validators/,
    )
    expect(text).to.include('caught 50 times in 100')
    expect(text).to.include('small pool: 9 operators')
  })

  it('waits for what has not come instead of calling it verified or broken', () => {
    const { previous: _, proof: __, list: ___, ...bytesAlone } = evidence(4)
    expect(states(bytesAlone)).to.deep.equal(['ok', 'ok', 'waits', 'waits', 'waits'])
    const { list: ____, ...noRoot } = evidence(4)
    expect(states(noRoot)).to.deep.equal(['ok', 'ok', 'ok', 'ok', 'waits'])
    expect(checkLinks(noRoot).verified).to.equal(false)
    const { previous: _____, ...noneBefore } = evidence(0)
    expect(states(noneBefore)).to.deep.equal(['ok', 'ok', 'ok', 'ok', 'ok'])
  })

  it('stops at the right link for each forgery, and names expected and got', () => {
    const good = evidence(4)
    const richer = encodeReceipt({ ...receipts[4]!, reward: '99000000000000000000' })
    const forgeries: [string, KnownEvidence, number][] = [
      ['bytes cut short', { ...good, bytes: good.bytes.slice(0, 90) }, 0],
      ['another receipt', { ...good, bytes: encodeReceipt(receipts[3]!) }, 0],
      ['a richer reward', { ...good, bytes: richer }, 1],
      ['a receipt before it that is none', { ...good, previous: 'cd'.repeat(32) }, 2],
      [
        'a richer reward with its own hash',
        { ...good, bytes: richer, hash: receiptHash(keccak256, { ...receipts[4]!, reward: '99000000000000000000' }) },
        3,
      ],
      ['a step bent', { ...good, proof: { ...good.proof, steps: ['ef'.repeat(32), ...good.proof.steps.slice(1)] } }, 3],
      ['another root on chain', { ...good, list: { size: 7, root: '12'.repeat(32) } }, 4],
      ['a list of another size', { ...good, list: { ...list, size: 8 } }, 4],
    ]
    for (const [name, known, at] of forgeries) {
      const { links, verified, broken } = checkLinks(known)
      const expected = links.map((_, i) => (i < at ? 'ok' : i === at ? 'broken' : 'not reached'))
      expect(
        links.map(({ state }) => state),
        name,
      ).to.deep.equal(expected)
      expect(verified, name).to.equal(false)
      expect(broken?.what, name).to.be.a('string')
      expect(links[at]!.expected, name).not.to.equal(null)
      expect(links[at]!.got, name).not.to.equal(null)
    }
  })

  it('breaks before it has waited for everything, when what is there is wrong already', () => {
    const { proof: _, list: __, ...known } = evidence(4)
    expect(states({ ...known, hash: '00'.repeat(32) })).to.deep.equal([
      'ok',
      'broken',
      'not reached',
      'not reached',
      'not reached',
    ])
  })
})

describe('the list on chain', () => {
  const answer = (view: unknown) => async () => ({
    result: [...new TextEncoder().encode(JSON.stringify(view))],
    block_height: 812,
  })

  it('is read at the block of the proof', async () => {
    let asked: unknown
    const read = await readList(
      async (_, params) => {
        asked = params
        return answer(list)()
      },
      'market.test.near',
      { height: 812, size: 7 },
    )
    expect(read).to.deep.equal({ ...list, height: 812 })
    expect(asked).to.include({ block_id: 812, method_name: 'receipt_root', account_id: 'market.test.near' })
  })

  it('is read anew where receipts came between the proof and its block', async () => {
    const asked: unknown[] = []
    const read = await readList(
      async (_, params) => {
        asked.push((params as { block_id?: number }).block_id ?? (params as { finality?: string }).finality)
        return answer(asked.length === 1 ? { ...list, size: 6 } : list)()
      },
      'market.test.near',
      { height: 811, size: 7 },
    )
    expect([read.size, asked]).to.deep.equal([7, [811, 'final']])
  })

  it('is not taken from an RPC that answers something else', async () => {
    for (const view of [null, {}, { size: -1, root: list.root }, { size: 7, root: 'xyz' }, '<script>'])
      expect((await readList(answer(view), 'm', { height: 1, size: 7 }).catch((error) => error)).code).to.equal(
        'PAGE_VIEW_REPLY',
      )
  })

  it('is asked only of addresses that can be asked: no script, no file, no credentials', () => {
    const at = (text: string) => rpcAddress(text, 'http://127.0.0.1:4173')
    expect(at('/rpc')).to.equal('http://127.0.0.1:4173/rpc')
    expect(at('https://rpc.mainnet.near.org')).to.equal('https://rpc.mainnet.near.org/')
    expect(at('http://127.0.0.1:3030')).to.equal('http://127.0.0.1:3030/')
    for (const bad of [
      'javascript:alert(1)',
      'file:///etc/passwd',
      'https://user:pw@rpc.near.org',
      '',
      'http://rpc.near.org',
      'data:text/plain,1',
    ])
      expect(() => at(bad), bad).to.throw('is no address of an RPC')
  })
})
