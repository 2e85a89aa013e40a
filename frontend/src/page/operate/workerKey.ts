/** The transaction that records another worker key, made here: no gateway is asked for it. */
import type { UnsignedTransactions } from '../../../../chain/client/gateway/index.ts'
import { base58ToBytes } from '../../../../chain/lib/bytes.ts'

/** `ed25519:` and 32 bytes in base58. Source: NEAR, access keys. */
export function isPublicKey(text: string): boolean {
  if (!text.startsWith('ed25519:')) return false
  try {
    return base58ToBytes(text.slice('ed25519:'.length)).length === 32
  } catch {
    return false
  }
}

/** As for the other calls that change one record of an operator: workers/gateway/orders/moves.ts. */
const GAS = 15n * 10n ** 12n

export const workerKeyTransactions = (market: string, publicKey: string): UnsignedTransactions => ({
  transactions: [
    {
      receiverId: market,
      actions: [
        {
          type: 'FunctionCall',
          methodName: 'set_worker_key',
          args: { public_key: publicKey },
          gas: `${GAS}`,
          deposit: '1',
        },
      ],
    },
  ],
})
