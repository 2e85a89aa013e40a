/** What every source of blocks owes the index, asked of one implementation on a scripted history. */
import { expect } from 'chai'
import { type Rpc, type RpcErrorJson, rpcError } from '../../../../../../chain/client/near/rpc.ts'
import type { BlockSource, SourceBlock } from '../../../../../../chain/client/near/source/index.ts'
import { createTestChain, type NearTestChain } from '../../../../../../chain/node/testing.ts'
import { ASKER, runContract, STORE } from '../../../support/cases.ts'

export const STORE_ID = 'store.test.near'
export const OTHER_ID = 'other.test.near'
export const ASKER_ID = 'asker.test.near'

export type MakeSource = (rpc: Rpc, contracts: readonly string[]) => BlockSource

/** A chain with two stores that log what is set, and a contract that calls them. */
export async function storeChain(seed: string, now?: number): Promise<NearTestChain> {
  const chain = await createTestChain({ runContract, seed, now })
  for (const id of [STORE_ID, OTHER_ID]) await (await chain.createAccount(id)).deploy(STORE)
  await (await chain.createAccount(ASKER_ID)).deploy(ASKER)
  return chain
}

/** The chain without HTTP, failing as a client fails. */
export const rpcOf =
  (chain: NearTestChain): Rpc =>
  (method, params) =>
    chain.rpc(method, params).catch((error: RpcErrorJson) => {
      throw rpcError(method, error)
    })

/** Every page from a height to the head, one after the other. */
export async function allBlocks(source: BlockSource, from = 0, limit = 100): Promise<SourceBlock[]> {
  const found: SourceBlock[] = []
  for (let next = from; ; ) {
    const page = await source.blocks(next, limit)
    found.push(...page.blocks)
    if (page.next > page.head) return found
    if (page.next <= next) throw new Error(`no progress at height ${next}`)
    next = page.next
  }
}

export function behavesLikeBlockSource(makeSource: MakeSource): void {
  let chain: NearTestChain
  let source: BlockSource
  let from: number
  const head = () => chain.chain.ledger.head.header
  const set = (value: string, contract = STORE_ID) => chain.root.call<string>(contract, 'set', { value })
  const ask = (value: string, contract = STORE_ID) =>
    chain.root.call<unknown>(ASKER_ID, 'ask', { contract, method: 'set', value }, { gas: 100n * 10n ** 12n })
  const values = (blocks: readonly SourceBlock[]) =>
    blocks.flatMap(({ events }) => events.map(({ data }) => (data[0] as { value: string }).value))

  beforeEach(async () => {
    chain = await storeChain('source')
    source = makeSource(rpcOf(chain), [STORE_ID])
    from = Number(head().height) + 1
  })
  afterEach(() => chain.close())

  it('says which chain it is, and where its head stands', async () => {
    const first = chain.chain.ledger.blockAt(1n)!.header
    expect(await source.genesis()).to.deep.equal({ chainId: 'blyan-local', genesisHash: first.hash })
    const { height, hash, timestampNs } = head()
    expect(await source.head()).to.deep.equal({
      height: Number(height),
      hash,
      at: Number(timestampNs / 1_000_000n),
    })
  })

  it('gives a direct call’s event with its transaction, receipt, block and parent', async () => {
    const { txHash, outcomes } = await set('one')
    const [block, ...more] = await allBlocks(source, from)
    expect(more).to.deep.equal([])
    const real = chain.chain.ledger.blockAt(BigInt(block!.height))!.header
    expect(block).to.deep.equal({
      height: Number(real.height),
      hash: real.hash,
      previousHash: real.prevHash,
      at: Number(real.timestampNs / 1_000_000n),
      events: [
        {
          txHash,
          receiptId: outcomes.find(({ executorId }) => executorId === STORE_ID)!.id,
          contract: STORE_ID,
          standard: 'store',
          event: 'value_set',
          data: [{ value: 'one' }],
          index: 0,
        },
      ],
    })
  })

  it('finds what happened behind another contract', async () => {
    const { txHash } = await ask('far')
    const blocks = await allBlocks(source, from)
    expect(values(blocks)).to.deep.equal(['far'])
    expect(blocks[0]!.events[0]).to.include({ txHash, contract: STORE_ID })
  })

  it('leaves out other contracts, failed receipts and empty blocks', async () => {
    await set('other', OTHER_ID)
    await chain.root.call(STORE_ID, 'setThenPanic', {}).catch(() => undefined)
    await chain.mine(5)
    expect(await allBlocks(source, from)).to.deep.equal([])
    await set('kept')
    expect(values(await allBlocks(source, from))).to.deep.equal(['kept'])
  })

  it('numbers the events of a block in the order of their execution', async () => {
    source = makeSource(rpcOf(chain), [STORE_ID, OTHER_ID])
    await Promise.all([
      ...Array.from({ length: 5 }, (_, i) => set(`s${i}`)),
      ...Array.from({ length: 5 }, (_, i) => set(`o${i}`, OTHER_ID)),
    ])
    await chain.root.send(STORE_ID, [
      { kind: 'functionCall', methodName: 'set', args: json({ value: 'a' }), gas: 10n ** 13n, deposit: 0n },
      { kind: 'functionCall', methodName: 'set', args: json({ value: 'b' }), gas: 10n ** 13n, deposit: 0n },
    ])
    const blocks = await allBlocks(source, from)
    const executed = [...chain.chain.ledger.blocksFrom(BigInt(from))].flatMap(({ outcomes }) =>
      outcomes.flatMap(({ logs }) => logs.map((line) => /"value":"(\w+)"/.exec(line)![1])),
    )
    expect(values(blocks)).to.deep.equal(executed)
    expect(values(blocks)).to.have.length(12)
    expect(values(blocks).slice(-2)).to.deep.equal(['a', 'b'])
    for (const { events } of blocks) expect(events.map(({ index }) => index)).to.deep.equal(events.map((_, i) => i))
  })

  it('goes on from any height without gap or double, whatever the page’s size', async () => {
    for (const value of ['one', 'two', 'three', 'four']) {
      await set(value)
      await chain.mine(2)
    }
    const whole = await allBlocks(source, from)
    expect(values(whole)).to.deep.equal(['one', 'two', 'three', 'four'])
    expect(await allBlocks(source, from, 1)).to.deep.equal(whole)
    const second = whole[1]!.height
    expect(await allBlocks(makeSource(rpcOf(chain), [STORE_ID]), second)).to.deep.equal(whole.slice(1))
    expect(await allBlocks(makeSource(rpcOf(chain), [STORE_ID]), second + 1)).to.deep.equal(whole.slice(2))
  })

  it('waits at the head, and sees there what comes later', async () => {
    const page = await source.blocks(from, 10)
    expect(page).to.deep.equal({ blocks: [], next: from, head: from - 1 })
    await set('later')
    expect(values(await allBlocks(source, page.next))).to.deep.equal(['later'])
  })

  it('passes over heights that have no block', async () => {
    await set('before')
    await chain.rpc('sandbox_fast_forward', { delta_height: 40 })
    await set('after')
    expect(values(await allBlocks(source, from))).to.deep.equal(['before', 'after'])
  })

  it('stops when told to', async () => {
    const reason = await source.blocks(from, 10, AbortSignal.abort(new Error('enough'))).catch((error) => error)
    expect(reason).to.include({ message: 'enough' })
  })
}

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
