/** An order from the page to the chain, over the real contracts, and all that may be wrong with one. */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { eq, sql } from 'drizzle-orm'
import { getTableConfig } from 'drizzle-orm/pg-core'
import { fileCid } from '../../../../../chain/client/content/index.ts'
import { type DraftBody, draftReply, taskOrder } from '../../../../../chain/client/gateway/index.ts'
import { ADAMW_COUNTERS, choiceOf, priceOf, storageOf } from '../../../../../chain/client/order/index.ts'
import { draftBodyOf, seal } from '../../../../../chain/client/sdk/sealedOrder.ts'
import { bytesToBase64 } from '../../../../../chain/lib/bytes.ts'
import { gpt, initialParameters } from '../../../../../workers/engine/index.ts'
import { drafts, roundKeys } from '../../../../../workers/gateway/database/schema/drafts.ts'
import { canonicalRuntimeId, openVault } from '../../../../../workers/gateway/orders/index.ts'
import { loadCanonicalRuntime } from '../../../../../workers/node/runtime/canonical.ts'
import { openTask } from '../../../../../workers/node/taskContext.ts'
import { marketViews } from '../../../../../workers/node/views.ts'
import { storageNode } from '../../../../../workers/storage/index.ts'
import { type OrdersWorld, plainText, startOrdersWorld } from '../../../../fixtures/ordersWorld.ts'

const TEXT = plainText(150_000)
const ORDER = { rounds: 2, steps: 16, segments: 8, workers: 2, smallPool: true } as const

async function codeOf(work: Promise<unknown>): Promise<string | null> {
  return work.then(
    () => null,
    (error) => error.code ?? String(error),
  )
}

