/**
 * How a contract refuses. Rules throw an Error whose message is `CODE: sentence`; the toolchain's entry points let it end
 * the call as the panic text, so that a client finds the stable code first and a person reads the sentence after it.
 */

/** A contract's errors: what each code means and what the caller can do about it. */
export type ErrorTable = Readonly<Record<string, { readonly fix: string }>>

/** Codes that the shared parts use; every contract's table includes them. */
export const SHARED_ERRORS = {
  ARGUMENT_INVALID: { fix: 'Pass the arguments as the contract\u2019s ABI describes them.' },
  AMOUNT_INVALID: { fix: 'Pass a whole amount as a decimal string, between 0 and 2^128 - 1.' },
  DEPOSIT_ONE_YOCTO: { fix: 'Attach exactly 1 yoctoNEAR, with a full access key.' },
  DEPOSIT_NONE: { fix: 'Attach no NEAR to this call.' },
  CALLER_FORBIDDEN: { fix: 'Sign with the account that this call is meant for.' },
  CALLBACK_ONLY: { fix: 'The contract itself makes this call; nobody else needs to.' },
  GAS_TOO_LOW: { fix: 'Attach more gas; the text names how much is needed.' },
  LOG_TOO_LONG: { fix: 'Shorten the memo or message.' },
  ACCOUNT_INVALID: { fix: 'Use a NEAR account id: 2 to 64 of a-z, 0-9 and single separators . - _ between them.' },
  STORAGE_NOT_REGISTERED: { fix: 'Call storage_deposit for the account first.' },
  STORAGE_DEPOSIT_TOO_LOW: { fix: 'Attach at least the minimum of storage_balance_bounds.' },
  STORAGE_WITHDRAW_TOO_MUCH: { fix: 'Withdraw at most the available part of storage_balance_of.' },
  STORAGE_IN_USE: { fix: 'Free what the account holds here first, or pass force where the contract allows it.' },
  STORAGE_EXHAUSTED: { fix: 'Add to the storage balance with storage_deposit.' },
} as const satisfies ErrorTable

/** Ends the call with `code: what`. Nothing that the call wrote remains. */
export function fail(code: string, what: string): never {
  throw new Error(`${code}: ${what}`)
}

/** Ends the call unless `condition` holds. `what` is built only then: text costs gas. */
export function ensure(condition: boolean, code: string, what: () => string): asserts condition {
  if (!condition) fail(code, what())
}
