/**
 * What a contract's rules may ask of the chain. Rules take a Host, so mocha runs them without a VM and
 * the decorated class hands them NEAR itself (nearHost.ts).
 */
export interface Host {
  read(key: string): string | null
  write(key: string, value: string): void
  remove(key: string): void
  has(key: string): boolean
  predecessor(): string
  current(): string
  signer(): string
  /** yoctoNEAR. */
  attachedDeposit(): bigint
  /** Nanoseconds since the Unix epoch. */
  blockTimestampNs(): bigint
  blockHeight(): bigint
  /** Gas units. */
  prepaidGas(): bigint
  usedGas(): bigint
  /** Bytes that the contract's account holds now: measured before and after to see what a write costs. */
  storageUsage(): bigint
  /** 32 bytes, sha256(action hash ‖ block random value). */
  randomSeed(): Uint8Array
  sha256(bytes: Uint8Array): Uint8Array
  keccak256(bytes: Uint8Array): Uint8Array
  /** The 64-byte public key that signed `hash` (32 bytes) with `signature` (r ‖ s, 64 bytes) and recovery bit 0 or 1; null for none, and for a high s. */
  ecrecover(hash: Uint8Array, signature: Uint8Array, recovery: number): Uint8Array | null
  log(line: string): void
}
