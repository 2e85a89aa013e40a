/**
 * JSON arguments into typed values by a schema table. The first fault ends the call as `CODE: field …`. Patterns are regular
 * expressions because QuickJS matches them in compiled C, at a fraction of what a loop over characters costs in gas.
 */
import { isAccountId } from './access.ts'
import { fail } from './errors.ts'
import { isHex } from './pure/index.ts'
import type { Fields, Shape, Type, ValueOf, ValuesOf } from './schema.ts'

/** Object.hasOwn is younger than QuickJS's library (ES2020). */
const hasOwn = Object.prototype.hasOwnProperty
const DECIMAL = /^(?:0|[1-9]\d{0,38})$/
const U64_END = 1n << 64n
const U128_END = 1n << 128n
/** Version 1, dag-pb or raw, sha2-256, 32 bytes; the last character carries three bits of data. */
const CID = /^baf(?:ybei|krei)[a-h][a-z2-7]{50}[aeimquy4]$/

/**
 * The arguments of one method, as its table describes them.
 * @param method  its entry in the schema   @param raw  the parsed JSON of the call; no input counts as `{}`
 * @throws ARGUMENT_INVALID, AMOUNT_INVALID for u128 and u64, ACCOUNT_INVALID for account ids
 */
export function parseArgs<const F extends Fields>(
  method: { readonly args: F; readonly open?: boolean },
  raw: unknown,
): ValuesOf<F> {
  return parseFields(method.args, method.open === true, raw ?? {}, '') as ValuesOf<F>
}

/** One value, for JSON that arrives inside a string argument such as `msg`. @param field  its name in errors */
export function parseValue<T extends Type>(type: T, raw: unknown, field: string): ValueOf<T> {
  return parse(type, raw, field) as ValueOf<T>
}

function parse(shape: Shape, raw: unknown, field: string): unknown {
  switch (shape.is) {
    case 'string':
      if (typeof raw !== 'string') return refuse(field, 'be text', raw)
      return raw.length <= shape.max ? raw : refuse(field, `be at most ${shape.max} characters`, raw)
    case 'account':
      return isAccountId(raw) ? raw : refuse(field, 'be a NEAR account id', raw, 'ACCOUNT_INVALID')
    case 'u128':
      return parseDecimal(raw, field, U128_END, '2^128 - 1')
    case 'u64':
      return parseDecimal(raw, field, U64_END, '2^64 - 1')
    case 'integer': {
      const { min, max } = shape
      if (typeof raw === 'number' && raw >= min && raw <= max && Math.floor(raw) === raw) return raw
      return refuse(field, `be a whole number between ${min} and ${max}`, raw)
    }
    case 'hex':
      if (typeof raw === 'string' && raw.length === shape.bytes * 2 && isHex(raw)) return raw
      return refuse(field, `be ${shape.bytes * 2} lower-case hex digits`, raw)
    case 'cid':
      return typeof raw === 'string' && CID.test(raw)
        ? raw
        : refuse(field, 'be a CIDv1 in base32 (sha2-256, raw or dag-pb, 59 characters)', raw)
    case 'boolean':
      return typeof raw === 'boolean' ? raw : refuse(field, 'be true or false', raw)
    case 'oneOf':
      return shape.values.includes(raw as string | number)
        ? raw
        : refuse(field, `be one of ${shape.values.join(', ')}`, raw)
    case 'list':
      return parseList(shape.of, shape.min, shape.max, raw, field)
    case 'optional':
      return raw === undefined || raw === null ? undefined : parse(shape.of, raw, field)
    case 'nullable':
      return raw === null ? null : parse(shape.of, raw, field)
    case 'object':
      return parseFields(shape.fields, shape.open, raw, field)
    case 'json':
      return raw === undefined ? refuse(field, 'be there', raw) : raw
    case 'unit':
      return raw === undefined || raw === null ? undefined : refuse(field, 'be left out', raw)
  }
}

function parseDecimal(raw: unknown, field: string, end: bigint, most: string): bigint {
  if (typeof raw === 'string' && DECIMAL.test(raw)) {
    const value = BigInt(raw)
    if (value < end) return value
  }
  return refuse(field, `be a decimal string between "0" and ${most}`, raw, 'AMOUNT_INVALID')
}

function parseList(of: Shape, min: number, max: number, raw: unknown, field: string): unknown[] {
  if (!Array.isArray(raw)) return refuse(field, 'be a list', raw)
  if (raw.length < min || raw.length > max) return refuse(field, `have ${min} to ${max} elements`, raw)
  const values: unknown[] = []
  for (let i = 0; i < raw.length; i++) values.push(parse(of, raw[i], `${field}[${i}]`))
  return values
}

function parseFields(fields: Fields, open: boolean, raw: unknown, parent: string): Record<string, unknown> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    return refuse(parent || 'arguments', 'be an object', raw)
  const prefix = parent === '' ? '' : `${parent}.`
  const values: Record<string, unknown> = {}
  const given = raw as Record<string, unknown>
  for (const name in fields) {
    // JSON's own fields alone: `constructor` and its like are inherited by every object.
    const value = parse(fields[name], hasOwn.call(given, name) ? given[name] : undefined, prefix + name)
    if (value !== undefined) values[name] = value
  }
  if (open) return values
  for (const name of Object.keys(given)) {
    if (!hasOwn.call(fields, name)) fail('ARGUMENT_INVALID', `${prefix}${clip(name)} is not an argument here`)
  }
  return values
}

function refuse(field: string, must: string, raw: unknown, code = 'ARGUMENT_INVALID'): never {
  return fail(code, `${field} must ${must}, got ${describe(raw)}`)
}

function describe(raw: unknown): string {
  if (raw === undefined) return 'nothing'
  if (raw === null || typeof raw === 'number' || typeof raw === 'boolean') return `${raw}`
  if (Array.isArray(raw)) return `a list of ${raw.length}`
  return typeof raw === 'string' ? `"${clip(raw)}"` : 'an object'
}

function clip(text: string): string {
  return text.length > 48 ? `${text.slice(0, 48)}\u2026` : text
}
