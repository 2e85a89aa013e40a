/** NEP-145 over both books: who pays, who is refunded, and that no byte is free. */
import { expect } from 'chai'
import fc from 'fast-check'
import { chargeStorage, type MeteredStorage, meteredStorage } from '../../../contracts/near/lib/meteredStorage.ts'
import { STORAGE_PRICE } from '../../../contracts/near/lib/money.ts'
import {
  storageBalanceBounds,
  storageBalanceOf,
  storageDeposit,
  storageUnregister,
  storageWithdraw,
} from '../../../contracts/near/lib/storageManagement.ts'
import { FakeHost } from '../../fixtures/fakeHost.ts'

const REGISTRATION = 200n
const MIN = REGISTRATION * STORAGE_PRICE

describe('contracts/near/lib metered storage', () => {
  let host: FakeHost
  let book: MeteredStorage
  const deposit = (yocto: bigint, args: Parameters<typeof storageDeposit>[2] = {}, predecessor = 'alice.near') =>
    host.call({ predecessor, deposit: yocto }, () => storageDeposit(host, book, args))
  const withdraw = (amount: bigint | null, yocto = 1n) =>
    host.call({ predecessor: 'alice.near', deposit: yocto }, () => storageWithdraw(host, book, amount))

  beforeEach(() => {
    host = new FakeHost()
    book = meteredStorage(host, { prefix: '$', registrationBytes: REGISTRATION })
  })

  it('keeps any deposit, and only the price when registration_only is set', () => {
    expect(storageBalanceBounds(book)).to.deep.equal({ min: `${MIN}`, max: null })
    const first = deposit(MIN + 5n, { registration_only: true })
    expect(first.result).to.deep.equal({ total: `${MIN}`, available: '0' })
    expect(first.transfers).to.deep.equal([{ receiver: 'alice.near', yocto: 5n }])
    expect(deposit(7n).result).to.deep.equal({ total: `${MIN + 7n}`, available: '7' })
    expect(deposit(9n, { registration_only: true }).transfers).to.deep.equal([{ receiver: 'alice.near', yocto: 9n }])
    expect(storageBalanceOf(book, 'alice.near')).to.deep.equal({ total: `${MIN + 7n}`, available: '7' })
  })

  it('lets anyone pay for another, and refunds the payer', () => {
    const outcome = deposit(MIN + 1n, { account_id: 'bob.near', registration_only: true }, 'payer.near')
    expect(outcome.transfers).to.deep.equal([{ receiver: 'payer.near', yocto: 1n }])
    expect(storageBalanceOf(book, 'payer.near')).to.equal(null)
    expect(storageBalanceOf(book, 'bob.near')).to.not.equal(null)
  })

  it('locks the bytes that a call adds, and frees those that it removes', () => {
    deposit(MIN + 100n * STORAGE_PRICE)
    chargeStorage(host, book, 'alice.near', () => host.write('task', 'x'.repeat(50)))
    expect(book.bytesOf('alice.near')).to.equal(94n) // 4 + 50 + NEAR's 40
    expect(storageBalanceOf(book, 'alice.near')!.available).to.equal(`${6n * STORAGE_PRICE}`)
    expect(() => withdraw(7n * STORAGE_PRICE)).to.throw('STORAGE_WITHDRAW_TOO_MUCH: ')
    expect(() => host.call({}, () => chargeStorage(host, book, 'alice.near', () => host.write('more', 'x')))).to.throw(
      'STORAGE_EXHAUSTED: ',
    )
    expect(host.has('more')).to.equal(false)
    const leave = () => host.call({ predecessor: 'alice.near', deposit: 1n }, () => storageUnregister(host, book, true))
    expect(leave).to.throw('STORAGE_IN_USE: ')
    chargeStorage(host, book, 'alice.near', () => host.remove('task'))
    expect(withdraw(null).transfers).to.deep.equal([{ receiver: 'alice.near', yocto: 100n * STORAGE_PRICE }])
    expect(leave().transfers).to.deep.equal([{ receiver: 'alice.near', yocto: MIN + 1n }])
    expect(host.storage.size).to.equal(0)
  })

  it('charges nobody who is not registered', () => {
    const work = () => chargeStorage(host, book, 'ghost.near', () => host.write('k', 'v'))
    expect(() => host.call({}, work)).to.throw('STORAGE_NOT_REGISTERED: ')
    expect(host.has('k')).to.equal(false)
  })

  it('asks the contract before an account leaves', () => {
    const strict = meteredStorage(host, {
      prefix: '$',
      registrationBytes: REGISTRATION,
      release: (account) => {
        throw new Error(`STORAGE_IN_USE: ${account} has stake`)
      },
    })
    deposit(MIN)
    const leave = () =>
      host.call({ predecessor: 'alice.near', deposit: 1n }, () => storageUnregister(host, strict, true))
    expect(leave).to.throw('alice.near has stake')
  })

  it('never pays out more than came in, whatever the sequence', () => {
    const step = fc.record({
      does: fc.constantFrom('deposit', 'withdraw', 'leave', 'use', 'free'),
      who: fc.constantFrom('a1.near', 'b1.near'),
      yocto: fc.bigInt({ min: 0n, max: 3n * MIN }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        host = new FakeHost()
        book = meteredStorage(host, { prefix: '$', registrationBytes: REGISTRATION })
        let held = 0n
        for (const { does, who, yocto } of steps) {
          try {
            if (does === 'use' || does === 'free') {
              const size = does === 'use' ? Number(yocto / STORAGE_PRICE) : 0
              const work = () => (size > 0 ? host.write(`x${who}`, '.'.repeat(size)) : host.remove(`x${who}`))
              host.call({ predecessor: who }, () => chargeStorage(host, book, who, work))
              continue
            }
            const paid = does === 'deposit' ? yocto : 1n
            const { transfers } = host.call({ predecessor: who, deposit: paid }, () => {
              if (does === 'deposit') return storageDeposit(host, book, {})
              return does === 'leave' ? storageUnregister(host, book, false) : storageWithdraw(host, book, yocto)
            })
            held += paid - transfers.reduce((sum, each) => sum + each.yocto, 0n)
          } catch (error) {
            expect((error as Error).message).to.match(/^STORAGE_/)
          }
          const balances = ['a1.near', 'b1.near'].map((account) => BigInt(storageBalanceOf(book, account)?.total ?? 0))
          expect(held >= balances[0] + balances[1]).to.equal(true)
          for (const account of ['a1.near', 'b1.near']) {
            const kept = book.find(account)
            if (kept !== null) expect(kept.total >= kept.locked).to.equal(true)
          }
        }
      }),
      { seed: 5 },
    )
  })
})
