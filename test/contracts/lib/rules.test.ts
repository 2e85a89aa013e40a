/** What contracts share besides storage: amounts, callers, events, refusals. */
import { expect } from 'chai'
import fc from 'fast-check'
import { BLY_ERRORS } from '../../../contracts/near/bly/errors.ts'
import * as access from '../../../contracts/near/lib/access.ts'
import { fail } from '../../../contracts/near/lib/errors.ts'
import { emit, MAX_LOG_BYTES } from '../../../contracts/near/lib/events.ts'
import * as money from '../../../contracts/near/lib/money.ts'
import { FakeHost } from '../../fixtures/fakeHost.ts'

const u128 = fc.bigInt({ min: 0n, max: money.U128_MAX })

describe('contracts/near/lib money', () => {
  it('rounds as its names say', () => {
    fc.assert(
      fc.property(u128, u128, fc.bigInt({ min: 1n, max: money.U128_MAX }), (a, b, c) => {
        if ((a * b + c - 1n) / c > money.U128_MAX) return
        const [floor, ceil] = [money.mulDivFloor(a, b, c), money.mulDivCeil(a, b, c)]
        expect(floor * c <= a * b && (floor + 1n) * c > a * b).to.equal(true)
        expect(ceil - floor).to.equal((a * b) % c === 0n ? 0n : 1n)
      }),
      { seed: 1 },
    )
    expect(money.bpsFloor(999n, 500n)).to.equal(49n)
    expect(money.bpsCeil(999n, 500n)).to.equal(50n)
    expect([money.min(1n, 2n), money.max(1n, 2n)]).to.deep.equal([1n, 2n])
  })

  it('lets no amount pass 2^128 - 1 or fall below zero', () => {
    expect(() => money.u128(-1n)).to.throw('AMOUNT_INVALID: ')
    expect(() => money.u128(money.U128_MAX + 1n)).to.throw('AMOUNT_INVALID: ')
    expect(() => money.mulDivFloor(money.U128_MAX, 2n, 1n)).to.throw('AMOUNT_INVALID: ')
    expect(() => money.mulDivCeil(1n, 1n, 0n)).to.throw('AMOUNT_INVALID: ')
  })

  it('reads an amount in one spelling only', () => {
    fc.assert(
      fc.property(u128, (value) => {
        expect(money.parseU128(`${value}`)).to.equal(value)
      }),
      { seed: 2 },
    )
    for (const text of [
      '',
      '00',
      '01',
      '+1',
      '-1',
      '1.0',
      '1e3',
      '0x1',
      ' 1',
      '1 ',
      '١',
      `${money.U128_MAX + 1n}`,
      5,
      null,
    ]) {
      expect(() => money.parseU128(text), `${text}`).to.throw('AMOUNT_INVALID: ')
    }
  })
})

describe('contracts/near/lib access', () => {
  it('tells the account ids of NEAR from other text', () => {
    for (const id of ['ab', 'a-b.near', 'a_b', 'f'.repeat(64), '0.1', 'x1.y2.near'])
      expect(access.isAccountId(id), id).to.equal(true)
    for (const id of ['a', '', 'A.near', 'a..b', '.ab', 'ab.', 'a-_b', 'a b', 'f'.repeat(65), 'ab\n', 'é.near', 7]) {
      expect(access.isAccountId(id), `${id}`).to.equal(false)
    }
  })

  it('names the caller that is refused, and the code first', () => {
    const host = new FakeHost({ predecessor: 'eve.near' })
    expect(() => access.requirePredecessor(host, 'bly.near')).to.throw(/^CALLER_FORBIDDEN: only bly.near .* eve.near$/)
    expect(() => access.requireSelf(host)).to.throw(/^CALLBACK_ONLY: eve.near/)
    expect(() => access.requireOneYocto(host)).to.throw(/^DEPOSIT_ONE_YOCTO: .* got 0$/)
    host.deposit = 1n
    access.requireOneYocto(host)
    expect(() => access.requireNoDeposit(host)).to.throw(/^DEPOSIT_NONE: /)
    host.prepaid = 5n
    expect(() => access.requireGas(host, 30_000_000_000_000n)).to.throw(/^GAS_TOO_LOW: needs 30 TGas/)
  })
})

describe('contracts/near/lib events and errors', () => {
  const standard = { standard: 'x', version: '1.0.0' }

  it('writes a NEP-297 line', () => {
    const host = new FakeHost()
    emit(host, standard, 'made', [{ a: '1' }])
    expect(host.logs).to.deep.equal(['EVENT_JSON:{"standard":"x","version":"1.0.0","event":"made","data":[{"a":"1"}]}'])
  })

  it('refuses an event beyond 16 KiB by bytes, not by characters', () => {
    const host = new FakeHost()
    const overhead = 'EVENT_JSON:{"standard":"x","version":"1.0.0","event":"e","data":[{"t":""}]}'.length
    for (const [unit, bytes] of [
      ['a', 1],
      ['é', 2],
      ['漢', 3],
      ['🙂', 4],
    ] as const) {
      const room = Math.floor((MAX_LOG_BYTES - overhead) / bytes)
      emit(host, standard, 'e', [{ t: unit.repeat(room) }])
      expect(Buffer.byteLength(host.logs.at(-1)!)).to.be.at.most(MAX_LOG_BYTES)
      expect(() => emit(host, standard, 'e', [{ t: unit.repeat(room + 1) }]), unit).to.throw('LOG_TOO_LONG: ')
    }
  })

  it('says code, colon, sentence, and has a fix for each code', () => {
    expect(() => fail('BLY_AMOUNT_ZERO', 'the amount must be positive')).to.throw(
      /^BLY_AMOUNT_ZERO: the amount must be positive$/,
    )
    for (const [code, { fix }] of Object.entries(BLY_ERRORS)) {
      expect(code).to.match(/^[A-Z][A-Z0-9_]+$/)
      expect(fix).to.match(/^[A-Z].*\.$/)
    }
  })
})