describe('an order at the gateway', () => {
  let world: OrdersWorld
  let alice: string

  before(async () => {
    world = await startOrdersWorld()
    alice = await world.account('alice', 5_000n)
  })
  after(() => world.close())

  const bodyOf = async (changes: Partial<DraftBody> = {}, seedByte = 1): Promise<DraftBody> => {
    const order = taskOrder.parse({ ...ORDER, certainty: 50, payAtto: `${10n ** 19n}`, seed: '1' })
    const text = await seal(order, TEXT, new Uint8Array(32).fill(seedByte))
    return { ...draftBodyOf(order, text, 'gateway'), ...changes }
  }

  it('is priced as the market prices it and as the client computes it', async () => {
    await world.operators(14)
    const quote = await world.client(null).tasks.quote(ORDER)
    const order = taskOrder.parse({ ...ORDER, certainty: 50, payAtto: `${10n ** 19n}`, seed: '1' })
    const choice = choiceOf(order, { embedded: true, head: '00'.repeat(32) })
    const price = priceOf(choice)
    expect(quote.bountyAtto).to.equal(String(price.bounty))
    expect(quote.storageYocto).to.equal(String(storageOf(choice, price)))
    expect(BigInt(quote.trainersAtto) + BigInt(quote.validatorsAtto)).to.equal(price.work)
    expect(quote.caughtTenth).to.be.within(0.5, 0.6)
    expect([quote.operatorsNow, quote.operatorsNeeded]).to.deep.equal([14, 8])
  })

  it('becomes a task whose documents another node fetches from the gateway’s own door', async () => {
    const client = world.client(alice)
    const { id } = await client.tasks.create(ORDER, TEXT)
    const views = marketViews((method, args) =>
      world.chain.chain.root.view(world.parts.config.contracts.market, method, args),
    )
    const task = await views.task(id)
    expect(task.requester).to.equal(alice)
    expect(task.spec.peer).to.equal(world.store.urls.gateway)
    const other = storageNode({ dir: join(world.dir, 'other'), rpcPort: null, gatewayPort: null })
    await other.start()
    const context = await openTask(task, {
      views,
      peersOf: async () => [],
      runtime: await loadCanonicalRuntime(),
      counters: ADAMW_COUNTERS,
      fetch: (cid, maxBytes, from) => other.cat(cid, { maxBytes, from }),
    })
    expect((await context.base(0)).hash).to.equal(task.spec.base)
    expect(context.heldOut.sets).to.have.length(2)
    expect((await context.fetch(context.heldOut.sets[1]!.ciphertext, 5_000)).length).to.equal(4_096 + 16)
    await other.stop()
    await world.index(id)
    await world.drafts.settle()
    const [row] = await world.opened.db
      .select()
      .from(drafts)
      .where(eq(drafts.task, Number(id)))
    expect(row?.account).to.equal(alice)
  })

  it('is kept in exactly the columns that its tables name', async () => {
    for (const table of [drafts, roundKeys]) {
      const { name, columns } = getTableConfig(table)
      const result = await world.opened.db.execute(
        sql`select column_name as name, is_nullable as empty from information_schema.columns
            where table_schema = 'app' and table_name = ${name}`,
      )
      const { rows } = result as unknown as { rows: { name: string; empty: string }[] }
      const found = rows.map((column) => `${column.name} ${column.empty === 'NO'}`).sort()
      expect(found).to.deep.equal(columns.map((column) => `${column.name} ${column.notNull}`).sort())
    }
  })

  it('names the very runtime that this installation loads', async () => {
    const { version, wasmSha256 } = await loadCanonicalRuntime()
    expect(canonicalRuntimeId()).to.deep.equal({ version, wasmSha256 })
  })

  it('is made once, however often and however much at once it is sent', async () => {
    const body = await bodyOf({}, 2)
    const [a, b, c] = await Promise.all([0, 1, 2].map(() => world.drafts.make(alice, body)))
    expect(draftReply.parse(a).draft).to.equal(b!.draft)
    expect(c!.draft).to.equal(a!.draft)
    expect(a!.message).to.deep.equal(c!.message)
    const rows = await world.opened.db.select().from(drafts).where(eq(drafts.head, body.heldOut.head))
    expect(rows).to.have.length(1)
  })

  it('is refused when its sealed text made a task or another order before', async () => {
    const body = await bodyOf({}, 3)
    await world.drafts.make(alice, body)
    const training = bytesToBase64(plainText(140_000))
    expect(await codeOf(world.drafts.make(alice, { ...body, training }))).to.equal('ORDER_CONFLICT')
    const placed = await world.drafts.make(alice, body)
    await world.signer(alice).signAndSendTransactions(placed.transactions)
    const id = (await world.chain.view('get_tasks', {})).at(-1).id
    await world.index(id)
    expect(await codeOf(world.drafts.make(alice, body))).to.equal('ORDER_CONFLICT')
  })

  it('is refused with keys that would never open, sets of another size, no Base64, or steps that cannot be sampled', async () => {
    const body = await bodyOf({}, 4)
    const { heldOut, keys } = body
    const bad: [Partial<DraftBody>, string][] = [
      [{ keys: undefined }, 'ORDER_INVALID'],
      [{ keys: [keys![0]!] }, 'ORDER_INVALID'],
      [{ keys: [keys![0]!, 'ab'.repeat(32)] }, 'ORDER_INVALID'],
      [{ opener: 'requester' }, 'ORDER_INVALID'],
      [{ heldOut: { ...heldOut, sets: heldOut.sets.slice(1) } }, 'ORDER_INVALID'],
      [
        { heldOut: { ...heldOut, sets: [{ ...heldOut.sets[0]!, ciphertext: 'AAAA' }, heldOut.sets[1]!] } },
        'ORDER_INVALID',
      ],
      [{ training: '' }, 'ORDER_INVALID'],
      [{ training: 'no base64!' }, 'ORDER_INVALID'],
      [{ order: { ...body.order, segments: 16 } }, 'INVALID_ARGUMENT'],
      [{ training: Buffer.alloc(16 * 2 ** 20 + 1).toString('base64') }, 'ORDER_TEXT_TOO_LONG'],
    ]
    for (const [changes, code] of bad) {
      expect(await codeOf(world.drafts.make(alice, { ...body, ...changes })), Object.keys(changes).join()).to.equal(
        code,
      )
    }
    expect(await world.opened.db.select().from(drafts).where(eq(drafts.head, heldOut.head))).to.have.length(0)
  })

  it('needs an account that signs for the market, and operators enough for its odds', async () => {
    const body = await bodyOf({}, 5)
    expect(await codeOf(world.client(null).tasks.create(ORDER, TEXT))).to.equal('ORDER_ACCOUNT_MISSING')
    await world.operators(3)
    const order = { ...body.order, smallPool: false }
    expect(await codeOf(world.drafts.make(alice, { ...body, order }))).to.equal('ORDER_POOL_TOO_SMALL')
    await world.operators(14)
  })

  it('keeps keys where the database alone does not tell them, each bound to its round', async () => {
    const body = await bodyOf({}, 6)
    await world.drafts.make(alice, body)
    const rows = await world.opened.db.select().from(roundKeys).where(eq(roundKeys.head, body.heldOut.head))
    expect(rows).to.have.length(2)
    const { head } = body.heldOut
    for (const [round, key] of body.keys!.entries()) {
      expect(JSON.stringify(rows)).to.not.include(key)
      expect(world.vault.open({ head, round }, rows.find((row) => row.round === round)!.sealed)).to.equal(key)
    }
    expect(() => world.vault.open({ head, round: 1 }, rows.find((row) => row.round === 0)!.sealed)).to.throw(
      /does not open/,
    )
    const path = join(world.dir, 'round-keys.key')
    expect(statSync(path).mode & 0o777).to.equal(0o600)
    expect(JSON.stringify(world.log)).to.not.include(body.keys![0])
    // Another process with the same file reads them; a foreign file is said to be one.
    const { sealed } = rows.find((row) => row.round === 1)!
    expect(openVault(world.dir, world.parts.random).open({ head, round: 1 }, sealed)).to.equal(body.keys![1])
    const kept = readFileSync(path)
    writeFileSync(path, Buffer.alloc(32, 7))
    expect(() => openVault(world.dir, world.parts.random).open({ head, round: 1 }, sealed)).to.throw(/does not open/)
    writeFileSync(path, kept)
  })

  it('is dropped with its content and keys when nobody signs it, and only then', async () => {
    const body = await bodyOf({}, 7)
    const draft = await world.drafts.make(alice, body)
    const spec = String(draft.message.spec)
    expect(await world.store.has(spec)).to.equal(true)
    world.skew += 25 * 3_600_000
    expect(await world.drafts.expire(), 'within a day somebody may have signed').to.equal(0)
    world.skew += 2 * 3_600_000
    expect(await world.drafts.expire()).to.be.greaterThan(0)
    expect(await world.store.has(spec)).to.equal(false)
    expect(await world.opened.db.select().from(roundKeys).where(eq(roundKeys.head, body.heldOut.head))).to.have.length(
      0,
    )
    expect(await world.store.has(draft.data.cid)).to.equal(false)
    // The first parameters are the same as those of orders that became tasks, and stay.
    const { model, modelSeed } = choiceOf(body.order, { embedded: true, head: body.heldOut.head })
    const first = new Uint8Array(initialParameters(gpt(model), modelSeed).buffer)
    expect(await world.store.has(fileCid(first))).to.equal(true)
    const left = await world.opened.db.select().from(drafts)
    expect(left.every(({ task }) => task !== null)).to.equal(true)
    world.skew = 0
  })

  it('is refused when an account has as many unsigned ones as it may', async () => {
    for (let i = 0; i < 8; i++) await world.drafts.make(alice, await bodyOf({}, 20 + i))
    expect(await codeOf(world.drafts.make(alice, await bodyOf({}, 30)))).to.equal('ORDER_TOO_MANY_DRAFTS')
    const signed = await world.drafts.make(alice, await bodyOf({}, 20))
    await world.signer(alice).signAndSendTransactions(signed.transactions)
    await world.index((await world.chain.view('get_tasks', {})).at(-1).id)
    expect(await codeOf(world.drafts.make(alice, await bodyOf({}, 30)))).not.to.equal('ORDER_TOO_MANY_DRAFTS')
  })
})
