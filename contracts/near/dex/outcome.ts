/** What an entry point carries out once the rules are done. */
import type { Transfer } from '../lib/storageManagement.ts'

/** Tokens that leave; a failed transfer comes back through `postWithdraw`. */
export interface Payment {
  token: string
  receiver: string
  amount: bigint
}

export interface Outcome {
  /** JSON of the method's result. */
  value?: unknown
  /** NEAR. */
  transfers?: readonly Transfer[]
  payments?: readonly Payment[]
  /** The only payment's callback gives the method's result. */
  returnsPayment?: true
}
