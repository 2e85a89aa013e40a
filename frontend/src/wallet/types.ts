/** The seam between pages and wallets: who signs in, who signs money. */
import type { z } from 'zod'
import type { loginBody, nonceReply, UnsignedTransactions } from '../../../chain/client/gateway/index.ts'
import { BlyanError, type Fault } from '../../../chain/lib/errors.ts'

export type Nonce = z.infer<typeof nonceReply>
export type LoginBody = z.infer<typeof loginBody>

export interface SentTransaction {
  hash: string
  /** Its place among those that were asked for. */
  index: number
}

export interface Wallet {
  readonly kind: 'near' | 'evm' | 'development'
  /** Its name as people know it. */
  readonly name: string
  /** NEAR account, or 0x address. */
  readonly accountId: string
  /** Signs what the gateway asked to be signed. @throws WalletRefusedError */
  signIn(nonce: Nonce): Promise<LoginBody>
  /**
   * Signs and sends, in order; a later one only when the one before has succeeded.
   * @param onSent told of each transaction's hash as soon as it is known; of one that had to be signed anew, again
   * @throws WalletRefusedError nothing was sent
   */
  signAndSend(
    transactions: UnsignedTransactions['transactions'],
    onSent?: (sent: SentTransaction) => void,
  ): Promise<SentTransaction[]>
}

/** The person said no, or closed the wallet: nothing was sent. */
export class WalletRefusedError extends BlyanError {
  static override readonly code: string = 'PAGE_WALLET_REFUSED'
  static override readonly fault: Fault = 'user'
}

/** The wallet cannot do what is asked of it. */
export class WalletUnfitError extends BlyanError {
  static override readonly code: string = 'PAGE_WALLET_UNFIT'
  static override readonly fault: Fault = 'user'
}

/** The wallet answered without naming what it sent, which may be something. */
export class WalletSilentError extends BlyanError {
  static override readonly code: string = 'PAGE_WALLET_SILENT'
  static override readonly fault: Fault = 'peer'
}
