/** Who signs: a secret key in this process, or a wallet. The rest of the SDK sees one interface. */

import { utf8ToBytes } from '../../lib/bytes.ts'
import { fixesOf } from '../../lib/contractError.ts'
import { publicKeyOf } from '../../lib/key.ts'
import { connect } from '../near/connect.ts'
import { MARKET_ERRORS } from '../near/market.gen.ts'
import type { Rpc } from '../near/rpc.ts'
import type { Transactions } from './decode.ts'
import { signNep413 } from './nep413.ts'

export interface Sent {
  readonly txHash: string
  /** Of all receipts; empty where a wallet tells none. */
  readonly logs: readonly string[]
}

export interface SignedMessage {
  readonly accountId: string
  readonly publicKey: string
  /** Base64. */
  readonly signature: string
}

export interface BlyanSigner {
  readonly accountId: string
  /** Signs and sends one after another; resolves when all have been executed. */
  signAndSendTransactions(transactions: Transactions): Promise<readonly Sent[]>
  /** Signs a NEP-413 message. Absent where a wallet cannot. */
  signMessage?(message: { message: string; nonce: Uint8Array; recipient: string }): Promise<SignedMessage>
}

export interface SecretKey {
  readonly accountId: string
  /** `ed25519:…` */
  readonly secretKey: string
}

/** Signs with a key of this process. @param rpc the chain, over any way */
export function secretKeySigner({ accountId, secretKey }: SecretKey, rpc: Rpc): BlyanSigner {
  const fixes = fixesOf(MARKET_ERRORS)
  const client = connect({ rpcUrl: '', rpc, signer: { accountId, secretKey }, fixes })
  return {
    accountId,
    async signAndSendTransactions(transactions) {
      const sent: Sent[] = []
      for (const { receiverId, actions } of transactions) {
        const calls = actions.map(({ methodName, args, gas, deposit }) => ({
          kind: 'functionCall' as const,
          methodName,
          args: utf8ToBytes(JSON.stringify(args)),
          gas: BigInt(gas),
          deposit: BigInt(deposit),
        }))
        const { txHash, logs } = await client.send(receiverId, calls, { failOnAnyReceipt: true })
        sent.push({ txHash, logs })
      }
      return sent
    },
    async signMessage({ message, nonce, recipient }) {
      const signature = signNep413(secretKey, { message, nonce, recipient, callbackUrl: null })
      return { accountId, publicKey: publicKeyOf(secretKey), signature }
    },
  }
}

/** The part of a wallet of the NEAR wallet standards that is used. */
export interface NearWallet {
  signAndSendTransactions(params: {
    transactions: {
      receiverId: string
      actions: {
        type: 'FunctionCall'
        params: { methodName: string; args: Record<string, unknown>; gas: string; deposit: string }
      }[]
    }[]
  }): Promise<unknown>
  signMessage?(params: { message: string; nonce: Uint8Array; recipient: string }): Promise<SignedMessage>
}

/** Signs with a wallet, such as one that near-connect found. */
export function walletSigner(accountId: string, wallet: NearWallet): BlyanSigner {
  return {
    accountId,
    async signAndSendTransactions(transactions) {
      const outcomes = await wallet.signAndSendTransactions({
        transactions: transactions.map(({ receiverId, actions }) => ({
          receiverId,
          actions: actions.map(({ type, ...params }) => ({ type, params })),
        })),
      })
      return (Array.isArray(outcomes) ? outcomes : [outcomes]).map(sentOf)
    },
    ...(wallet.signMessage && { signMessage: (message) => wallet.signMessage!(message) }),
  }
}

interface Outcome {
  transaction?: { hash?: unknown }
  transaction_outcome?: { outcome?: { logs?: unknown } }
  receipts_outcome?: { outcome?: { logs?: unknown } }[]
}

/** Wallets return nearcore's FinalExecutionOutcome, more or less. */
function sentOf(outcome: Outcome | null | undefined): Sent {
  const parts = [
    outcome?.transaction_outcome,
    ...(Array.isArray(outcome?.receipts_outcome) ? outcome.receipts_outcome : []),
  ]
  const logs = parts.flatMap((part) => (Array.isArray(part?.outcome?.logs) ? part.outcome.logs : []))
  return { txHash: String(outcome?.transaction?.hash ?? ''), logs: logs.map(String) }
}
