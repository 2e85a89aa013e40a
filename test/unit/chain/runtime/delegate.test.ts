import { expect } from 'chai'
import type { Action, DelegateAction } from '../../../../chain/lib/action.ts'
import { BorshDecodeError, BorshWriter } from '../../../../chain/lib/borsh.ts'
import { bytesToUtf8, utf8ToBytes } from '../../../../chain/lib/bytes.ts'
import {
  decodeSignedDelegate,
  delegateHash,
  encodeSignedDelegate,
  type SignedDelegate,
  signDelegate,
} from '../../../../chain/lib/delegate.ts'
import { sha256 } from '../../../../chain/lib/hash.ts'
import { type KeyPair, keyPairFromPhrase, signHash, verifySignature } from '../../../../chain/lib/key.ts'
import { decodeSignedTransaction, signTransaction } from '../../../../chain/lib/transaction.ts'
import { ONE_NEAR, TGAS } from '../../../../chain/lib/units.ts'
import { createTestChain, type NearTestChain, type TestAccount } from '../../../../chain/node/testing.ts'
import { getAccessKey } from '../../../../chain/runtime/state.ts'
import { ASKER, runContract, STORE } from '../support/cases.ts'

const STORE_ID = 'store.test.near'

describe('a delegate: an account signs, a relayer pays', () => {
  const limited = keyPairFromPhrase('limited')
  let chain: NearTestChain
  let alice: TestAccount
  let relayer: TestAccount

  beforeEach(async () => {
    chain = await createTestChain({ runContract, seed: 'delegate' })
    alice = await chain.createAccount('alice.test.near')
    relayer = await chain.createAccount('relayer.test.near')
    await (await chain.createAccount(STORE_ID)).deploy(STORE)
    await (await chain.createAccount('asker.test.near')).deploy(ASKER)
    await alice.addKey(limited.publicKey, { allowance: 1n, receiverId: STORE_ID, methodNames: ['set'] })
  })
  afterEach(() => chain.close())

  const height = () => chain.chain.ledger.head.header.height
  const nonceOf = (publicKey: string) =>
    getAccessKey(chain.chain.ledger.state, 'alice.test.near', publicKey)?.nonce ?? 0n
  const call = (methodName: string, args: object = {}, deposit = 0n, gas = 10n * TGAS): Action => ({
    kind: 'functionCall',
    methodName,
    args: utf8ToBytes(JSON.stringify(args)),
    gas,
    deposit,
  })
  const set = call('set', { value: 'relayed' })
  const delegateOf = (change: Partial<DelegateAction> = {}, keys: KeyPair = alice.keys): DelegateAction => ({
    senderId: 'alice.test.near',
    receiverId: STORE_ID,
    actions: [set],
    nonce: nonceOf(keys.publicKey) + 1n,
    maxBlockHeight: height() + 10n,
    publicKey: keys.publicKey,
    ...change,
  })
  const signed = (change: Partial<DelegateAction> = {}, keys: KeyPair = alice.keys): SignedDelegate =>
    signDelegate(delegateOf(change, keys), keys.secretKey)
  const relay = (delegate: SignedDelegate, to = delegate.delegate.senderId) =>
    relayer.send<unknown>(to, [{ kind: 'delegate', ...delegate }])
  const balances = () => ({ alice: alice.state()!.amount, relayer: relayer.state()!.amount })

  /** What became of it: the runtime's word, with the sender's key and money untouched and the relayer's gas gone. */
  const refusal = async (delegate: SignedDelegate, to?: string): Promise<unknown> => {
    const [before, nonce, deposit] = [balances(), nonceOf(delegate.delegate.publicKey), ONE_NEAR / 10n]
    const reason = await relay(delegate, to).then(
      () => null,
      (error: { data: { kind?: unknown; error?: unknown } }) => error.data.kind ?? error.data.error,
    )
    await chain.mine(2)
    expect(balances().alice).to.equal(before.alice)
    expect(nonceOf(delegate.delegate.publicKey)).to.equal(nonce)
    const lost = before.relayer - balances().relayer
    expect(lost > 0n && lost < deposit, 'the relayer pays gas alone').to.equal(true)
    return reason
  }

  it('acts as from its sender, while gas and deposit are the relayer’s', async () => {
    const before = balances()
    const { outcomes } = await relay(signed({ actions: [call('keep', {}, ONE_NEAR)] }))
    await chain.mine(2)
    expect(balances().alice).to.equal(before.alice)
    const burnt = outcomes.reduce((sum, { tokensBurnt }) => sum + tokensBurnt, 0n)
    expect(before.relayer - balances().relayer).to.equal(burnt + ONE_NEAR)
    const { value, outcomes: asked } = await relay(
      signed({ receiverId: 'asker.test.near', actions: [call('answered')] }),
    )
    const inner = asked.find(({ executorId }) => executorId === 'asker.test.near')!.status as { value: Uint8Array }
    expect(JSON.parse(bytesToUtf8(inner.value))).to.include({ predecessor: 'alice.test.near' })
    expect(value, 'the transaction itself returns nothing, as on nearcore').to.equal(null)
  })

  it('burns nearcore’s fees: its own, its receipt’s, and those of the actions within', async () => {
    const { outcomes } = await relay(signed({ receiverId: 'test.near', actions: [{ kind: 'transfer', deposit: 1n }] }))
    // action_receipt 108.0595, delegate 200, transfer 115.1230625 Ggas, each to send and to execute.
    const [receipt, delegate, transfer] = [108_059_500_000n, 200_000_000_000n, 115_123_062_500n]
    expect(outcomes.slice(0, 3).map(({ gasBurnt }) => gasBurnt)).to.deep.equal([
      receipt + delegate + transfer,
      receipt + delegate + transfer,
      receipt + transfer,
    ])
  })

  it('takes several actions of a full-access key, in order', async () => {
    const keys = keyPairFromPhrase('child')
    await relay(
      signed({
        receiverId: 'child.alice.test.near',
        actions: [
          { kind: 'createAccount' },
          { kind: 'transfer', deposit: ONE_NEAR },
          { kind: 'addKey', publicKey: keys.publicKey, accessKey: { nonce: 0n, permission: null } },
        ],
      }),
    )
    expect(chain.account('child.alice.test.near').state()!.amount).to.equal(ONE_NEAR)
  })

  it('lets a function-call key sign what it may call, and leaves its allowance alone', async () => {
    await relay(signed({}, limited))
    expect(await alice.view(STORE_ID, 'get', {})).to.equal('relayed')
    const { permission } = getAccessKey(chain.chain.ledger.state, 'alice.test.near', limited.publicKey)!
    expect(permission!.allowance).to.equal(1n)
  })

  it('gives the relayer’s deposit to the sender when the call within fails, so a relayer must look first', async () => {
    const before = balances()
    await relay(signed({ actions: [call('setThenPanic', {}, ONE_NEAR)] })).catch(() => undefined)
    await chain.mine(2)
    expect(balances().alice - before.alice).to.equal(ONE_NEAR)
    expect(before.relayer - balances().relayer > ONE_NEAR).to.equal(true)
  })

  describe('is refused', () => {
    it('when anything in it was changed after signing', async () => {
      const { delegate, signature } = signed()
      const changes: Partial<DelegateAction>[] = [
        { actions: [call('set', { value: 'other' })] },
        { maxBlockHeight: delegate.maxBlockHeight + 1n },
        { nonce: delegate.nonce + 1n },
        { receiverId: 'asker.test.near' },
        { publicKey: limited.publicKey },
      ]
      for (const change of changes) {
        expect(await refusal({ delegate: { ...delegate, ...change }, signature })).to.equal(
          'DelegateActionInvalidSignature',
        )
      }
    })

    it('when it was signed without its prefix, as a transaction would be', async () => {
      const delegate = delegateOf()
      const whole = encodeSignedDelegate({ delegate, signature: signHash(alice.keys.secretKey, new Uint8Array(32)) })
      const bare = sha256(whole.subarray(0, whole.length - 65))
      expect(await refusal({ delegate, signature: signHash(alice.keys.secretKey, bare) })).to.equal(
        'DelegateActionInvalidSignature',
      )
    })

    it('above its last height, and not at it', async () => {
      // The transaction is taken in the next block, and its receipt runs in the one after.
      expect(await refusal(signed({ maxBlockHeight: height() + 1n }))).to.equal('DelegateActionExpired')
      await relay(signed({ maxBlockHeight: height() + 2n }))
    })

    it('a second time', async () => {
      const once = signed()
      await relay(once)
      expect(await refusal(once)).to.deep.equal({
        DelegateActionInvalidNonce: {
          delegate_nonce: Number(once.delegate.nonce),
          ak_nonce: Number(once.delegate.nonce),
        },
      })
    })

    it('with a nonce that would lock its key', async () => {
      expect(await refusal(signed({ nonce: 2n ** 63n }))).to.have.property('DelegateActionNonceTooLarge')
    })

    it('when it is sent to another account than its sender', async () => {
      expect(await refusal(signed(), STORE_ID)).to.deep.equal({
        DelegateActionSenderDoesNotMatchTxReceiver: { sender_id: 'alice.test.near', receiver_id: STORE_ID },
      })
    })

    it('when its key is not the sender’s', async () => {
      const stranger = keyPairFromPhrase('stranger')
      expect(await refusal(signed({}, stranger))).to.deep.equal({
        DelegateActionAccessKeyError: {
          AccessKeyNotFound: { account_id: 'alice.test.near', public_key: stranger.publicKey },
        },
      })
    })

    it('when its function-call key may not sign that', async () => {
      const cases: [Partial<DelegateAction>, unknown][] = [
        [{ actions: [set, set] }, 'RequiresFullAccess'],
        [{ actions: [] }, 'RequiresFullAccess'],
        [{ actions: [{ kind: 'transfer', deposit: 1n }] }, 'RequiresFullAccess'],
        [{ actions: [call('set', {}, 1n)] }, 'DepositWithFunctionCall'],
        [{ actions: [call('set', {}, 1n)], receiverId: 'asker.test.near' }, 'DepositWithFunctionCall'],
        [
          { receiverId: 'asker.test.near' },
          { ReceiverMismatch: { tx_receiver: 'asker.test.near', ak_receiver: STORE_ID } },
        ],
        [{ actions: [call('get')] }, { MethodNameMismatch: { method_name: 'get' } }],
      ]
      for (const [change, error] of cases) {
        expect(await refusal(signed(change, limited))).to.deep.equal({ DelegateActionAccessKeyError: error })
      }
    })

    it('when its sender does not exist', async () => {
      const ghost = keyPairFromPhrase('ghost')
      const delegate = signed({ senderId: 'ghost.test.near', nonce: 1n }, ghost)
      expect(await refusal(delegate)).to.deep.equal({ AccountDoesNotExist: { account_id: 'ghost.test.near' } })
    })

    it('as the second in one transaction, before anybody pays', async () => {
      const before = balances()
      const action: Action = { kind: 'delegate', ...signed() }
      const error = await relayer.send('alice.test.near', [action, action]).catch((reason) => reason)
      expect(error.data.error).to.deep.equal({ ActionsValidation: 'DelegateActionMustBeOnlyOne' })
      expect(balances()).to.deep.equal(before)
    })

    it('with another one in it, however deep, before it is read', () => {
      const nested: Action = { kind: 'delegate', ...signed() }
      const bytes = (actions: Action[]) =>
        signTransaction(
          {
            signerId: 'relayer.test.near',
            nonce: 1n,
            receiverId: 'alice.test.near',
            blockHash: new Uint8Array(32),
            actions,
          },
          relayer.keys.secretKey,
        ).bytes
      expect(() => decodeSignedTransaction(bytes([{ kind: 'delegate', ...signed({ actions: [nested] }) }]))).to.throw(
        BorshDecodeError,
        'nested',
      )
      const deep = new BorshWriter()
      for (let i = 0; i < 100_000; i++) deep.string('a').string('b').u32(1).u8(8)
      expect(() => decodeSignedDelegate(deep.finish())).to.throw(BorshDecodeError, 'nested')
    })
  })

  it('travels as bytes and back, and nothing else passes for it', () => {
    const delegate = signed({ actions: [set, { kind: 'transfer', deposit: ONE_NEAR }] })
    const bytes = encodeSignedDelegate(delegate)
    expect(decodeSignedDelegate(bytes)).to.deep.equal(delegate)
    expect(verifySignature(alice.keys.publicKey, delegateHash(delegate.delegate), delegate.signature)).to.equal(true)
    expect(() => decodeSignedDelegate(new Uint8Array([...bytes, 0]))).to.throw(BorshDecodeError)
    expect(() => decodeSignedDelegate(bytes.subarray(0, -1))).to.throw(BorshDecodeError)
    expect(() => decodeSignedTransaction(bytes)).to.throw()
  })
})
