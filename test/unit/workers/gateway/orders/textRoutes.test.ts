import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { fileCid } from '../../../../../chain/client/content/index.ts'
import { BytesReply } from '../../../../../workers/gateway/http/route.ts'
import { MAX_TRAINING_BYTES } from '../../../../../workers/gateway/orders/draftParts.ts'
import { textRoutes } from '../../../../../workers/gateway/orders/textRoutes.ts'
import { type ContentStore, storageNode } from '../../../../../workers/storage/index.ts'
import { plainText } from '../../../../fixtures/ordersWorld.ts'

describe('a text that an order names by its address', () => {
  const dir = mkdtempSync(join(tmpdir(), 'blyan-texts-'))
  const store = storageNode({ dir: join(dir, 'ipfs'), rpcPort: null, gatewayPort: null })
  before(() => store.start())
  after(async () => {
    await store.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  function ask(cid: string, { from = store, waitMs }: { from?: Pick<ContentStore, 'cat'>; waitMs?: number } = {}) {
    const [route] = textRoutes(from, waitMs)
    const { signal } = new AbortController()
    return route!.handle({ params: { cid }, signal } as Parameters<typeof route.handle>[0])
  }
  const refusalOf = (asked: Promise<unknown>) =>
    asked.then(
      () => expect.fail('was given'),
      (error: { code: string; constructor: { status?: number } }) => [error.code, error.constructor.status],
    )

  it('is given whole, in as many blocks as it takes', async () => {
    const text = Buffer.from(plainText(600_000))
    const reply = await ask(await store.add(text))
    expect(reply).to.be.instanceOf(BytesReply)
    expect(fileCid((reply as BytesReply).bytes)).to.equal(fileCid(text))
  })

  it('is for people whom the gateway knows, and costs them as much as an order', () => {
    const [route] = textRoutes(store)
    expect([route!.access, route!.cost]).to.deep.equal([{ scope: 'tasks' }, 20])
  })

  it('that nobody has is said to be missing, not an error of the gateway', async () => {
    const nowhere = fileCid(Buffer.from('nobody has this'))
    expect(await refusalOf(ask(nowhere))).to.deep.equal(['ORDER_TEXT_MISSING', 404])
  })

  it('that does not come in time is missing too', async () => {
    const silent: Pick<ContentStore, 'cat'> = {
      cat: (_, { signal }) =>
        new Promise((_, reject) => signal!.addEventListener('abort', () => reject(signal!.reason))),
    }
    expect(await refusalOf(ask('bafy', { from: silent, waitMs: 5 }))).to.deep.equal(['ORDER_TEXT_MISSING', 404])
  })

  it('longer than an order may be is refused', async () => {
    const long = await store.add(new Uint8Array(MAX_TRAINING_BYTES + 1))
    expect(await refusalOf(ask(long))).to.deep.equal(['ORDER_TEXT_TOO_LONG', 413])
  })

  it('by an address that is none is refused as the asker’s mistake', async () => {
    expect((await refusalOf(ask('bnonsense')))[0]).to.equal('STORAGE_BAD_CID')
  })
})
