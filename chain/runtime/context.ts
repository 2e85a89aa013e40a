/** What a block is applied in: its place and time, and the two functions that the runtime does not hold itself. */
import type { VerifySignature } from '../lib/key.ts'
import type { RunContract } from '../vm/types.ts'

export interface BlockContext {
  chainId: string
  height: bigint
  /** Nanoseconds since the Unix epoch. */
  timestampNs: bigint
  epochHeight: bigint
  /** yoctoNEAR per gas unit. */
  gasPrice: bigint
  /** Gas units after which receipts are delayed. */
  gasLimit: bigint
  /** 32 bytes; seeds `random_seed`. */
  randomValue: Uint8Array
  protocolVersion: number
}

export interface RuntimeDeps {
  runContract: RunContract
  verify: VerifySignature
}
