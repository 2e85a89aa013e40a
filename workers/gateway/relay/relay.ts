/** Carries signed delegates: checks, reserves, sends, corrects the account. Off unless the operator sets a budget. */
import { sha256 } from '@noble/hashes/sha2.js'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import type { NearClient } from '../../../chain/client/near/index.ts'
import { toHex } from '../../../chain/client/protocol.ts'
import type { Action } from '../../../chain/lib/action.ts'
import { decodeSignedDelegate, delegateHash } from '../../../chain/lib/delegate.ts'
import { BlyanError } from '../../../chain/lib/errors.ts'
import { verifySignature } from '../../../chain/lib/key.ts'
import { TGAS } from '../../../chain/lib/units.ts'
import { relaySeen } from '../database/schema/relay.ts'
import type { Parts } from '../types.ts'
import { type Budget, giveBack, reserve, spentOn } from './budget.ts'
import { RelayRefusedError } from './errors.ts'
import { checkDelegate } from './policy.ts'

export interface Relay {
  readonly account: string
  /** @throws RelayRefusedError RelayBudgetError ContractError of the call, chain errors */
  carry(request: { bytes: Uint8Array; account: string }): Promise<{ txHash: string; gasBurntTGas: number }>
  /** Spent share of today's budget, 0 to 1. */
  spentRatio(): number
}

export interface RelayOptions {
  readonly parts: Pick<Parts, 'config' | 'db' | 'chain' | 'head' | 'now' | 'log'>
  /** Signs for the relayer's own account. */
  readonly relayer: NearClient
  readonly budget: Budget
}

/** Of the transaction, the delegate and the receipts around the calls, above the gas that they attach. */
const OVERHEAD_GAS = 20n * TGAS
const MAX_BYTES = 16_384

export async function createRelay({ parts, relayer, budget }: RelayOptions): Promise<Relay> {
  const { config, db, chain, head, now, log } = parts
  let ratio = await ratioNow()

  async function ratioNow(): Promise<number> {
    return Number(((await spentOn(db, now())) * 10_000n) / budget.perDay) / 10_000
  }

  async function keyNonce(account: string, publicKey: string): Promise<bigint> {
    const request = { request_type: 'view_access_key', finality: 'final', account_id: account, public_key: publicKey }
    return BigInt(keyReply.parse(await chain.rpc('query', request)).nonce)
  }

  return {
    account: relayer.accountId ?? '',
    spentRatio: () => ratio,
    async carry({ bytes, account }) {
      const action = parseDelegate(bytes)
      const { delegate } = action
      const gas = checkDelegate(delegate, {
        account,
        contracts: config.contracts,
        height: head.asOf().height,
        keyNonce: delegate.senderId === account ? await keyNonce(account, delegate.publicKey) : 0n,
      })
      const hash = toHex(sha256(bytes))
      const at = now()
      const mark = await db.insert(relaySeen).values({ hash, account, at, tx: null }).onConflictDoNothing().returning()
      if (mark.length === 0) {
        throw new RelayRefusedError({
          what: 'This delegate was carried before.',
          fix: 'Sign a new one, with a new nonce.',
          data: { field: 'nonce' },
        })
      }
      const price = BigInt(priceReply.parse(await chain.rpc('gas_price', [null])).gas_price)
      const most = (gas + OVERHEAD_GAS) * price + BigInt(delegate.actions.length)
      try {
        await reserve(db, budget, at, account, most)
      } catch (error) {
        await db.delete(relaySeen).where(eq(relaySeen.hash, hash)) // nothing was sent: it may come again tomorrow
        throw error
      }
      try {
        const { txHash, gasBurntTGas } = await relayer.send(delegate.senderId, [action], { failOnAnyReceipt: true })
        const cost = BigInt(Math.ceil(gasBurntTGas * 1000)) * (TGAS / 1000n) * price + BigInt(delegate.actions.length)
        await giveBack(db, at, account, most - cost)
        await db.update(relaySeen).set({ tx: txHash }).where(eq(relaySeen.hash, hash))
        log.info('relayed', { account, tx: txHash, gas: gasBurntTGas })
        return { txHash, gasBurntTGas }
      } catch (error) {
        // A failed call was paid for too; how much is not known here, so all of it stays reserved.
        log.warn('relayed call failed', { account, code: error instanceof BlyanError ? error.code : 'unknown' })
        throw error
      } finally {
        ratio = await ratioNow()
      }
    },
  }
}

const keyReply = z.object({ nonce: z.number().int() })
const priceReply = z.object({ gas_price: z.string().regex(/^\d+$/) })

/** The borsh of a SignedDelegateAction, signed by its own key: a false one would fail at the relayer's expense. @throws RelayRefusedError */
export function parseDelegate(bytes: Uint8Array): Extract<Action, { kind: 'delegate' }> {
  try {
    if (bytes.length > MAX_BYTES) throw new Error('too long')
    const signed = decodeSignedDelegate(bytes)
    const { delegate, signature } = signed
    if (!verifySignature(delegate.publicKey, delegateHash(delegate), signature))
      throw new Error('not signed by its key')
    return { kind: 'delegate', ...signed }
  } catch (cause) {
    throw new RelayRefusedError({
      what: 'This is no signed delegate.',
      fix: 'Send the borsh of a SignedDelegateAction in base64.',
      data: { field: 'signedDelegate' },
      cause,
    })
  }
}
