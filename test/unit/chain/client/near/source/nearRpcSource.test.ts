/** What plain RPC makes hard: other people's contracts, relayers, nodes that forget, nodes that lag. */
import { expect } from 'chai'
import type { Rpc } from '../../../../../../chain/client/near/rpc.ts'
import {
  embeddedSource,
  type MissedReceipt,
  type NearRpcSourceOptions,
  nearRpcSource,
  openSource,
} from '../../../../../../chain/client/near/source/index.ts'
import type { Action } from '../../../../../../chain/lib/action.ts'
import type { NearTestChain } from '../../../../../../chain/node/testing.ts'
import { ASKER_ID, allBlocks, OTHER_ID, rpcOf, STORE_ID, storeChain } from './behavesLikeBlockSource.ts'

const GAS = 10n ** 13n
const set = (value: string): Action => ({
  kind: 'functionCall',
  methodName: 'set',
  args: new TextEncoder().encode(JSON.stringify({ value })),
  gas: GAS,
  deposit: 0n,
})

describe('a source over plain NEAR RPC', () => {
  let chain: NearTestChain
  let from: number
  let asked: string[]
  /** Counts what is asked; `change` may answer in the node's place. */
  const counting =
    (change: (method: string, params: unknown, reply: () => Promise<unknown>) => Promise<unknown>): Rpc =>
    (method, params) => {
      asked.push(method)
      return change(method, params, () => rpcOf(chain)(method, params))
    }
  const honest = () => counting((_method, _params, reply) => reply())
  const source = (rpc = honest(), options?: NearRpcSourceOptions) => nearRpcSource(rpc, [STORE_ID], options)
  const values = async (reader = source(), start = from) =>
    (await allBlocks(reader, start)).flatMap(({ events }) =>
      events.map(({ data }) => (data[0] as { value: string }).value),
    )
  const ask = (value: string) =>
    chain.root.call(ASKER_ID, 'ask', { contract: STORE_ID, method: 'set', value }, { gas: 100n * 10n ** 12n })
  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => null,
      (error: { code?: string }) => error.code ?? String(error),
    )

  beforeEach(async () => {
    asked = []
    chain = await storeChain('plain')
    from = Number(chain.chain.ledger.head.header.height) + 1
  })
  afterEach(() => chain.close())

  it('asks nothing that a NEAR node does not answer', async () => {
    await ask('far')
    await values()
    expect([...new Set(asked)].sort()).to.deep.equal([
      'EXPERIMENTAL_genesis_config',
      'EXPERIMENTAL_tx_status',
      'block',
      'chunk',
    ])
  })

  it('gives the same as the embedded chain’s own events, over a seeded history of calls of all kinds', async () => {
    const callers = [chain.root]
    for (let i = 0; i < 5; i++) callers.push(await chain.createAccount(`caller${i}.test.near`))
    let state = 42
    const random = (n: number) => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) % n
    for (let round = 0; round < 12; round++) {
      await Promise.all(
        callers.map((caller, i) => {
          const value = `${round}-${i}`
          const contract = [STORE_ID, OTHER_ID][random(2)]!
          const kinds = [
            () => caller.call(contract, 'set', { value }),
            () => caller.call(ASKER_ID, 'ask', { contract, method: 'set', value }, { gas: 100n * 10n ** 12n }),
            () => caller.call(ASKER_ID, 'askBoth', { first: contract, second: STORE_ID }, { gas: 100n * 10n ** 12n }),
            () => caller.send(contract, [set(value), set(`${value}!`)]),
            () => caller.transfer(contract, 1n),
            () => caller.call(contract, 'setThenPanic', {}).catch(() => undefined),
          ]
          return kinds[random(kinds.length)]!()
        }),
      )
      if (random(3) === 0) await chain.mine(1 + random(3))
      if (random(5) === 0) await chain.rpc('sandbox_fast_forward', { delta_height: 10 })
    }
    const contracts = [STORE_ID, OTHER_ID]
    const own = await allBlocks(embeddedSource(rpcOf(chain), contracts), 0)
    expect(own.flatMap(({ events }) => events).length).to.be.greaterThan(40)
    expect(Math.max(...own.map(({ events }) => events.length))).to.be.greaterThan(2)
    expect(await allBlocks(nearRpcSource(rpcOf(chain), contracts), 0)).to.deep.equal(own)
    const small = { lookbackBlocks: 8, pageBlocks: 3, parallel: 2 }
    const middle = own[Math.floor(own.length / 2)]!.height
    expect(await allBlocks(nearRpcSource(rpcOf(chain), contracts, small), middle, 2)).to.deep.equal(
      own.filter(({ height }) => height >= middle),
    )
  })

  it('follows block by block as they come, asking about finished transactions no more', async () => {
    const reader = source()
    let next = from
    const read = async () => {
      const seen: number[] = []
      for (;;) {
        const page = await reader.blocks(next, 10)
        seen.push(...page.blocks.map(({ height }) => height))
        next = page.next
        if (next > page.head) return seen
      }
    }
    for (const value of ['one', 'two', 'three']) {
      await chain.root.call(STORE_ID, 'set', { value })
      expect(await read()).to.have.length(1)
    }
    await chain.mine(2)
    await read()
    asked = []
    await chain.mine(2)
    expect(await read()).to.deep.equal([])
    expect(asked).not.to.include('EXPERIMENTAL_tx_status')
    expect(asked.filter((method) => method === 'chunk')).to.have.length(2)
  })

  it('never keeps silent about a call whose transaction is older than it looks back', async () => {
    await ask('old')
    const blocks = await allBlocks(embeddedSource(rpcOf(chain), [STORE_ID]), from)
    const { height, events } = blocks[0]!
    const short = { lookbackBlocks: 0 }
    expect(await codeOf(values(source(honest(), short), height))).to.equal('GATEWAY_SOURCE_MISSED')
    const missed: MissedReceipt[] = []
    expect(
      await values(source(honest(), { ...short, onMissed: (receipt) => missed.push(receipt) }), height),
    ).to.deep.equal([])
    expect(missed).to.deep.equal([{ receiptId: events[0]!.receiptId, signerId: 'test.near', contract: STORE_ID }])
    expect(await values(source(), height)).to.deep.equal(['old'])
  })

  it('stops at the same place again until told to go on', async () => {
    await ask('old')
    const { height } = (await allBlocks(embeddedSource(rpcOf(chain), [STORE_ID]), from))[0]!
    const reader = source(honest(), { lookbackBlocks: 0 })
    for (let i = 0; i < 3; i++) expect(await codeOf(reader.blocks(height, 10))).to.equal('GATEWAY_SOURCE_MISSED')
  })

  it('says what a lagging node behind a balancer has hidden, once it shows', async () => {
    await chain.root.call(STORE_ID, 'set', { value: 'hidden' })
    let lag = true
    const missed: MissedReceipt[] = []
    const lagging = counting(async (method, _params, reply) => {
      const answer = (await reply()) as object
      if (!lag || method !== 'EXPERIMENTAL_tx_status') return answer
      return { ...answer, final_execution_status: 'INCLUDED_FINAL', receipts_outcome: [] }
    })
    const reader = source(lagging, { onMissed: (receipt) => missed.push(receipt) })
    const page = await reader.blocks(from, 10)
    expect([page.blocks, missed]).to.deep.equal([[], []])
    lag = false
    await chain.mine()
    await reader.blocks(page.next, 10)
    expect(missed.map(({ contract }) => contract)).to.deep.equal([STORE_ID])
  })

  it('tells blocks that a node has dropped from heights without a block', async () => {
    await chain.root.call(STORE_ID, 'set', { value: 'one' })
    await chain.mine(3)
    await chain.root.call(STORE_ID, 'set', { value: 'two' })
    const dropped = counting(async (method, params, reply) => {
      const { block_id: id } = params as { block_id?: number }
      if (method === 'block' && id === from + 3) return rpcOf(chain)('block', { block_id: 999_999 })
      return reply()
    })
    expect(await codeOf(values(source(dropped)))).to.equal('GATEWAY_SOURCE_GAP')
    expect(await values()).to.deep.equal(['one', 'two'])
  })

  it('serves a caller that asks again while a page that it gave up is on its way', async () => {
    for (const value of ['one', 'two', 'three']) await chain.root.call(STORE_ID, 'set', { value })
    const whole = await allBlocks(embeddedSource(rpcOf(chain), [STORE_ID]), from)
    const reader = source(honest(), { pageBlocks: 4 })
    const first = await reader.blocks(from, 1)
    const [ahead, again, elsewhere] = await Promise.all([
      reader.blocks(first.next, 1),
      reader.blocks(from, 10),
      reader.blocks(whole[2]!.height, 10),
    ])
    expect(first.blocks).to.deep.equal(whole.slice(0, 1))
    expect(ahead.blocks.length + again.blocks.length).to.be.greaterThan(1)
    expect(again.blocks[0]).to.deep.equal(whole[0])
    expect(elsewhere.blocks).to.deep.equal(whole.slice(2))
    expect(await allBlocks(reader, from)).to.deep.equal(whole)
  })

  it('is chosen where a node has no events of its own, and only there', async () => {
    await ask('chosen')
    const plain = counting((method, _params, reply) =>
      method === 'blyan_events' ? rpcOf(chain)('no_such_method', {}) : reply(),
    )
    for (const [rpc, uses] of [
      [plain, 'chunk'],
      [honest(), 'blyan_events'],
    ] as const) {
      const reader = await openSource(rpc, [STORE_ID])
      asked = []
      expect(await values(reader)).to.deep.equal(['chosen'])
      expect(asked).to.include(uses)
    }
    const away = counting(() => Promise.reject(new Error('away')))
    expect(await codeOf(openSource(away, [STORE_ID]))).to.equal('Error: away')
  })

  it('goes on where it was after the node was away', async () => {
    await chain.root.call(STORE_ID, 'set', { value: 'one' })
    let left = 4
    const flaky = counting(async (_method, _params, reply) => {
      if (left-- > 0 && left % 2 === 0) throw new Error('away')
      return reply()
    })
    const reader = source(flaky)
    const found: string[] = []
    for (let i = 0; i < 6 && found.length === 0; i++) found.push(...(await values(reader).catch(() => [])))
    expect(found).to.deep.equal(['one'])
  })
})
