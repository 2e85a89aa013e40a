/** Arguments: what is accepted, and that each refusal names the field. */
import { expect } from 'chai'
import { type CommandSpec, parseArgs } from '../../../../scripts/cli/args.ts'
import { HelpRequest, UsageError } from '../../../../scripts/cli/errors.ts'

const SPEC = {
  command: 'task create',
  sentence: 'Orders a training.',
  positionals: [
    { name: 'FILE', help: 'text', required: true },
    { name: 'MORE', help: 'more text', rest: true },
  ],
  flags: {
    rounds: { type: 'integer', help: 'how many', default: '3', min: 1, max: 1000 },
    max: { type: 'bly', help: 'ceiling' },
    role: { type: 'string', help: 'what to do', choices: ['trainer', 'validator'], default: 'trainer' },
    rate: { type: 'number', help: 'step size' },
    rpc: { type: 'string', value: 'URL', help: 'chain', required: true },
    yes: { type: 'boolean', help: 'agree beforehand' },
  },
} as const satisfies CommandSpec

const parse = (...argv: string[]) => parseArgs(SPEC, ['--rpc', 'u', ...argv])

describe('arguments of a command', () => {
  it('come typed, with defaults, in any order', () => {
    const { flags, positionals } = parse('a.txt', '--max=12.5', '--yes', 'b.txt', '--rate', '-1e-3')
    expect(flags).to.include({
      rounds: 3,
      max: 12_500_000_000_000_000_000n,
      role: 'trainer',
      rate: -0.001,
      rpc: 'u',
      yes: true,
    })
    expect(positionals).to.deep.equal(['a.txt', 'b.txt'])
    expect(parse('a').flags.max).to.equal(undefined)
    expect(parse('a').flags.yes).to.equal(false)
    expect(parse('--', '--odd name').positionals).to.deep.equal(['--odd name'])
  })

  const refused: [string, string[], string, RegExp][] = [
    ['an unknown flag', ['a', '--round', '2'], 'round', /Did you mean --rounds\?/],
    ['a value that is no number', ['a', '--rounds', 'many'], 'rounds', /"many"; a whole number from 1 to 1000/],
    ['a fraction where a whole number is needed', ['a', '--rounds', '1.5'], 'rounds', /whole number/],
    ['a number out of range', ['a', '--rounds', '0'], 'rounds', /from 1 to 1000/],
    ['hexadecimal and infinity', ['a', '--rate', 'Infinity'], 'rate', /a number is needed/],
    ['an amount with 19 decimals', ['a', '--max', '0.1234567890123456789'], 'max', /amount of BLY/],
    ['a negative amount', ['a', '--max', '-1'], 'max', /amount of BLY/],
    ['a choice that is none', ['a', '--role', 'boss'], 'role', /allowed are trainer, validator/],
    ['a flag without its value', ['a', '--max'], 'max', /needs a value/],
    ['a value for a switch', ['a', '--yes=no'], 'yes', /does not take/],
    ['a missing positional', [], 'FILE', /FILE is missing/],
  ]
  for (const [what, argv, field, text] of refused) {
    it(`refuses ${what} and names ${field}`, () => {
      expect(() => parse(...argv))
        .to.throw(UsageError, text)
        .with.deep.nested.property('data.field', field)
    })
  }

  it('refuses a missing required flag and one positional too many', () => {
    expect(() => parseArgs(SPEC, ['a'])).to.throw(UsageError, /--rpc URL is missing/)
    expect(() => parseArgs({ command: 'claim', sentence: '' }, ['x'])).to.throw(UsageError, /unexpected argument "x"/)
  })

  it('turn into help that names each of them, even when others are wrong', () => {
    let text = ''
    try {
      parseArgs(SPEC, ['--help'])
    } catch (error) {
      expect(error).to.be.instanceOf(HelpRequest)
      text = (error as Error).message
    }
    for (const part of [
      'blyan task create FILE [MORE…]',
      '--rpc URL',
      'required',
      '--max BLY',
      'trainer | validator',
      'default 3',
    ]) {
      expect(text).to.contain(part)
    }
  })
})
