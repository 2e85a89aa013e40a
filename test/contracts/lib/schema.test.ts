import { expect } from 'chai'
import fc from 'fast-check'
import {
  type ArgsOf,
  type ContractSchema,
  parseArgs,
  parseValue,
  t,
  type WiresOf,
} from '../../../contracts/near/lib/schema.ts'

const schema = {
  name: 'sample',
  doc: 'A table to test with.',
  methods: {
    ft_transfer: {
      kind: 'call',
      payable: '1yocto',
      args: { receiver_id: t.account, amount: t.u128, memo: t.optional(t.string(10)) },
      returns: t.unit,
      gasTGas: 10,
      doc: 'Moves tokens.',
    },
    reveal: {
      kind: 'call',
      args: {
        round: t.integer(0, 999),
        hash: t.hex32,
        delta: t.cid,
        verdict: t.oneOf('ok', 'dispute'),
        proof: t.list(t.hex(2), 3),
        gain: t.nullable(t.u64),
        final: t.object({ m: t.hex(1), deep: t.optional(t.object({ flag: t.boolean })) }),
      },
      returns: t.list(t.u128, 10),
      doc: 'Opens a commitment.',
    },
    lax: {
      kind: 'view',
      args: { note: t.optional(t.json) },
      open: true,
      returns: t.json,
      doc: 'Takes more than it reads.',
    },
  },
  errors: {},
  events: {},
} as const satisfies ContractSchema

const { ft_transfer, reveal, lax } = schema.methods
const CID = 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
const good = (): Record<string, unknown> => ({
  round: 3,
  hash: 'ab'.repeat(32),
  delta: CID,
  verdict: 'ok',
  proof: ['00ff'],
  gain: null,
  final: { m: '0a', deep: { flag: true } },
})

