/** Hashes, CIDs and long names, shortened so that both ends can be compared. */

/** First four and last two. @example shortHash('9f3a51c0…07') // '9f3a..07' */
export const shortHash = (hash: string): string => (hash.length <= 8 ? hash : `${hash.slice(0, 4)}..${hash.slice(-2)}`)

/** Names of up to 24 characters stay whole; of longer ones both ends. */
export function shortAccount(account: string): string {
  if (/^[0-9a-f]{64}$/.test(account)) return shortHash(account)
  return account.length <= 24 ? account : `${account.slice(0, 12)}…${account.slice(-10)}`
}

/** Ending that all accounts of a card share, such as `.test.near`; empty when they share none. */
export function commonSuffix(accounts: readonly string[]): string {
  const dot = accounts[0]?.indexOf('.') ?? -1
  const suffix = dot < 1 ? '' : accounts[0]!.slice(dot)
  return accounts.length > 1 &&
    suffix !== '' &&
    accounts.every((account) => account.endsWith(suffix) && account !== suffix)
    ? suffix
    : ''
}

/** Bits per byte and its like. */
export const lossText = (bits: number): string => bits.toFixed(2)

/** A share of 1 as people say odds. @example oddsText(0.54) // '54 times in 100' */
export function oddsText(share: number): string {
  // Down, so that odds are never shown better than they are.
  const perHundred = Math.floor(share * 100 + 1e-9)
  if (perHundred >= 100) return '100 times in 100'
  if (share >= 0.99) return `${Math.floor(share * 1_000 + 1e-9)} times in 1,000`
  return `${perHundred} times in 100`
}
