/** Arguments of one command, from a table: typed values, generated help, errors that name the field. */
import { parseArgs as nodeParseArgs } from 'node:util'
import { InvalidAmountError, parseBly } from '../../chain/lib/units.ts'
import { HelpRequest, UsageError } from './errors.ts'

export interface FlagSpec {
  type: 'string' | 'boolean' | 'integer' | 'number' | 'bly'
  help: string
  /** What stands for the value in the help, e.g. `FILE`. */
  value?: string
  /** As a person would type it. */
  default?: string
  required?: true
  choices?: readonly string[]
  min?: number
  max?: number
}

export interface PositionalSpec {
  name: string
  help: string
  required?: true
  /** Takes all that is left; only for the last one. */
  rest?: true
}

export interface CommandSpec {
  /** Words after `blyan`, e.g. `task create`. */
  command: string
  sentence: string
  positionals?: readonly PositionalSpec[]
  flags?: Readonly<Record<string, FlagSpec>>
}

type Raw<T extends FlagSpec['type']> = {
  string: string
  boolean: boolean
  integer: number
  number: number
  bly: bigint
}[T]
type FlagValue<F extends FlagSpec> = F['type'] extends 'boolean'
  ? boolean
  : F extends { required: true } | { default: string }
    ? Raw<F['type']>
    : Raw<F['type']> | undefined

/** Values by flag name: `bly` amounts in atto as bigint, booleans false unless given. */
export type FlagValues<S extends CommandSpec> = {
  [K in keyof NonNullable<S['flags']>]: FlagValue<NonNullable<S['flags']>[K]>
}

export interface ParsedArgs<S extends CommandSpec> {
  flags: FlagValues<S>
  /** In the order of the table; '' is never added for a missing optional one. */
  positionals: string[]
}

/** Flags that every command takes; main.ts acts on them. */
export const COMMON_FLAGS = {
  help: { type: 'boolean', help: 'this text' },
  verbose: { type: 'boolean', help: 'raw error text, also -v' },
  'no-color': { type: 'boolean', help: 'no colour (as NO_COLOR=1)' },
} as const satisfies Record<string, FlagSpec>

/** Parses `argv` (without the command's own words).
 *  @throws UsageError with `data.field`; HelpRequest for --help
 *  @example parseArgs({ command: 'x', sentence: '', flags: { n: { type: 'integer', help: '', default: '1' } } }, []).flags.n // 1 */
export function parseArgs<const S extends CommandSpec>(spec: S, argv: readonly string[]): ParsedArgs<S> {
  const flags: Record<string, FlagSpec> = { ...COMMON_FLAGS, ...spec.flags }
  const { values, positionals } = split(spec, flags, argv)
  if (values.help === true) throw new HelpRequest(helpText(spec))
  const wanted = spec.positionals ?? []
  if (positionals.length > wanted.length && !wanted.at(-1)?.rest) {
    throw usage(spec, 'arguments', `unexpected argument ${JSON.stringify(positionals[wanted.length])}`)
  }
  for (const [i, { name, required }] of wanted.entries()) {
    if (required && positionals[i] === undefined) throw usage(spec, name, `${name} is missing`)
  }
  const out: Record<string, unknown> = {}
  for (const [name, flag] of Object.entries(flags)) {
    const given = values[name] ?? flag.default
    if (given === undefined) {
      if (flag.required) throw usage(spec, name, `--${name} ${flag.value ?? 'VALUE'} is missing`)
      if (flag.type === 'boolean') out[name] = false
    } else out[name] = typeof given === 'boolean' ? given : parseValue(spec, name, flag, given)
  }
  return { flags: out as FlagValues<S>, positionals }
}