describe('contracts/lib/schema', () => {
  it('gives amounts as bigint and leaves absent options out', () => {
    const args: ArgsOf<typeof ft_transfer> = parseArgs(ft_transfer, {
      receiver_id: 'bob.near',
      amount: '340282366920938463463374607431768211455',
    })
    const memo: string | undefined = args.memo
    expect(args).to.deep.equal({ receiver_id: 'bob.near', amount: 2n ** 128n - 1n })
    expect(memo).to.equal(undefined)
    expect(parseArgs(ft_transfer, { receiver_id: 'bob.near', amount: '0', memo: null })).to.not.have.property('memo')
  })

  it('types the JSON side with strings and optional nulls', () => {
    const wire: WiresOf<typeof ft_transfer.args> = { receiver_id: 'bob.near', amount: '1', memo: null }
    expect(parseArgs(ft_transfer, wire).amount).to.equal(1n)
  })

  it('parses nested objects, lists, enums, hashes and CIDs', () => {
    const args = parseArgs(reveal, good())
    const verdict: 'ok' | 'dispute' = args.verdict
    const flag: boolean | undefined = args.final.deep?.flag
    expect([verdict, flag, args.proof, args.gain]).to.deep.equal(['ok', true, ['00ff'], null])
    expect(args).to.deep.equal(good())
  })

  const refused: [string, unknown, string][] = [
    ['round', 3.5, 'ARGUMENT_INVALID: round must be a whole number between 0 and 999, got 3.5'],
    ['round', '3', 'ARGUMENT_INVALID: round must be a whole number between 0 and 999, got "3"'],
    ['round', 1000, 'ARGUMENT_INVALID: round must be a whole number between 0 and 999, got 1000'],
    [
      'hash',
      'AB'.repeat(32),
      `ARGUMENT_INVALID: hash must be 64 lower-case hex digits, got "${'AB'.repeat(24)}\u2026"`,
    ],
    [
      'hash',
      `${'ab'.repeat(32)}\n`,
      `ARGUMENT_INVALID: hash must be 64 lower-case hex digits, got "${'ab'.repeat(24)}\u2026"`,
    ],
    ['delta', CID.toUpperCase(), 'ARGUMENT_INVALID: delta must be a CIDv1 in base32'],
    ['delta', `${CID.slice(0, -1)}j`, 'ARGUMENT_INVALID: delta must be a CIDv1 in base32'],
    ['delta', 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG', 'ARGUMENT_INVALID: delta must be a CIDv1'],
    ['verdict', 'OK', 'ARGUMENT_INVALID: verdict must be one of ok, dispute, got "OK"'],
    ['proof', ['00ff', '00f'], 'ARGUMENT_INVALID: proof[1] must be 4 lower-case hex digits, got "00f"'],
    ['proof', ['00ff', '00ff', '00ff', '00ff'], 'ARGUMENT_INVALID: proof must have 0 to 3 elements, got a list of 4'],
    ['proof', { length: 1 }, 'ARGUMENT_INVALID: proof must be a list, got an object'],
    ['gain', undefined, 'AMOUNT_INVALID: gain must be a decimal string between "0" and 2^64 - 1, got nothing'],
    ['gain', '18446744073709551616', 'AMOUNT_INVALID: gain must be'],
    ['final', { m: '0a', deep: { flag: 1 } }, 'ARGUMENT_INVALID: final.deep.flag must be true or false, got 1'],
    ['final', { m: '0a', x: 1 }, 'ARGUMENT_INVALID: final.x is not an argument here'],
    ['final', null, 'ARGUMENT_INVALID: final must be an object, got null'],
    ['extra', 1, 'ARGUMENT_INVALID: extra is not an argument here'],
  ]
  for (const [field, value, text] of refused) {
    it(`refuses ${field} = ${JSON.stringify(value)?.slice(0, 40)} by name`, () => {
      expect(() => parseArgs(reveal, { ...good(), [field]: value })).to.throw(text)
    })
  }

  it('refuses amounts that are not canonical decimals', () => {
    for (const amount of [
      '',
      '01',
      '-1',
      '+1',
      '1.0',
      '1e3',
      ' 1',
      '0x10',
      '1n',
      1,
      2 ** 60,
      null,
      '340282366920938463463374607431768211456',
      '9'.repeat(40),
    ]) {
      expect(() => parseArgs(ft_transfer, { receiver_id: 'bob.near', amount }), String(amount)).to.throw(
        'AMOUNT_INVALID: amount',
      )
    }
  })

  it('refuses what is no account id', () => {
    for (const receiver_id of ['a', 'A.near', 'a..b', '.a', 'a-', 'ä.near', 'x'.repeat(65), 7, undefined]) {
      expect(() => parseArgs(ft_transfer, { receiver_id, amount: '1' }), String(receiver_id)).to.throw(
        'ACCOUNT_INVALID: receiver_id',
      )
    }
  })

  it('refuses arguments that are no object, and takes none as an empty one', () => {
    for (const raw of [[], 'text', 5, true])
      expect(() => parseArgs(lax, raw)).to.throw('ARGUMENT_INVALID: arguments must be an object')
    expect(parseArgs(lax, undefined)).to.deep.equal({})
  })

  it('lets unknown arguments pass only where the table says so', () => {
    expect(parseArgs(lax, { note: [1], more: 2 })).to.deep.equal({ note: [1] })
    expect(parseValue(t.openObject({ a: t.boolean }), { a: true, b: 1 }, 'msg')).to.deep.equal({ a: true })
  })

  it('does not take inherited properties for arguments', () => {
    expect(() => parseArgs({ args: { toString: t.json } }, {})).to.throw(
      'ARGUMENT_INVALID: toString must be there, got nothing',
    )
    expect(() => parseArgs(lax, JSON.parse('{"__proto__": {"note": 1}}'))).to.not.throw()
    expect(() => parseArgs(ft_transfer, JSON.parse('{"receiver_id":"bob.near","amount":"1","__proto__":1}'))).to.throw(
      '__proto__',
    )
  })

  it('round-trips every u64 and u128 and nothing else', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 128n - 1n), (n) => parseValue(t.u128, `${n}`, 'x') === n),
      { seed: 1 },
    )
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (n) => parseValue(t.u64, `${n}`, 'x') === n),
      { seed: 2 },
    )
  })

  it('never throws anything but a coded refusal, whatever JSON comes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (raw) => {
        try {
          parseArgs(reveal, raw)
        } catch (error) {
          return /^(?:ARGUMENT|AMOUNT|ACCOUNT)_INVALID: /.test((error as Error).message)
        }
        return false
      }),
      { seed: 3 },
    )
  })
})
