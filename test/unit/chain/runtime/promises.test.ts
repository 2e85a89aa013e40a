import { expect } from 'chai'
import { ContractError } from '../../../../chain/lib/contractError.ts'
import { ONE_NEAR } from '../../../../chain/lib/units.ts'
import { createTestChain, type NearTestChain, type TestAccount } from '../../../../chain/node/testing.ts'
import { ASKER, runContract, STORE } from '../support/cases.ts'

describe('promises and callbacks', () => {
  let chain: NearTestChain
  let alice: TestAccount
  let store: TestAccount
  beforeEach(async () => {
    chain = await createTestChain({ runContract, seed: 'promises' })
    alice = await chain.createAccount('alice.test.near')
    store = await chain.createAccount('store.test.near')
    await store.deploy(STORE)
    const asker = await chain.createAccount('asker.test.near')
    await asker.deploy(ASKER)
  })
  afterEach(() => chain.close())

  const ask = (method: string, extra = {}) =>
    alice.call('asker.test.near', 'ask', { contract: 'store.test.near', method, value: 'v', ...extra })

  it('gives the callback the value of the call it waited for, as from the contract itself', async () => {
    const { value } = await ask('set')
    expect(value).to.deep.equal({ results: ['"v"'], predecessor: 'asker.test.near' })
    expect(await alice.view('store.test.near', 'get', {})).to.equal('v')
  })

  it('gives the callback a failure when the call panicked, and counts the failure', async () => {
    const { value, failures, events } = await ask('setThenPanic')
    expect(value).to.deep.equal({ results: [null], predecessor: 'asker.test.near' })
    expect(failures.map(({ code, what }) => ({ code, what }))).to.deep.equal([
      { code: 'STORE_CLOSED', what: 'the store is closed; open it first' },
    ])
    expect(events).to.deep.equal([])
    expect(await alice.view('store.test.near', 'get', {})).to.equal(null)
  })

  it('throws the failure of a later step when asked to', async () => {
    const error = await alice
      .call(
        'asker.test.near',
        'ask',
        { contract: 'store.test.near', method: 'setThenPanic', value: 'v' },
        { failOnAnyReceipt: true },
      )
      .catch((reason: unknown) => reason)
    expect(error).to.be.instanceOf(ContractError).with.property('code', 'STORE_CLOSED')
  })

  it('joins two promises in the order in which they were named', async () => {
    const other = await chain.createAccount('other.test.near')
    await other.deploy(STORE)
    const { value } = await alice.call('asker.test.near', 'askBoth', {
      first: 'store.test.near',
      second: 'other.test.near',
    })
    expect(value).to.deep.equal({ results: ['"a"', null], predecessor: 'asker.test.near' })
  })

  it('answers with the receipt’s value when a call returns a promise', async () => {
    const { value } = await alice.call('asker.test.near', 'forward', { contract: 'store.test.near' })
    expect(value).to.equal('forwarded')
  })

  it('hands a waiting caller on to the receipt that the call returned', async () => {
    const second = await chain.createAccount('second.test.near')
    await second.deploy(ASKER)
    const { value } = await alice.call('asker.test.near', 'ask', {
      contract: 'second.test.near',
      method: 'ask',
      value: 'v',
    })
    // `second` is asked without a contract to ask, so its own call fails and the first callback sees that.
    expect(value).to.deep.equal({ results: [null], predecessor: 'asker.test.near' })
    const result = await alice
      .call('asker.test.near', 'forward', { contract: 'second.test.near' })
      .catch((error: unknown) => error)
    expect(result).to.have.property('name')
  })

  it('takes one block for each hop', async () => {
    const { outcomes } = await ask('set')
    const { ledger } = chain.chain
    const heightOf = (id: string) => ledger.outcome(id)!.block.header.height
    const ofAsker = outcomes.filter(({ executorId }) => executorId === 'asker.test.near')
    const ofStore = outcomes.find(({ executorId }) => executorId === 'store.test.near')!
    const start = heightOf(outcomes[0]!.id)
    expect(heightOf(ofAsker[0]!.id)).to.equal(start + 1n)
    expect(heightOf(ofStore.id)).to.equal(start + 2n)
    expect(heightOf(ofAsker[1]!.id)).to.equal(start + 3n)
  })

  it('leaves no postponed receipt, no data and no pending count behind', async () => {
    await ask('set')
    await ask('setThenPanic')
    const left = [...chain.chain.ledger.state.entries()].filter(([key]) => '\x03\x04\x05\x06'.includes(key[0]!))
    expect(left).to.deep.equal([])
  })

  it('moves an attached deposit with the call, and back when the call panics', async () => {
    const deposit = ONE_NEAR.toString()
    const before = store.state()!.amount
    await alice.call(
      'asker.test.near',
      'ask',
      { contract: 'store.test.near', method: 'keep', value: '', deposit },
      { deposit: ONE_NEAR },
    )
    // The store keeps the deposit and earns three tenths of the gas it burnt.
    expect(store.state()!.amount - before).to.equal(ONE_NEAR + (3n * 2n * 10n ** 12n * 10n ** 8n) / 10n)
    const asker = chain.account('asker.test.near').state()!.amount
    await alice.call(
      'asker.test.near',
      'ask',
      { contract: 'store.test.near', method: 'setThenPanic', value: '', deposit },
      { deposit: ONE_NEAR },
    )
    expect(chain.account('asker.test.near').state()!.amount - asker > ONE_NEAR).to.equal(true)
  })

  it('gives nothing to a contract from protocol 87 on', async () => {
    const next = await createTestChain({ runContract, seed: 'promises', protocolVersion: 87 })
    const contract = await next.createAccount('store.test.near')
    await contract.deploy(STORE)
    const before = contract.state()!.amount
    await next.root.call('store.test.near', 'set', { value: 'x' })
    expect(contract.state()!.amount).to.equal(before)
    await next.close()
  })
})