/** One command's help, made from its table. */
export function helpText(spec: CommandSpec): string {
  const flags = { ...spec.flags, ...COMMON_FLAGS }
  const positionals = (spec.positionals ?? []).map(({ name, required, rest }) => {
    const shown = rest ? `${name}…` : name
    return required ? shown : `[${shown}]`
  })
  const rows = [
    ...(spec.positionals ?? []).map(({ name, help }) => [name, help]),
    ...Object.entries(flags).map(([name, flag]) => [flagLabel(name, flag), flagHelp(flag)]),
  ]
  const width = Math.max(...rows.map(([label]) => label!.length))
  return [
    spec.sentence,
    '',
    `  blyan ${[spec.command, ...positionals, '[options]'].join(' ')}`,
    '',
    ...rows.map(([label, help]) => `  ${label!.padEnd(width)}  ${help}`.trimEnd()),
  ].join('\n')
}

function split(spec: CommandSpec, flags: Record<string, FlagSpec>, argv: readonly string[]) {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {}
  for (const [name, { type }] of Object.entries(flags)) options[name] = { type: type === 'boolean' ? type : 'string' }
  options.verbose!.short = 'v'
  options.help!.short = 'h'
  const args = argv.map((arg) => (/^-\d/.test(arg) ? `\0${arg}` : arg)) // a negative number is a value, not a flag
  try {
    const parsed = nodeParseArgs({ args, options, allowPositionals: true, strict: true, allowNegative: false })
    const restore = (text: string) => text.replace('\0', '')
    const values: Record<string, string | boolean | undefined> = {}
    for (const [name, value] of Object.entries(parsed.values))
      values[name] = typeof value === 'string' ? restore(value) : (value as boolean)
    return { values, positionals: parsed.positionals.map(restore) }
  } catch (error) {
    const message = (error as Error).message.replaceAll('\0', '').split('. ')[0]!
    const field = /'(?:-\w, )?-{1,2}([\w-]+)/.exec(message)?.[1] ?? 'arguments'
    throw usage(
      spec,
      field,
      message.replace(/^Option '(.*)' argument missing$/, '$1 needs a value'),
      Object.keys(flags),
    )
  }
}

function parseValue(spec: CommandSpec, name: string, flag: FlagSpec, text: string): unknown {
  const { type, choices, min = -Infinity, max = Infinity } = flag
  if (choices !== undefined && !choices.includes(text)) {
    throw usage(spec, name, `--${name} is ${JSON.stringify(text)}; allowed are ${choices.join(', ')}`)
  }
  if (type === 'string') return text
  if (type === 'bly') {
    try {
      return parseBly(text)
    } catch (error) {
      if (!(error instanceof InvalidAmountError)) throw error
      throw usage(spec, name, `--${name} is ${JSON.stringify(text)}; an amount of BLY is needed, such as 12.50`)
    }
  }
  const number = /^-?\d+(\.\d+)?(e-?\d+)?$/i.test(text) ? Number(text) : Number.NaN
  const fits = type === 'integer' ? Number.isSafeInteger(number) : Number.isFinite(number)
  if (!fits || number < min || number > max) {
    const range =
      min > -Infinity || max < Infinity
        ? ` from ${min === -Infinity ? '…' : min} to ${max === Infinity ? '…' : max}`
        : ''
    throw usage(
      spec,
      name,
      `--${name} is ${JSON.stringify(text)}; ${type === 'integer' ? 'a whole number' : 'a number'}${range} is needed`,
    )
  }
  return number
}

function usage(spec: CommandSpec, field: string, what: string, known?: readonly string[]): UsageError {
  const near = known?.find((name) => name.startsWith(field.slice(0, 3)) && name !== field)
  const hint = near === undefined ? '' : ` Did you mean --${near}?`
  return new UsageError({
    what: `blyan ${spec.command}: ${what}.${hint}`,
    fix: `See ./blyan ${spec.command} --help`,
    data: { field, command: spec.command },
  })
}

function flagLabel(name: string, { type, value }: FlagSpec): string {
  const placeholder = { string: 'TEXT', integer: 'N', number: 'X', bly: 'BLY', boolean: '' }[type]
  return type === 'boolean' ? `--${name}` : `--${name} ${value ?? placeholder}`
}

function flagHelp({ help, default: preset, required, choices }: FlagSpec): string {
  const notes = [choices?.join(' | '), required && 'required', preset !== undefined && `default ${preset}`].filter(
    Boolean,
  )
  return notes.length === 0 ? help : `${help} (${notes.join('; ')})`
}
