/** The relay on the embedded chain with the market's own code: what it carries, what it refuses, who pays. */
import { expect } from 'chai'
import { connect } from '../../../../../chain/client/near/index.ts'
import type { Action, DelegateAction } from '../../../../../chain/lib/action.ts'
import { utf8ToBytes } from '../../../../../chain/lib/bytes.ts'
import { encodeSignedDelegate, signDelegate } from '../../../../../chain/lib/delegate.ts'
import { ONE_NEAR, TGAS } from '../../../../../chain/lib/units.ts'
import { signNatively } from '../../../../../chain/node/nativeKeys.ts'
import { type OpenedDatabase, openDatabase } from '../../../../../workers/gateway/database/index.ts'
import { createRelay, type Relay } from '../../../../../workers/gateway/relay/index.ts'
import type { Parts } from '../../../../../workers/gateway/types.ts'
import { CHAIN_BLY, CHAIN_MARKET, MarketChain } from '../../../../fixtures/marketChain.ts'

const quiet = { info: () => {}, warn: () => {}, error: () => {} }
const BUDGET = { perDay: ONE_NEAR / 10n, perAccount: ONE_NEAR / 20n }

describe('the relay', function () {
  this.timeout(120_000)
  let market: MarketChain
  let opened: OpenedDatabase
  let at = Date.UTC(2026, 0, 1, 12)
  before(async () => {
    market = await MarketChain.start()
    for (const name of ['alice', 'bob']) {
      const account = await market.account(name, 1_000n)
      await market.transfer(account, 500n * 10n ** 18n, {
        stake: { roles: ['trainer'], kind: 'cpu', class: 'edge', peer: 'http://127.0.0.1:1' },
      })
    }
    await market.chain.createAccount('relayer.test.near')
    opened = await openDatabase({ dir: null })
  })
  after(async () => {
    await opened?.close()
    await market?.chain.close()
  })

  const rpc = (method: string, params: unknown) => market.chain.rpc(method, params)
  const relay = async (budget = BUDGET): Promise<Relay> => {
    const { keys, accountId } = market.chain.account('relayer.test.near')
    const parts = {
      config: { contracts: { bly: CHAIN_BLY, market: CHAIN_MARKET } },
      db: opened.db,
      chain: connect({ rpcUrl: '', rpc }),
      head: { asOf: () => ({ height: height(), at: 0, stale: false }) },
      now: () => at,
      log: quiet,
    } as unknown as Parts
    const relayer = connect({ rpcUrl: '', rpc, signer: { accountId, secretKey: keys.secretKey }, sign: signNatively })
    return createRelay({ parts, relayer, budget })
  }
  const height = (): number => Number(market.chain.chain.ledger.head.header.height)
  const call = (methodName: string, args: object = {}, deposit = 0n, gas = 30n * TGAS): Action => ({
    kind: 'functionCall',
    methodName,
    args: utf8ToBytes(JSON.stringify(args)),
    gas,
    deposit,
  })
  let nonce = 50_000_000n // above what keys start with, below the range's end
  const signed = (name: string, changes: Partial<DelegateAction> = {}): Uint8Array => {
    const { keys, accountId } = market.chain.account(`${name}.test.near`)
    const delegate: DelegateAction = {
      senderId: accountId,
      receiverId: CHAIN_MARKET,
      actions: [call('heartbeat')],
      nonce: ++nonce,
      maxBlockHeight: BigInt(height() + 50),
      publicKey: keys.publicKey,
      ...changes,
    }
    return encodeSignedDelegate(signDelegate(delegate, keys.secretKey, signNatively))
  }
  const near = (name: string): bigint => market.chain.account(`${name}.test.near`).state()!.amount
  const codeOf = async (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => 'carried',
      (error: { code?: string }) => error.code ?? String(error),
    )

  it('carries a visitor’s own call and pays for it: the visitor’s NEAR stays as it was', async () => {
    const [visitor, relayer] = [near('alice'), near('relayer')]
    const each = await relay()
    const { txHash, gasBurntTGas } = await each.carry({ bytes: signed('alice'), account: 'alice.test.near' })
    expect(txHash).to.have.length.above(40)
    expect(near('alice')).to.equal(visitor)
    // Refund receipts burn gas that nobody is charged for.
    const [paid, burnt] = [relayer - near('relayer'), BigInt(Math.round(gasBurntTGas * 1e12)) * 10n ** 8n]
    expect(paid > (burnt * 8n) / 10n && paid <= burnt, `${paid} of ${burnt}`).to.equal(true)
    expect(each.spentRatio()).to.be.above(0).and.below(0.02)
  })

  it('carries nothing twice, and nothing of somebody else', async () => {
    const each = await relay()
    const bytes = signed('alice')
    await each.carry({ bytes, account: 'alice.test.near' })
    const before = near('relayer')
    expect(await codeOf(each.carry({ bytes, account: 'alice.test.near' }))).to.equal('RELAY_REFUSED')
    expect(await codeOf(each.carry({ bytes: signed('bob'), account: 'alice.test.near' }))).to.equal('RELAY_REFUSED')
    expect(near('relayer')).to.equal(before)
  })

  const CASES: [what: string, changes: () => Partial<DelegateAction>][] = [
    ['a foreign contract', () => ({ receiverId: 'evil.test.near' })],
    ['a method that is not listed', () => ({ actions: [call('storage_deposit')] })],
    ['a method of the other contract', () => ({ receiverId: CHAIN_BLY, actions: [call('heartbeat')] })],
    ['a deposit above 1 yocto', () => ({ actions: [call('claim', {}, 2n)] })],
    ['a plain transfer of NEAR', () => ({ actions: [{ kind: 'transfer', deposit: 1n }] })],
    [
      'a new key',
      () => ({
        actions: [
          { kind: 'addKey', publicKey: market.chain.root.keys.publicKey, accessKey: { nonce: 0n, permission: null } },
        ],
      }),
    ],
    ['too much gas', () => ({ actions: [call('claim', {}, 1n, 201n * TGAS)] })],
    ['three actions', () => ({ actions: [call('heartbeat'), call('heartbeat'), call('heartbeat')] })],
    ['no action', () => ({ actions: [] })],
    ['a life over 100 blocks', () => ({ maxBlockHeight: BigInt(height() + 102) })],
    ['a life that is over', () => ({ maxBlockHeight: BigInt(height()) })],
    ['a nonce beyond the chain’s range', () => ({ nonce: BigInt(height()) * 1_000_000n })],
    ['a nonce that is used', () => ({ nonce: 0n })],
    [
      'BLY to somebody else',
      () => ({
        receiverId: CHAIN_BLY,
        actions: [call('ft_transfer_call', { receiver_id: 'evil.test.near', amount: '1', msg: '' }, 1n)],
      }),
    ],
  ]
  for (const [what, changes] of CASES) {
    it(`refuses ${what} before it costs anything`, async () => {
      const before = near('relayer')
      const bytes = signed('alice', changes())
      expect(await codeOf((await relay()).carry({ bytes, account: 'alice.test.near' }))).to.equal('RELAY_REFUSED')
      expect(near('relayer')).to.equal(before)
    })
  }

  it('refuses bytes that are no delegate, or one with a false signature', async () => {
    for (const bytes of [
      new Uint8Array(),
      Uint8Array.of(1, 2, 3),
      new Uint8Array(20_000),
      signed('alice').slice(0, -1),
    ]) {
      expect(await codeOf((await relay()).carry({ bytes, account: 'alice.test.near' }))).to.equal('RELAY_REFUSED')
    }
  })

  it('stops at the account’s budget and at the common one, and begins anew the next day', async () => {
    at += 86_400_000
    const price = 10n ** 8n
    const one = 50n * TGAS * price + 1n // what a heartbeat with 30 TGas reserves
    const small = await relay({ perDay: one * 2n, perAccount: one })
    const heartbeat = (name: string) => codeOf(small.carry({ bytes: signed(name), account: `${name}.test.near` }))
    expect(await heartbeat('alice')).to.equal('carried')
    expect(await heartbeat('alice')).to.equal('RELAY_BUDGET_SPENT')
    expect(await heartbeat('bob')).to.equal('carried')
    expect(await heartbeat('bob')).to.equal('RELAY_BUDGET_SPENT')
    at += 86_400_000
    expect(await heartbeat('alice')).to.equal('carried')
  })

  it('lets parallel requests never spend more than the budget between them', async () => {
    at += 86_400_000
    const one = 50n * TGAS * 10n ** 8n + 1n
    const tight = await relay({ perDay: one * 3n, perAccount: one * 3n })
    const results = await Promise.all(
      Array.from({ length: 8 }, () => codeOf(tight.carry({ bytes: signed('alice'), account: 'alice.test.near' }))),
    )
    const refused = results.filter((each) => each === 'RELAY_BUDGET_SPENT').length
    expect(refused).to.be.at.least(1)
    expect(tight.spentRatio()).to.be.at.most(1)
  })

  it('counts what a failed call cost: failing on purpose empties the own budget only', async () => {
    at += 86_400_000
    const one = 50n * TGAS * 10n ** 8n + 1n
    const each = await relay({ perDay: one * 10n, perAccount: one })
    const failing = signed('alice', { actions: [call('cancel', { task_id: '77' }, 1n)] })
    expect(await codeOf(each.carry({ bytes: failing, account: 'alice.test.near' }))).to.match(/^MARKET_/)
    expect(await codeOf(each.carry({ bytes: signed('alice'), account: 'alice.test.near' }))).to.equal(
      'RELAY_BUDGET_SPENT',
    )
    expect(await codeOf(each.carry({ bytes: signed('bob'), account: 'bob.test.near' }))).to.equal('carried')
  })
})
