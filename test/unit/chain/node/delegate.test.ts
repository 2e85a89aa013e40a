/** Meta transactions by near-api-js as it is: it builds, signs and relays them; the chain takes them. */
import { expect } from 'chai'
import type { KeyPairString } from 'near-api-js'
import { Account, actions, encodeSignedDelegate, JsonRpcProvider, KeyPairSigner } from 'near-api-js'
import {
  decodeSignedDelegate,
  delegateHash,
  encodeSignedDelegate as encodeOurs,
} from '../../../../chain/lib/delegate.ts'
import { verifySignature } from '../../../../chain/lib/key.ts'
import { ONE_NEAR, TGAS } from '../../../../chain/lib/units.ts'
import { type RpcServer, serveRpc } from '../../../../chain/node/rpc/server.ts'
import { createTestChain, type NearTestChain, type TestAccount } from '../../../../chain/node/testing.ts'
import { runContract, STORE } from '../support/cases.ts'

describe('meta transactions, made by near-api-js', () => {
  let chain: NearTestChain
  let server: RpcServer
  let alice: Account
  let relayer: Account
  const set = (value: string, deposit = 0n) => actions.functionCall('set', { value }, 10n * TGAS, deposit)

  before(async () => {
    chain = await createTestChain({ runContract, seed: 'meta' })
    server = await serveRpc(chain.chain, { port: 0 })
    const provider = new JsonRpcProvider({ url: server.url }, { retries: 1 })
    const accountOf = ({ accountId, keys }: TestAccount) =>
      new Account(accountId, provider, KeyPairSigner.fromSecretKey(keys.secretKey as KeyPairString))
    alice = accountOf(await chain.createAccount('alice.test.near'))
    relayer = accountOf(await chain.createAccount('relayer.test.near'))
    await (await chain.createAccount('store.test.near')).deploy(STORE)
  })
  after(async () => {
    await server.close()
    await chain.close()
  })

  it('are relayed: the call is the signer’s, the gas is not', async () => {
    const before = chain.account('alice.test.near').state()!.amount
    const { signedDelegate } = await alice.createSignedMetaTransaction({
      receiverId: 'store.test.near',
      actions: [set('meta')],
      blockHeightTtl: 20,
    })
    const result = await relayer.relayMetaTransaction(signedDelegate)
    expect(await chain.root.view('store.test.near', 'get', {})).to.equal('meta')
    expect(chain.account('alice.test.near').state()!.amount).to.equal(before)
    const called = result.receipts_outcome.find(({ outcome }) => outcome.executor_id === 'store.test.near')!
    expect(called.outcome.logs[0]).to.include('value_set')
  })

  it('are decoded from the bytes that a wallet sends, with a signature that holds', async () => {
    const { signedDelegate, delegateHash: theirs } = await alice.createSignedMetaTransaction({
      receiverId: 'store.test.near',
      actions: [set('bytes', ONE_NEAR), actions.createAccount()],
    })
    const bytes = encodeSignedDelegate(signedDelegate)
    const { delegate, signature } = decodeSignedDelegate(bytes)
    expect(delegate).to.deep.include({ senderId: 'alice.test.near', receiverId: 'store.test.near' })
    expect(delegate.actions.map(({ kind }) => kind)).to.deep.equal(['functionCall', 'createAccount'])
    expect(delegateHash(delegate)).to.deep.equal(new Uint8Array(theirs))
    expect(verifySignature(delegate.publicKey, theirs, signature)).to.equal(true)
    expect(encodeOurs({ delegate, signature })).to.deep.equal(new Uint8Array(bytes))
  })

  it('are refused a second time with the error that near-api-js knows', async () => {
    const { signedDelegate } = await alice.createSignedMetaTransaction({
      receiverId: 'store.test.near',
      actions: [set('twice')],
    })
    await relayer.relayMetaTransaction(signedDelegate)
    const error = await relayer.relayMetaTransaction(signedDelegate).catch((reason: Error) => reason)
    expect(`${(error as Error).constructor.name} ${error}`).to.match(/DelegateActionInvalidNonce/)
  })

  it('are shown as nearcore shows them', async () => {
    const { signedDelegate } = await alice.createSignedMetaTransaction({
      receiverId: 'new.alice.test.near',
      actions: [actions.createAccount(), actions.transfer(ONE_NEAR)],
    })
    const { transaction } = await relayer.relayMetaTransaction(signedDelegate)
    const [action] = transaction.actions as unknown as { Delegate: { delegate_action: Record<string, unknown> } }[]
    expect(action!.Delegate.delegate_action).to.deep.include({
      sender_id: 'alice.test.near',
      receiver_id: 'new.alice.test.near',
      actions: [{ CreateAccount: {} }, { Transfer: { deposit: ONE_NEAR.toString() } }],
    })
  })
})
