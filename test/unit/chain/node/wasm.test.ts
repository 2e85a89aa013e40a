import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { Account, JsonRpcProvider, type KeyPairString } from 'near-api-js'
import { bytesToBase58 } from '../../../../chain/lib/bytes.ts'
import { keyPairFromPhrase } from '../../../../chain/lib/key.ts'
import { ONE_NEAR, TGAS } from '../../../../chain/lib/units.ts'
import { type RpcServer, serveRpc } from '../../../../chain/node/rpc/server.ts'
import { createTestChain, type NearTestChain } from '../../../../chain/node/testing.ts'
import { decodeAccount } from '../../../../chain/runtime/account.ts'
import { askerWasm, STORE_WASM } from '../support/wasmContracts.ts'

describe('wasm contracts on the chain, by near-api-js as it is', () => {
  let chain: NearTestChain
  let server: RpcServer
  let provider: JsonRpcProvider
  let root: Account
  before(async () => {
    chain = await createTestChain({ seed: 'wasm' })
    server = await serveRpc(chain.chain, { port: 0 })
    provider = new JsonRpcProvider({ url: server.url }, { retries: 1 })
    root = new Account('test.near', provider, chain.root.keys.secretKey as KeyPairString)
    const contracts = {
      'store.test.near': STORE_WASM,
      'asker.test.near': askerWasm('store.test.near', 'asker.test.near'),
    }
    for (const [id, wasm] of Object.entries(contracts)) {
      const keys = keyPairFromPhrase(id)
      await root.createSubAccount({ accountOrPrefix: id, publicKey: keys.publicKey, nearToTransfer: 10n * ONE_NEAR })
      await new Account(id, provider, keys.secretKey as KeyPairString).deployContract(wasm)
    }
  })
  after(async () => {
    await server.close()
    await chain.close()
  })
  const call = (methodName: string, contractId = 'asker.test.near') =>
    root.callFunctionRaw({ contractId, methodName, args: { value: 1 }, gas: 50n * TGAS })

  it('shows sha256 of the wasm as the code hash', async () => {
    const { code_hash } = await provider.viewAccount({ accountId: 'store.test.near' })
    expect(code_hash).to.equal(bytesToBase58(createHash('sha256').update(STORE_WASM).digest()))
  })

  it('calls another contract and hands its answer to the callback', async () => {
    await call('set', 'store.test.near')
    expect(await provider.callFunction({ contractId: 'store.test.near', method: 'get', args: {} })).to.deep.equal({
      value: 1,
    })
    const { status } = await call('ask')
    expect(status).to.deep.equal({ SuccessValue: Buffer.from('"asked"').toString('base64') })
    expect(await provider.callFunction({ contractId: 'store.test.near', method: 'get', args: {} })).to.equal('asked')
  })

  it('runs the callback after a panic, which shows in its own receipt', async () => {
    const { receipts_outcome, status } = await call('askFailing')
    expect(status).to.deep.equal({ SuccessValue: Buffer.from('"noted"').toString('base64') })
    const panicked = receipts_outcome.find(({ outcome }) => outcome.executor_id === 'store.test.near')
    expect(JSON.stringify(panicked)).to.contain('Smart contract panicked: STORE_CLOSED: the store is closed')
    expect(receipts_outcome.filter(({ outcome }) => outcome.executor_id === 'asker.test.near')).to.have.length(2)
  })

  it('refuses a missing method, and gas that does not reach, with nearcore’s errors', async () => {
    const failure = (promise: Promise<unknown>) =>
      promise.then(
        () => null,
        (error: Error) => error.constructor.name,
      )
    expect(await failure(root.callFunction({ contractId: 'store.test.near', methodName: 'none', args: {} }))).to.match(
      /MethodNotFound/,
    )
    const poor = await root
      .callFunction({ contractId: 'store.test.near', methodName: 'set', args: {}, gas: TGAS / 50n })
      .catch((error: Error) => error.message)
    expect(poor).to.match(/[Ee]xceeded the prepaid gas/)
  })

  it('loses no yocto over all of this', () => {
    let held = 0n
    for (const [key, value] of chain.chain.ledger.state.entries())
      if (key[0] === '\x00') held += decodeAccount(value).amount
    expect(held).to.equal(chain.chain.ledger.head.header.totalSupply)
  })
})
