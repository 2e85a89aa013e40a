/**
 * Who leaves and comes back in a loop would fill the lists of seats with closed ones for the price of gas, until no draw
 * finds anybody, and swell its own record, which every draw reads. Carried out without an unbonding period, which is
 * what the bound counts in, and with it.
 */
import { expect } from 'chai'
import { openMarket } from '../../contracts/near/market/context.ts'
import { findNode } from '../../contracts/near/market/nodes.ts'
import { ALL_SEATS, listLength } from '../../contracts/near/market/seats.ts'
import { BLY, MarketWorld, makeSpec } from '../fixtures/marketWorld.ts'

const MALLORY = 'mallory.near'
const HONEST = ['a.near', 'b.near', 'c.near']
const SEATS = 20
const BYTES_OF_A_LOT = 120

function world(unbondingMs: number): MarketWorld {
  const w = new MarketWorld({ unbondingMs })
  for (const account of HONEST) w.stake(account, 200n, { roles: ['trainer'] })
  w.stake(MALLORY, BigInt(SEATS) * 100n, { roles: ['trainer'] })
  return w
}

/** Leaves and comes back until refused, at most `most` times. @returns how often it came back, and the refusal */
function loop(w: MarketWorld, most: number, amount = BigInt(SEATS) * 100n * BLY): { times: number; refusal: string } {
  for (let times = 0; times < most; times++) {
    try {
      w.call(MALLORY, 'unstake', { amount: `${amount}` }, 1n)
      w.call(MALLORY, 'restake', { amount: `${amount}` }, 1n)
    } catch (error) {
      return { times, refusal: String(error) }
    }
  }
  return { times: most, refusal: '' }
}

/** How many of the honest ones draws of ten tasks find, once mallory has left. */
function found(w: MarketWorld): number {
  let count = 0
  for (let nonce = 1; nonce <= 10; nonce++) {
    const task = w.createTask('requester.near', makeSpec({ nonce: `${nonce}`, workers: 3, pay: `${BLY}` }))
    w.advance(10)
    w.call('cranker.near', 'crank', { task_id: task })
    const { trainers } = w.view('draw', { task_id: task, round: 0 })
    count += trainers?.drawn.filter((account: string) => HONEST.includes(account)).length ?? 0
  }
  return count
}

const places = (w: MarketWorld) => listLength(openMarket(w.host), ALL_SEATS)
const recordBytes = (w: MarketWorld) => JSON.stringify(findNode(openMarket(w.host), MALLORY)).length

describe('attack: an operator who leaves and comes back in a loop', () => {
  it('without a bound hides the honest from most draws and swells its record, for gas alone', () => {
    const w = world(0)
    const [quiet, small] = [world(0), recordBytes(w)]
    expect(loop(w, 120).times).to.equal(120)
    expect(places(w)).to.be.greaterThan(100 * SEATS)
    expect(recordBytes(w)).to.be.greaterThan(small + 100 * 60)
    for (const each of [w, quiet]) each.call(MALLORY, 'unstake', { amount: `${BigInt(SEATS) * 100n * BLY}` }, 1n)
    expect(found(quiet)).to.equal(30)
    expect(found(w)).to.be.lessThan(25)
  })

  it('with it is refused after three times its seats, and the honest are found as before', () => {
    const w = world(60_000)
    const { times, refusal } = loop(w, 120)
    expect(times).to.equal(2)
    expect(refusal).to.match(/MARKET_RESTAKE_TOO_OFTEN/)
    expect(places(w)).to.be.at.most(6 + 3 * SEATS)
    expect(recordBytes(w)).to.be.at.most(400 + 6 * BYTES_OF_A_LOT)
    expect(found(w)).to.equal(30)
  })

  it('seat by seat, or by parts of a seat and one attoBLY of new stake, comes no further', () => {
    const bySeat = world(60_000)
    expect(loop(bySeat, 200, 100n * BLY).refusal).to.match(/TOO_OFTEN/)
    expect(places(bySeat)).to.be.at.most(6 + 3 * SEATS + 1)

    const byParts = world(60_000)
    let times = 0
    expect(() => {
      for (; times < 200; times++) {
        byParts.call(MALLORY, 'unstake', { amount: `${BLY}` }, 1n)
        byParts.call(MALLORY, 'restake', { amount: `${BLY - 1n}` }, 1n)
        byParts.transfer(MALLORY, 1n, { stake: {} })
      }
    }).to.throw(/MARKET_(RESTAKE_TOO_OFTEN|UNBONDING_FULL)/)
    expect(places(byParts)).to.be.at.most(6 + 3 * SEATS + 1)
  })

  it('is heard again once its closed seats are an unbonding period old', () => {
    const w = world(60_000)
    loop(w, 120)
    w.advance(60_000)
    w.call(MALLORY, 'restake', { amount: `${BigInt(SEATS) * 100n * BLY}` }, 1n)
    expect(w.view('get_node', { account_id: MALLORY }).seats).to.equal(SEATS)
  })
})
