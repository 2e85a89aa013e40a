/**
 * A contract's interface as one table: methods with their arguments, deposits and gas, errors, events. The contract parses
 * with it (parseArgs.ts), and near-abi JSON and the typed clients are generated from it (scripts/build/clients.ts). Plain
 * data and no imports at run time, because every byte here is part of the deployed wasm.
 */
import type { ErrorTable } from './errors.ts'

export { parseArgs, parseValue } from './parseArgs.ts'

/** What a value must look like. Read by the parser, the ABI writer and the client writer. */
export type Shape =
  | { readonly is: 'string'; readonly max: number }
  | { readonly is: 'account' | 'u128' | 'u64' | 'cid' | 'boolean' | 'json' | 'unit' }
  | { readonly is: 'integer'; readonly min: number; readonly max: number }
  | { readonly is: 'hex'; readonly bytes: number }
  | { readonly is: 'oneOf'; readonly values: readonly (string | number)[] }
  | { readonly is: 'list'; readonly of: Shape; readonly min: number; readonly max: number }
  | { readonly is: 'optional' | 'nullable'; readonly of: Shape }
  | { readonly is: 'object'; readonly fields: Fields; readonly open: boolean }

/** A shape that remembers its TypeScript types: `Value` inside the contract, `Wire` as JSON. The two fields never exist. */
export type Type<Value = unknown, Wire = Value> = Shape & { readonly _value?: Value; readonly _wire?: Wire }

type Optional<Value, Wire> = {
  readonly is: 'optional'
  readonly of: Shape
  readonly _value?: Value
  readonly _wire?: Wire
}

export type Fields = Readonly<Record<string, Type>>

/** What the contract works with: amounts as bigint, absent options as undefined. */
export type ValueOf<T> = T extends { readonly _value?: infer Value } ? Exclude<Value, undefined> | Undefined<T> : never
/** What travels as JSON: amounts as decimal strings. */
export type WireOf<T> = T extends { readonly _wire?: infer Wire } ? Exclude<Wire, undefined> | Undefined<T> : never

type Undefined<T> = T extends { readonly is: 'optional' | 'unit' } ? undefined : never
type OptionalKeys<F> = { [K in keyof F]: F[K] extends { readonly is: 'optional' } ? K : never }[keyof F]
type Flat<T> = { [K in keyof T]: T[K] }

/** The parsed arguments of a table of fields. */
export type ValuesOf<F> = Flat<
  { [K in Exclude<keyof F, OptionalKeys<F>>]: ValueOf<F[K]> } & { [K in OptionalKeys<F>]?: ValueOf<F[K]> }
>
/** The same arguments as JSON. */
export type WiresOf<F> = Flat<
  { [K in Exclude<keyof F, OptionalKeys<F>>]: WireOf<F[K]> } & { [K in OptionalKeys<F>]?: WireOf<F[K]> | null }
>

export interface MethodSchema {
  readonly kind: 'call' | 'view' | 'init'
  /** NEAR that may come along: exactly 1 yocto (signed in person), or any amount. Absent: none. */
  readonly payable?: '1yocto' | 'any'
  /** A callback: only the contract itself may call it. */
  readonly private?: true
  readonly args: Fields
  /** Lets unknown arguments pass unread. Absent: they are refused. */
  readonly open?: true
  readonly returns: Type
  /** What the typed client attaches, in TGas. Absent: 30. */
  readonly gasTGas?: number
  /** One sentence, for the ABI and the client. */
  readonly doc: string
}

export interface EventSchema {
  readonly standard: string
  readonly version: string
  /** One element of the event's data array. */
  readonly data: Fields
  readonly doc: string
}

export interface ContractSchema {
  readonly name: string
  readonly doc: string
  readonly methods: Readonly<Record<string, MethodSchema>>
  readonly errors: ErrorTable
  readonly events: Readonly<Record<string, EventSchema>>
}

/** The parsed arguments of one method. */
export type ArgsOf<M extends { readonly args: Fields }> = ValuesOf<M['args']>

/** Longest text that a field takes unless it says otherwise, in UTF-16 units. */
const TEXT = 256

function string(max: number = TEXT): Type<string> & { readonly is: 'string' } {
  return { is: 'string', max }
}

function integer(min: number, max: number): Type<number> & { readonly is: 'integer' } {
  return { is: 'integer', min, max }
}

function hex(bytes: number): Type<string> & { readonly is: 'hex' } {
  return { is: 'hex', bytes }
}

function oneOf<const V extends readonly (string | number)[]>(...values: V): Type<V[number]> & { readonly is: 'oneOf' } {
  return { is: 'oneOf', values }
}

function list<T extends Type>(of: T, max: number, min = 0): Type<ValueOf<T>[], WireOf<T>[]> & { readonly is: 'list' } {
  return { is: 'list', of, min, max }
}

function optional<T extends Type>(of: T): Optional<ValueOf<T>, WireOf<T>> {
  return { is: 'optional', of }
}

function nullable<T extends Type>(of: T): Type<ValueOf<T> | null, WireOf<T> | null> & { readonly is: 'nullable' } {
  return { is: 'nullable', of }
}

function object<const F extends Fields>(fields: F): Type<ValuesOf<F>, WiresOf<F>> & { readonly is: 'object' } {
  return { is: 'object', fields, open: false }
}

function openObject<const F extends Fields>(fields: F): Type<ValuesOf<F>, WiresOf<F>> & { readonly is: 'object' } {
  return { is: 'object', fields, open: true }
}

/**
 * The words of a table.
 * @example t.object({ receiver_id: t.account, amount: t.u128, memo: t.optional(t.string()) })
 */
export const t = {
  /** Text of at most `max` UTF-16 units, 256 by default. */
  string,
  /** A NEAR account id. */
  account: { is: 'account' } as Type<string> & { readonly is: 'account' },
  /** 0..2^128-1 as a decimal string; a bigint inside. */
  u128: { is: 'u128' } as Type<bigint, string> & { readonly is: 'u128' },
  /** 0..2^64-1 as a decimal string; a bigint inside. */
  u64: { is: 'u64' } as Type<bigint, string> & { readonly is: 'u64' },
  /** A whole JSON number between `min` and `max`, both included. */
  integer,
  /** `bytes` bytes as lower-case hex digits. */
  hex,
  /** A 32-byte hash as 64 lower-case hex digits. */
  hex32: hex(32),
  /** A CIDv1 in base32 with a sha2-256 hash over raw or dag-pb bytes: 59 characters. */
  cid: { is: 'cid' } as Type<string> & { readonly is: 'cid' },
  boolean: { is: 'boolean' } as Type<boolean> & { readonly is: 'boolean' },
  /** One of the given words or numbers. */
  oneOf,
  /** At most `max` (at least `min`) of a kind. */
  list,
  /** May be left out or null; undefined inside. */
  optional,
  /** Must be there, and may be null. */
  nullable,
  /** Exactly these fields. */
  object,
  /** These fields; others pass unread. */
  openObject,
  /** Any JSON, unchecked: only for what is passed on as it came. */
  json: { is: 'json' } as Type<unknown> & { readonly is: 'json' },
  /** No value: for methods that return nothing. */
  unit: { is: 'unit' } as Type<undefined> & { readonly is: 'unit' },
} as const
