/** Stake, unstake, claim and cancel: what the gateway offers is what the contracts then do, and nothing is offered in vain. */
import { expect } from 'chai'
import { parseBly } from '../../../../../chain/lib/units.ts'
import { type OrdersWorld, plainText, startOrdersWorld } from '../../../../fixtures/ordersWorld.ts'

async function codeOf(work: Promise<unknown>): Promise<string | null> {
  return work.then(
    () => null,
    (error) => error.code ?? String(error),
  )
}

describe('money that moves by way of the gateway', () => {
  let world: OrdersWorld
  let alice: string
  let bob: string
  const bly = (text: string): string => `${parseBly(text)}`
  const first = { roles: ['trainer' as const], peer: 'http://127.0.0.1:4401', class: 'edge' as const, kind: 'cpu' }

  before(async () => {
    world = await startOrdersWorld()
    alice = await world.account('alice', 5_000n)
    bob = await world.account('bob', 5_000n)
  })
  after(() => world.close())

  it('registers an operator by one signature, storage included', async () => {
    await world.client(alice).stake({ ...first, amountAtto: bly('500') })
    const node = await world.chain.view('get_node', { account_id: alice })
    expect(node).to.include({ stake: bly('500'), peer: first.peer, class: 'edge' })
    expect(node.roles).to.deep.equal(['trainer'])
  })

  it('adds to a stake without naming roles again', async () => {
    await world.client(alice).stake({ amountAtto: bly('50') })
    expect((await world.chain.view('get_node', { account_id: alice })).stake).to.equal(bly('550'))
  })

  it('says before signing what the market would refuse', async () => {
    const client = world.client(bob)
    expect(await codeOf(client.stake({ amountAtto: bly('500') })), 'a first stake without roles').to.equal(
      'ORDER_INVALID',
    )
    expect(await codeOf(client.stake({ ...first, amountAtto: bly('99') })), 'less than a seat').to.equal(
      'ORDER_MOVE_REFUSED',
    )
    expect(await codeOf(client.stake({ ...first, amountAtto: bly('9000') })), 'more than it has').to.equal(
      'ORDER_MOVE_REFUSED',
    )
    expect(await codeOf(client.stake({ ...first, amountAtto: '0' })), 'nothing').to.equal('ORDER_INVALID')
    expect(await codeOf(client.unstake(1n)), 'no stake').to.equal('ORDER_MOVE_REFUSED')
    expect(await codeOf(world.client(alice).unstake(parseBly('551'))), 'more than is free').to.equal(
      'ORDER_MOVE_REFUSED',
    )
    expect(await codeOf(client.claim()), 'nothing is payable').to.equal('ORDER_MOVE_REFUSED')
  })

  it('keeps what is leaving, and says before signing what the market would refuse', async () => {
    const client = world.client(alice)
    const refused = (amount: string) => codeOf(client.restake(parseBly(amount)))
    expect(await refused('1'), 'nothing is leaving').to.equal('ORDER_MOVE_REFUSED')
    await client.unstake(parseBly('300'))
    expect(await refused('301'), 'more than is leaving').to.equal('ORDER_MOVE_REFUSED')
    expect(await refused('0'), 'nothing').to.equal('ORDER_INVALID')
    await client.restake(parseBly('100'))
    await client.restake(parseBly('200'))
    expect(await world.chain.view('get_node', { account_id: alice })).to.deep.include({
      stake: bly('550'),
      seats: 5,
      unbonding: [],
      may_restake: true,
    })
    await client.unstake(parseBly('550'))
    await client.restake(parseBly('550'))
    await client.unstake(parseBly('550'))
    expect(await refused('550'), 'too often within one period').to.equal('ORDER_MOVE_REFUSED')
    await world.chain.chain.advance(61_000)
    await client.restake(parseBly('550'))
  })

  it('takes stake out, and collects it when its time is over', async () => {
    const client = world.client(alice)
    await client.unstake(parseBly('200'))
    expect(await codeOf(client.claim()), 'too early').to.equal('ORDER_MOVE_REFUSED')
    await world.chain.chain.advance(61_000)
    await client.claim()
    expect(await world.chain.balance(alice)).to.equal(bly('4650'))
  })

  it('cancels a task of one’s own, no other’s, and none that is not there', async () => {
    const order = { rounds: 1, steps: 16, segments: 8, workers: 1, smallPool: true } as const
    const client = world.client(bob)
    const { id } = await client.tasks.create(order, plainText(150_000))
    expect(await codeOf(world.client(alice).tasks.cancel(id))).to.equal('ORDER_TASK_FOREIGN')
    expect(await codeOf(client.tasks.cancel('77'))).to.equal('ORDER_TASK_UNKNOWN')
    await client.tasks.cancel(id)
    expect((await world.chain.view('get_task', { task_id: id })).state).to.equal('Cancelled')
    expect(await codeOf(client.tasks.cancel(id))).to.equal('ORDER_MOVE_REFUSED')
    await client.claim(1n)
    expect(BigInt(await world.chain.balance(bob)) > 0n).to.equal(true)
  })
})
