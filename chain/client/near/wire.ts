/** Words of the generated clients: how values travel as JSON, and what may be added to a call. */
import type { CallOptions, NearCaller } from './caller.ts'

/** A NEAR account id, 2 to 64 characters. */
export type AccountId = string
/** 0 to 2^128 - 1, as a decimal string. */
export type U128 = string
/** 0 to 2^64 - 1, as a decimal string. */
export type U64 = string
/** Lower-case hex digits. */
export type Hex = string
/** A CIDv1 in base32. */
export type Cid = string

/** Gas and deposit other than the table's, and what else a caller understands. */
export type CallWith = Partial<CallOptions>
export type ViewWith = Parameters<NearCaller['view']>[3]
