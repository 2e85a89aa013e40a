/** Who may call, and with what attached. */
import { fail } from './errors.ts'
import type { Host } from './host.ts'

/** A pattern, not a loop: QuickJS matches it in compiled C. No nested choice, so its time is linear. */
const ACCOUNT_ID = /^[a-z\d]+(?:[-_.][a-z\d]+)*$/

/**
 * Exactly 1 yoctoNEAR: a function-call key cannot attach it, so the owner signed in person.
 * @throws DEPOSIT_ONE_YOCTO
 */
export function requireOneYocto(host: Host): void {
  const deposit = host.attachedDeposit()
  if (deposit !== 1n) fail('DEPOSIT_ONE_YOCTO', `requires exactly 1 yoctoNEAR attached, got ${deposit}`)
}

/** No deposit: for calls that would keep it by mistake. @throws DEPOSIT_NONE */
export function requireNoDeposit(host: Host): void {
  const deposit = host.attachedDeposit()
  if (deposit !== 0n) fail('DEPOSIT_NONE', `takes no deposit, got ${deposit} yoctoNEAR`)
}

/** The direct caller is `account`. @throws CALLER_FORBIDDEN */
export function requirePredecessor(host: Host, account: string): void {
  const caller = host.predecessor()
  if (caller !== account) fail('CALLER_FORBIDDEN', `only ${account} may call this, not ${caller}`)
}

/** The contract calls itself: a callback. @throws CALLBACK_ONLY */
export function requireSelf(host: Host): void {
  const caller = host.predecessor()
  if (caller !== host.current()) fail('CALLBACK_ONLY', `${caller} is not this contract`)
}

/** At least `gas` gas units are attached. @throws GAS_TOO_LOW */
export function requireGas(host: Host, gas: bigint): void {
  const prepaid = host.prepaidGas()
  if (prepaid < gas) fail('GAS_TOO_LOW', `needs ${teraGas(gas)} TGas, ${teraGas(prepaid)} attached`)
}

function teraGas(gas: bigint): string {
  return `${gas / 1_000_000_000_000n}`
}

/**
 * Whether `text` is an account id of NEAR: 2 to 64 of a-z, 0-9, with single '.', '-' or '_' between them.
 * @source https://nomicon.io/DataStructures/Account
 */
export function isAccountId(text: unknown): text is string {
  return typeof text === 'string' && text.length >= 2 && text.length <= 64 && ACCOUNT_ID.test(text)
}

/** `text`, when it is an account id. @throws ACCOUNT_INVALID */
export function requireAccountId(text: unknown, field: string): string {
  if (!isAccountId(text)) fail('ACCOUNT_INVALID', `${field} is no NEAR account id`)
  return text
}
