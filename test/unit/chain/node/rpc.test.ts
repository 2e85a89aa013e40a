import { expect } from 'chai'
import type { KeyPairString } from 'near-api-js'
import { Account, JsonRpcProvider, KeyPairSigner } from 'near-api-js'
import { keyPairFromPhrase } from '../../../../chain/lib/key.ts'
import { ONE_NEAR, TGAS } from '../../../../chain/lib/units.ts'
import { type RpcServer, serveRpc } from '../../../../chain/node/rpc/server.ts'
import { createTestChain, type NearTestChain } from '../../../../chain/node/testing.ts'
import { ASKER, runContract, STORE } from '../support/cases.ts'

describe('the JSON-RPC, asked by near-api-js as it is', () => {
  let chain: NearTestChain
  let server: RpcServer
  let provider: JsonRpcProvider
  let root: Account
  const signerOf = (secretKey: string) => KeyPairSigner.fromSecretKey(secretKey as KeyPairString)
  const newAccount = async (id: string): Promise<Account> => {
    const keys = keyPairFromPhrase(id)
    await root.createSubAccount({ accountOrPrefix: id, publicKey: keys.publicKey, nearToTransfer: 20n * ONE_NEAR })
    return new Account(id, provider, signerOf(keys.secretKey))
  }

  before(async () => {
    chain = await createTestChain({ runContract, seed: 'rpc' })
    server = await serveRpc(chain.chain, { port: 0 })
    provider = new JsonRpcProvider({ url: server.url }, { retries: 1 })
    root = new Account('test.near', provider, signerOf(chain.root.keys.secretKey))
  })
  after(async () => {
    await server.close()
    await chain.close()
  })

  const post = async (
    body: unknown,
  ): Promise<{ error?: { name: string; cause: { name: string; info: unknown }; code: number } }> => {
    const response = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    expect(response.status).to.equal(200)
    return (await response.json()) as never
  }
  const nameOf = (error: unknown) => (error as Error).constructor.name
  const refusal = (promise: Promise<unknown>) =>
    promise.then(
      () => null,
      (error: unknown) => error,
    )

  it('creates accounts, transfers, and shows balances', async () => {
    const alice = await newAccount('alice.test.near')
    await alice.transfer({ receiverId: 'test.near', amount: 2n * ONE_NEAR })
    const { balance, storageUsage } = await alice.getState()
    expect(Number(balance.total / ONE_NEAR)).to.equal(17)
    expect(storageUsage).to.equal(182)
  })

  it('deploys, calls, views, and follows a promise to its callback', async () => {
    const store = await newAccount('store.test.near')
    await store.deployContract(STORE)
    const asker = await newAccount('asker.test.near')
    await asker.deployContract(ASKER)
    await root.callFunction({ contractId: 'store.test.near', methodName: 'set', args: { value: 'one' } })
    expect(await provider.callFunction({ contractId: 'store.test.near', method: 'get', args: {} })).to.equal('one')
    const answer = await root.callFunction({
      contractId: 'asker.test.near',
      methodName: 'ask',
      args: { contract: 'store.test.near', method: 'set', value: 'two' },
      gas: 100n * TGAS,
    })
    expect(answer).to.deep.equal({ results: ['"two"'], predecessor: 'asker.test.near' })
    const code = await store.getContractCode()
    expect(code.code).to.deep.equal(STORE)
    expect((await store.getContractState()).values).to.have.length(1)
  })

  it('answers each failure with the error that near-api-js knows by type', async () => {
    const ghost = new Account('ghost.test.near', provider, signerOf(keyPairFromPhrase('ghost').secretKey))
    expect(nameOf(await refusal(ghost.getState()))).to.match(/AccountDoesNotExistError/)
    expect(nameOf(await refusal(root.getAccessKey(keyPairFromPhrase('ghost').publicKey)))).to.match(
      /AccessKeyDoesNotExistError/,
    )
    expect(nameOf(await refusal(root.getContractCode()))).to.match(/ContractCodeDoesNotExistError/)
    const view = (method: string) => refusal(provider.callFunction({ contractId: 'store.test.near', method, args: {} }))
    expect(nameOf(await view('nothing'))).to.match(/ContractMethodNotFoundError/)
    expect(String(await view('setThenPanic'))).to.match(/Smart contract panicked: STORE_CLOSED/)
    const panic = await refusal(
      root.callFunction({ contractId: 'store.test.near', methodName: 'setThenPanic', args: {} }),
    )
    expect(String(panic)).to.match(/STORE_CLOSED/)
    expect(nameOf(await refusal(root.transfer({ receiverId: 'nobody.test.near', amount: 1n })))).to.match(
      /AccountDoesNotExistActionError/,
    )
    expect(nameOf(await refusal(root.transfer({ receiverId: 'alice.test.near', amount: 10n ** 34n })))).to.match(
      /NotEnoughBalanceError/,
    )
    expect(
      nameOf(await refusal(provider.viewTransactionStatus({ txHash: '1'.repeat(32), accountId: 'test.near' }))),
    ).to.match(/UnknownTransactionError/)
    expect(nameOf(await refusal(provider.viewBlock({ blockId: 999_999 })))).to.match(/UnknownBlockError/)
  })

  it('takes twenty transactions of one key sent at once', async () => {
    const amount = () => chain.account('alice.test.near').state()!.amount
    const before = amount()
    await Promise.all(Array.from({ length: 20 }, () => root.transfer({ receiverId: 'alice.test.near', amount: 1n })))
    expect(amount() - before).to.equal(20n)
  })

  it('adds and deletes function-call keys', async () => {
    const { publicKey } = keyPairFromPhrase('page')
    await root.addFunctionCallAccessKey({
      publicKey,
      contractId: 'store.test.near',
      methodNames: ['set'],
      allowance: ONE_NEAR,
    })
    const { keys } = await root.getAccessKeyList()
    expect(keys.find((key) => key.public_key === publicKey)!.access_key.permission).to.deep.equal({
      FunctionCall: { allowance: ONE_NEAR.toString(), receiver_id: 'store.test.near', method_names: ['set'] },
    })
    await root.deleteKey(publicKey)
    expect((await root.getAccessKeyList()).keys).to.have.length(1)
  })

  it('answers every wait level, and the same transaction again with what became of it', async () => {
    for (const waitUntil of [
      'NONE',
      'INCLUDED',
      'INCLUDED_FINAL',
      'EXECUTED_OPTIMISTIC',
      'EXECUTED',
      'FINAL',
    ] as const) {
      const signed = await root.createSignedTransaction({ receiverId: 'alice.test.near', actions: [] })
      await provider.sendTransactionUntil(signed, waitUntil)
      const again = await provider.sendTransactionUntil(signed, 'FINAL')
      expect(again.final_execution_status).to.equal('FINAL')
    }
  })

  it('shows blocks, chunks, receipts, gas price, status, validators and configuration', async () => {
    const block = await provider.viewBlock({ finality: 'final' })
    expect(block.header.height).to.equal(Number(chain.chain.ledger.head.header.height))
    const byHash = await provider.viewBlock({ blockId: block.header.hash })
    expect(byHash).to.deep.equal(block)
    const chunk = await provider.viewChunk(block.chunks[0]!.chunk_hash)
    expect(chunk.header.height_included).to.equal(block.header.height)
    expect((await provider.viewGasPrice()).gas_price).to.equal('100000000')
    expect((await provider.viewNodeStatus()).chain_id).to.equal('blyan-local')
    expect((await provider.viewValidators()).current_validators).to.have.length(1)
    expect((await provider.experimental_protocolConfig({ finality: 'final' })).protocol_version).to.equal(86)
    const sent = await root.transfer({ receiverId: 'alice.test.near', amount: 5n })
    const detail = await provider.viewTransactionStatusWithReceipts({
      txHash: sent.transaction.hash,
      accountId: 'test.near',
    })
    expect(detail).to.have.property('receipts').with.length(2)
    const receipt = await provider.viewTransactionReceipt(sent.receipts_outcome[0]!.id)
    expect(receipt.receiver_id).to.equal('alice.test.near')
  })

  it('views the state as it was at an earlier block', async () => {
    const { header } = await provider.viewBlock({ finality: 'final' })
    await root.callFunction({ contractId: 'store.test.near', methodName: 'set', args: { value: 'three' } })
    const then = await provider.callFunction({
      contractId: 'store.test.near',
      method: 'get',
      args: {},
      blockQuery: { blockId: header.height },
    })
    expect([
      then,
      await provider.callFunction({ contractId: 'store.test.near', method: 'get', args: {} }),
    ]).to.deep.equal(['two', 'three'])
  })

  it('lists NEP-297 events with the transaction they come from, and none of failed receipts', async () => {
    const height = Number(chain.chain.ledger.head.header.height)
    const { txHash } = await chain.root.call('store.test.near', 'set', { value: 'four' })
    await chain.root.call('store.test.near', 'setThenPanic', {}).catch(() => undefined)
    const events = (await chain.rpc('blyan_events', { from_height: height + 1 })) as {
      next_height: number
      blocks: { receipts: { tx_hash: string; executor_id: string; events: { event: string; data: unknown }[] }[] }[]
    }
    expect(events.blocks.flatMap(({ receipts }) => receipts)).to.have.length(1)
    const [receipt] = events.blocks[0]!.receipts
    expect(receipt).to.include({ tx_hash: txHash, executor_id: 'store.test.near' })
    expect(receipt!.events[0]).to.deep.include({ event: 'value_set', data: [{ value: 'four' }] })
    expect(events.next_height).to.equal(Number(chain.chain.ledger.head.header.height) + 1)
  })

  it('patches state and jumps ahead as nearcore’s sandbox does', async () => {
    await chain.rpc('sandbox_patch_state', {
      records: [
        {
          Account: {
            account_id: 'patched',
            account: {
              amount: ONE_NEAR.toString(),
              locked: '0',
              code_hash: '11111111111111111111111111111111',
              storage_usage: 182,
            },
          },
        },
        {
          AccessKey: {
            account_id: 'patched',
            public_key: keyPairFromPhrase('p').publicKey,
            access_key: { nonce: 0, permission: 'FullAccess' },
          },
        },
      ],
    })
    const patched = new Account('patched', provider, signerOf(keyPairFromPhrase('p').secretKey))
    await patched.transfer({ receiverId: 'test.near', amount: 1n })
    const { header } = chain.chain.ledger.head
    await chain.rpc('sandbox_fast_forward', { delta_height: 1_000 })
    const later = chain.chain.ledger.head.header
    expect(later.height).to.equal(header.height + 1_000n)
    expect(later.timestampNs - header.timestampNs >= 599_000_000_000n).to.equal(true)
    await patched.transfer({ receiverId: 'test.near', amount: 1n })
  })

  it('refuses what is no request: unknown methods, broken JSON, wrong parameters, too large a body', async () => {
    expect((await post({ jsonrpc: '2.0', id: 1, method: 'nope', params: {} })).error).to.deep.include({
      name: 'REQUEST_VALIDATION_ERROR',
      code: -32601,
      cause: { name: 'METHOD_NOT_FOUND', info: { method_name: 'nope' } },
    })
    expect((await post('{')).error!.cause.name).to.equal('PARSE_ERROR')
    expect((await post({ jsonrpc: '2.0', id: 1, method: 'toString', params: {} })).error!.cause.name).to.equal(
      'METHOD_NOT_FOUND',
    )
    expect(
      (await post({ jsonrpc: '2.0', id: 1, method: 'query', params: { request_type: 'view_account' } })).error!.cause
        .name,
    ).to.equal('PARSE_ERROR')
    expect((await post({ jsonrpc: '2.0', id: 1, method: 'send_tx', params: ['AAAA'] })).error!.cause.name).to.equal(
      'PARSE_ERROR',
    )
    const large = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: 'x'.repeat(11 * 2 ** 20),
    }).catch(() => ({ status: 413 }))
    expect(large.status).to.equal(413)
  })

  it('serves listed pages as it serves programs, and tells others why not', async () => {
    const origin = 'http://127.0.0.1:4173'
    const open = await serveRpc(chain.chain, { port: 0, origins: [origin] })
    const asked = await fetch(open.url, { method: 'OPTIONS', headers: { origin } })
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).to.deep.equal([204, origin])
    const listed = new JsonRpcProvider({ url: open.url, headers: { origin } }, { retries: 1 })
    expect((await listed.viewNodeStatus()).chain_id).to.equal('blyan-local')
    const stranger = await fetch(server.url, { headers: { origin } })
    expect(stranger.status).to.equal(403)
    expect(((await stranger.json()) as { error: { data: string } }).error.data).to.include('--origin')
    await open.close()
  })

  it('answers /status', async () => {
    const status = (await (await fetch(`${server.url}/status`)).json()) as { sync_info: { syncing: boolean } }
    expect(status.sync_info.syncing).to.equal(false)
  })
})
