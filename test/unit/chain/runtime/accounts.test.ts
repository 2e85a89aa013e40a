import { expect } from 'chai'
import { base58ToBytes, bytesToBase58, bytesToHex } from '../../../../chain/lib/bytes.ts'
import { keyPairFromPhrase, parsePublicKey } from '../../../../chain/lib/key.ts'
import { ONE_NEAR, TGAS } from '../../../../chain/lib/units.ts'
import { createTestChain, type NearTestChain } from '../../../../chain/node/testing.ts'
import { childReceiptId, receiptIdOfTransaction } from '../../../../chain/runtime/receipt.ts'
import { runContract, STORE } from '../support/cases.ts'

describe('accounts and their actions', () => {
  let chain: NearTestChain
  beforeEach(async () => {
    chain = await createTestChain({ runContract, seed: 'accounts' })
  })
  afterEach(() => chain.close())

  const kindOf = async (promise: Promise<unknown>): Promise<unknown> => {
    const error = await promise.then(
      () => null,
      (reason: { data: { kind?: unknown; error?: unknown } }) => reason.data.kind ?? reason.data.error,
    )
    return error
  }

  it('creates a child with a key and a balance, one block after the transaction', async () => {
    const alice = await chain.createAccount('alice.test.near', 5n * ONE_NEAR)
    expect(alice.state()).to.include({ amount: 5n * ONE_NEAR, storageUsage: 182n })
    const sent = await alice.transfer('test.near', ONE_NEAR)
    const { ledger } = chain.chain
    const place = ledger.transaction(sent.txHash)!.block.header.height
    expect(ledger.outcome(sent.outcomes[1]!.id)!.block.header.height).to.equal(place + 1n)
  })

  it('derives receipt ids as nearcore does: sha256(parent ‖ height ‖ index)', async () => {
    const alice = await chain.createAccount('alice.test.near')
    const sent = await alice.transfer('test.near', 1n)
    const { block, index } = chain.chain.ledger.transaction(sent.txHash)!
    const id = receiptIdOfTransaction(block.transactions[index]!.hash, block.header.height)
    expect(sent.outcomes[0]!.receiptIds).to.deep.equal([id])
    expect(sent.outcomes[1]!.receiptIds).to.deep.equal([childReceiptId(id, block.header.height + 1n, 0)])
  })

  it('burns a transfer to the unit: send and execution at the block price, the rest refunded', async () => {
    const alice = await chain.createAccount('alice.test.near', 5n * ONE_NEAR)
    const sent = await alice.transfer('test.near', ONE_NEAR)
    // Receipt 108,059,500,000 and transfer 115,123,062,500, each sent and executed; the refund receipt's gas is free.
    const once = 108_059_500_000n + 115_123_062_500n
    expect(sent.outcomes.map(({ gasBurnt }) => gasBurnt)).to.deep.equal([once, once, once])
    expect(sent.outcomes.map(({ tokensBurnt }) => tokensBurnt)).to.deep.equal([once * 10n ** 8n, once * 10n ** 8n, 0n])
    expect(alice.state()!.amount).to.equal(4n * ONE_NEAR - 2n * once * 10n ** 8n)
  })

  it('lets nobody create a grandchild, a stranger’s child or a short top-level name', async () => {
    const create = (id: string) => kindOf(chain.root.send(id, [{ kind: 'createAccount' }]))
    expect(await create('a.b.test.near')).to.have.property('CreateAccountNotAllowed')
    expect(await create('a.other')).to.have.property('CreateAccountNotAllowed')
    expect(await create('short')).to.have.property('CreateAccountOnlyByRegistrar')
    await chain.createAccount('twice.test.near')
    expect(await create('twice.test.near')).to.have.property('AccountAlreadyExists')
  })

  it('makes an implicit account with its key by a transfer, and by nothing else', async () => {
    const keys = keyPairFromPhrase('implicit')
    const id = bytesToHex(parsePublicKey(keys.publicKey).data)
    expect(await kindOf(chain.root.send(id, [{ kind: 'createAccount' }]))).to.have.property(
      'OnlyImplicitAccountCreationAllowed',
    )
    await chain.root.transfer(id, ONE_NEAR)
    const implicit = chain.account(id).withKey(keys)
    expect(implicit.state()).to.include({ amount: ONE_NEAR, storageUsage: 182n })
    await implicit.transfer('test.near', ONE_NEAR / 2n)
  })

  it('returns the deposit when the receiver does not exist', async () => {
    const alice = await chain.createAccount('alice.test.near', 5n * ONE_NEAR)
    expect(await kindOf(alice.transfer('nobody.test.near', ONE_NEAR))).to.have.property('AccountDoesNotExist')
    expect(alice.state()!.amount > (499n * ONE_NEAR) / 100n).to.equal(true)
  })

  it('keeps the account creation charge of 0.007 NEAR', async () => {
    const before = chain.root.state()!.amount
    await chain.createAccount('alice.test.near', ONE_NEAR)
    const spent = before - chain.root.state()!.amount - ONE_NEAR
    // The charge covers the burnt cost of creation; the other burnt fees come on top.
    const others =
      (500_000_000_000n + 2n * 108_059_500_000n + 2n * 115_123_062_500n + 2n * 101_765_125_000n) * 10n ** 8n
    expect(spent).to.equal(7n * 10n ** 21n + others)
  })

  it('stores code with its sha256, and refuses a call where there is none', async () => {
    const alice = await chain.createAccount('alice.test.near')
    expect(await kindOf(alice.call('alice.test.near', 'get', {}))).to.deep.equal({
      FunctionCallError: { CompilationError: { CodeDoesNotExist: { account_id: 'alice.test.near' } } },
    })
    await alice.deploy(STORE)
    const { createHash } = await import('node:crypto')
    expect(alice.state()!.codeHash).to.equal(bytesToBase58(createHash('sha256').update(STORE).digest()))
    expect(alice.state()!.storageUsage).to.equal(182n + BigInt(STORE.length))
  })

  it('demands 10¹⁹ yocto a byte beyond 770 bytes', async () => {
    const poor = await chain.createAccount('poor.test.near', ONE_NEAR / 100n)
    await chain.root.transfer('poor.test.near', ONE_NEAR / 20n)
    const error = await kindOf(poor.send('poor.test.near', [{ kind: 'deployContract', code: new Uint8Array(20_000) }]))
    expect(error).to.have.property('LackBalanceForState')
    expect(poor.state()!.storageUsage).to.equal(182n)
  })

  it('deletes an account and all its records, its balance going to the beneficiary', async () => {
    const alice = await chain.createAccount('alice.test.near', 5n * ONE_NEAR)
    await alice.deploy(STORE)
    await alice.call('alice.test.near', 'set', { value: 'x' })
    const before = chain.root.state()!.amount
    await alice.send('alice.test.near', [{ kind: 'deleteAccount', beneficiaryId: 'test.near' }])
    expect(alice.state()).to.equal(null)
    expect(chain.root.state()!.amount - before > (49n * ONE_NEAR) / 10n).to.equal(true)
    const left = [...chain.chain.ledger.state.entries()].filter(([key]) => key.includes('alice.test.near'))
    expect(left).to.deep.equal([])
  })

  it('lets only the account itself deploy, add and delete keys', async () => {
    await chain.createAccount('alice.test.near')
    const key = keyPairFromPhrase('x').publicKey
    for (const action of [
      { kind: 'deployContract', code: STORE } as const,
      { kind: 'addKey', publicKey: key, accessKey: { nonce: 0n, permission: null } } as const,
      { kind: 'deleteKey', publicKey: key } as const,
      { kind: 'deleteAccount', beneficiaryId: 'test.near' } as const,
    ]) {
      expect(await kindOf(chain.root.send('alice.test.near', [action]))).to.have.property('ActorNoPermission')
    }
  })

  it('undoes every action of a receipt when a later one fails', async () => {
    const alice = await chain.createAccount('alice.test.near', 5n * ONE_NEAR)
    const keys = keyPairFromPhrase('second')
    const error = await kindOf(
      alice.send('alice.test.near', [
        { kind: 'addKey', publicKey: keys.publicKey, accessKey: { nonce: 0n, permission: null } },
        { kind: 'deleteKey', publicKey: keyPairFromPhrase('third').publicKey },
      ]),
    )
    expect(error).to.have.property('DeleteKeyDoesNotExist')
    expect(chain.chain.ledger.state.keys('\x02alice.test.near\x02')).to.have.length(1)
  })

  it('refuses unknown signers, unknown keys, spent nonces, poor signers and altered bytes', async () => {
    expect(await kindOf(chain.account('ghost.test.near').transfer('test.near', 1n))).to.have.property(
      'SignerDoesNotExist',
    )
    const alice = await chain.createAccount('alice.test.near', ONE_NEAR)
    expect(await kindOf(alice.withKey(keyPairFromPhrase('no')).transfer('test.near', 1n))).to.have.nested.property(
      'InvalidAccessKeyError.AccessKeyNotFound',
    )
    expect(await kindOf(alice.transfer('test.near', 2n * ONE_NEAR))).to.have.property('NotEnoughBalance')
    const { signTransaction, decodeSignedTransaction } = await import('../../../../chain/lib/transaction.ts')
    const blockHash = base58ToBytes(chain.chain.ledger.head.header.hash)
    const base = { signerId: 'alice.test.near', receiverId: 'test.near', blockHash, actions: [] }
    const spent = signTransaction({ ...base, nonce: 0n }, alice.keys.secretKey)
    expect(await kindOf(chain.chain.send(spent.signed))).to.have.property('InvalidNonce')
    const far = signTransaction({ ...base, nonce: 10n ** 15n }, alice.keys.secretKey)
    expect(await kindOf(chain.chain.send(far.signed))).to.have.property('NonceTooLarge')
    const old = signTransaction({ ...base, nonce: 2_000_001n, blockHash: new Uint8Array(32) }, alice.keys.secretKey)
    expect(await kindOf(chain.chain.send(old.signed))).to.equal('Expired')
    const fine = signTransaction({ ...base, nonce: 2_000_001n }, alice.keys.secretKey).bytes
    fine[fine.length - 1]! ^= 1
    expect(await kindOf(chain.chain.send(decodeSignedTransaction(fine)))).to.equal('InvalidSignature')
  })

  it('refuses what nearcore’s limits refuse', async () => {
    const send = (action: Parameters<typeof chain.root.send>[1][number]) =>
      kindOf(chain.root.send('test.near', [action]))
    const named = (methodName: string, gas: bigint) => ({
      kind: 'functionCall' as const,
      methodName,
      args: new Uint8Array(),
      gas,
      deposit: 0n,
    })
    expect(await send(named('x', 0n))).to.deep.equal({ ActionsValidation: 'FunctionCallZeroAttachedGas' })
    expect(await send(named('x', 1_001n * TGAS))).to.have.nested.property('ActionsValidation.TotalPrepaidGasExceeded')
    expect(await send(named('x'.repeat(257), TGAS))).to.have.nested.property(
      'ActionsValidation.FunctionCallMethodNameLengthExceeded',
    )
    expect(await send({ kind: 'useGlobalContract', id: { accountId: 'test.near' } })).to.have.nested.property(
      'ActionsValidation.UnsupportedProtocolFeature',
    )
  })
})
