import { expect } from 'chai'
import { keyPairFromPhrase } from '../../../../chain/lib/key.ts'
import { ONE_NEAR, TGAS } from '../../../../chain/lib/units.ts'
import { createTestChain, type NearTestChain, type TestAccount } from '../../../../chain/node/testing.ts'
import { getAccessKey } from '../../../../chain/runtime/state.ts'
import { runContract, STORE } from '../support/cases.ts'

describe('function-call keys', () => {
  const keys = keyPairFromPhrase('limited')
  let chain: NearTestChain
  let alice: TestAccount
  let limited: TestAccount

  beforeEach(async () => {
    chain = await createTestChain({ runContract, seed: 'keys' })
    alice = await chain.createAccount('alice.test.near')
    const store = await chain.createAccount('store.test.near')
    await store.deploy(STORE)
    await alice.addKey(keys.publicKey, { allowance: ONE_NEAR, receiverId: 'store.test.near', methodNames: ['set'] })
    limited = alice.withKey(keys)
  })
  afterEach(() => chain.close())

  const refusal = async (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => null,
      (error: { data: { error: { InvalidAccessKeyError?: unknown } } }) => error.data.error.InvalidAccessKeyError,
    )

  it('may call the named method of the named contract', async () => {
    expect((await limited.call('store.test.near', 'set', { value: 'k' })).value).to.equal('k')
  })

  it('may call nothing else, move no deposit, and act on no account', async () => {
    expect(await refusal(limited.call('store.test.near', 'get', {}))).to.deep.equal({
      MethodNameMismatch: { method_name: 'get' },
    })
    expect(await refusal(limited.call('alice.test.near', 'set', {}))).to.have.property('ReceiverMismatch')
    expect(await refusal(limited.call('store.test.near', 'set', {}, { deposit: 1n }))).to.equal(
      'DepositWithFunctionCall',
    )
    expect(await refusal(limited.transfer('test.near', 1n))).to.equal('RequiresFullAccess')
    expect(await refusal(limited.deploy(STORE))).to.equal('RequiresFullAccess')
  })

  it('has the gas it did not burn given back to its allowance', async () => {
    const left = () => getAccessKey(chain.chain.ledger.state, 'alice.test.near', keys.publicKey)!.permission!.allowance!
    const before = alice.state()!.amount
    await limited.call('store.test.near', 'set', { value: 'k' }, { gas: 300n * TGAS })
    expect(ONE_NEAR - left()).to.equal(before - alice.state()!.amount)
    expect(ONE_NEAR - left() < ONE_NEAR / 1_000n).to.equal(true)
  })

  it('is refused when its allowance does not cover the gas it asks for', async () => {
    const poor = keyPairFromPhrase('poor')
    await alice.addKey(poor.publicKey, { allowance: ONE_NEAR / 10n, receiverId: 'store.test.near', methodNames: [] })
    const error = await refusal(
      alice.withKey(poor).call('store.test.near', 'set', { value: 'k' }, { gas: 300n * TGAS }),
    )
    expect(error).to.have.nested.property('NotEnoughAllowance.allowance', (ONE_NEAR / 10n).toString())
  })

  it('starts at a nonce above every one it had before it was deleted', async () => {
    const { publicKey } = keys
    await alice.send('alice.test.near', [{ kind: 'deleteKey', publicKey }])
    await alice.addKey(publicKey, null)
    const { header } = chain.chain.ledger.head
    const { nonce } = getAccessKey(chain.chain.ledger.state, 'alice.test.near', publicKey)!
    expect(nonce > (header.height - 5n) * 1_000_000n).to.equal(true)
  })

  it('costs the bytes it occupies, and frees them', async () => {
    const before = alice.state()!.storageUsage
    await alice.send('alice.test.near', [{ kind: 'deleteKey', publicKey: keys.publicKey }])
    // 33 bytes of key, 40 of record, 8 + 1 of nonce and kind, 17 of allowance, 4 + 15 of receiver, 4 + 4 + 3 of methods.
    expect(before - alice.state()!.storageUsage).to.equal(33n + 40n + 9n + 17n + 19n + 11n)
  })
})
