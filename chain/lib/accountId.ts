/** Account ids: what is valid, whose child an account is, which ids imply a key. Source: near-account-id, NEP-518. */

export const MIN_ACCOUNT_ID_LENGTH = 2
export const MAX_ACCOUNT_ID_LENGTH = 64
/** Predecessor of refunds. */
export const SYSTEM_ACCOUNT = 'system'

const SHAPE = /^(?:[a-z\d]+[-_])*[a-z\d]+(?:\.(?:[a-z\d]+[-_])*[a-z\d]+)*$/

export function isValidAccountId(id: string): boolean {
  return id.length >= MIN_ACCOUNT_ID_LENGTH && id.length <= MAX_ACCOUNT_ID_LENGTH && SHAPE.test(id)
}

/** No dot, and not `system`. */
export const isTopLevelAccount = (id: string): boolean => id !== SYSTEM_ACCOUNT && !id.includes('.')

/** True for a direct child only: `a.test.near` of `test.near`, not `b.a.test.near`. */
export function isSubAccountOf(id: string, parent: string): boolean {
  return id.length > parent.length + 1 && id.endsWith(`.${parent}`) && !id.slice(0, -parent.length - 1).includes('.')
}

export type ImplicitKind = 'near' | 'eth' | 'deterministic'

/** `near`: 64 hex digits name an ed25519 key; `eth`: 0x and 40 hex; `deterministic`: 0s and 40 hex. */
export function implicitKindOf(id: string): ImplicitKind | null {
  if (/^[0-9a-f]{64}$/.test(id)) return 'near'
  if (/^0x[0-9a-f]{40}$/.test(id)) return 'eth'
  if (/^0s[0-9a-f]{40}$/.test(id)) return 'deterministic'
  return null
}
