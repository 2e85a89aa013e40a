/**
 * Sends transactions of one key, one after another, so that nonces rise. A lost reply is followed up by the hash:
 * the same signed bytes are sent again only when the chain does not know them, and it can take them only once.
 */
import type { Action } from '../../lib/action.ts'
import { base58ToBytes, bytesToBase64 } from '../../lib/bytes.ts'
import { publicKeyOf } from '../../lib/key.ts'
import { type SignHash, signTransaction } from '../../lib/transaction.ts'
import type { WaitUntil } from './caller.ts'
import { NearRpcError, RpcUnreachableError } from './errors.ts'
import { refusedError, type TransactionJson } from './result.ts'
import { pause, type Rpc, untilReached } from './rpc.ts'

export interface Signer {
  accountId: string
  secretKey: string
}

export interface SendOptions {
  waitUntil: WaitUntil
  signal?: AbortSignal
}

/** A block hash is valid for a day; asking anew now and then costs little and follows a chain that was reset. */
const BLOCK_HASH_MS = 60_000
const MAX_RESIGNED = 8

export function createSender(rpc: Rpc, signer: Signer, patienceMs: number, sign?: SignHash) {
  const publicKey = publicKeyOf(signer.secretKey)
  let last: Promise<unknown> = Promise.resolve()
  let nonce: bigint | null = null
  let blockHash: { hash: Uint8Array; at: number } | null = null

  async function refresh(signal?: AbortSignal): Promise<void> {
    const key = (await untilReached(
      () =>
        rpc(
          'query',
          {
            request_type: 'view_access_key',
            finality: 'optimistic',
            account_id: signer.accountId,
            public_key: publicKey,
          },
          signal,
        ),
      patienceMs,
      signal,
    )) as { nonce: number; block_hash: string }
    nonce = BigInt(key.nonce)
    blockHash = { hash: base58ToBytes(key.block_hash), at: Date.now() }
  }

  async function sendOne(receiverId: string, actions: Action[], { waitUntil, signal }: SendOptions) {
    for (let resigned = 0; ; resigned++) {
      if (nonce === null || blockHash === null || Date.now() - blockHash.at > BLOCK_HASH_MS) await refresh(signal)
      nonce = nonce! + 1n
      const { signed, bytes } = signTransaction(
        { signerId: signer.accountId, publicKey, nonce, receiverId, actions, blockHash: blockHash!.hash },
        signer.secretKey,
        sign,
      )
      const delivered = await deliver(bytesToBase64(bytes), signed.id, waitUntil, signal)
      if (delivered.ok) return { txHash: signed.id, json: delivered.json }
      // Refused, and the chain does not know the hash: these bytes can never be taken. A stale nonce or block is ours to mend.
      nonce = null
      if (!isStale(delivered.error) || resigned >= MAX_RESIGNED) throw refusedError(delivered.error)
    }
  }

  async function deliver(base64: string, hash: string, waitUntil: WaitUntil, signal?: AbortSignal) {
    const startedAt = Date.now()
    for (let wait = 100, sent = false; ; wait = Math.min(wait * 2, 3_200)) {
      try {
        const json = sent
          ? await rpc('tx', { tx_hash: hash, sender_account_id: signer.accountId, wait_until: waitUntil }, signal)
          : await rpc('send_tx', { signed_tx_base64: base64, wait_until: waitUntil }, signal)
        return { ok: true as const, json: json as TransactionJson }
      } catch (error) {
        const cause = error instanceof NearRpcError ? error.data.cause : null
        if (cause === 'INVALID_TRANSACTION') {
          const known = await untilReached(() => find(hash, waitUntil, signal), patienceMs, signal)
          if (known !== null) return { ok: true as const, json: known }
          return { ok: false as const, error: invalidTxError(error as NearRpcError) }
        }
        const lost = error instanceof RpcUnreachableError
        if (cause === 'UNKNOWN_TRANSACTION') sent = false
        else if (cause === 'TIMEOUT_ERROR' || lost) sent = true
        else throw error
        if (Date.now() - startedAt + wait > patienceMs) throw error
        await pause(wait, signal)
      }
    }
  }

  async function find(hash: string, waitUntil: WaitUntil, signal?: AbortSignal): Promise<TransactionJson | null> {
    try {
      const params = { tx_hash: hash, sender_account_id: signer.accountId, wait_until: waitUntil }
      return (await rpc('tx', params, signal)) as TransactionJson
    } catch (error) {
      if (error instanceof NearRpcError && error.data.cause === 'UNKNOWN_TRANSACTION') return null
      throw error
    }
  }

  return {
    publicKey,
    /** Queued behind the key's earlier transactions. */
    send(
      receiverId: string,
      actions: Action[],
      options: SendOptions,
    ): Promise<{ txHash: string; json: TransactionJson }> {
      const turn = last.then(() => {
        options.signal?.throwIfAborted()
        return sendOne(receiverId, actions, options)
      })
      last = turn.catch(() => undefined)
      return turn
    },
  }
}

const isStale = (error: unknown): boolean =>
  error === 'Expired' || (typeof error === 'object' && error !== null && 'InvalidNonce' in error)

function invalidTxError(error: NearRpcError): unknown {
  const data = error.data.error as { TxExecutionError?: { InvalidTxError?: unknown } } | null
  return data?.TxExecutionError?.InvalidTxError ?? error.data.error
}
