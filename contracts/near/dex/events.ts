/**
 * NEP-297 events from which every reserve, share and deposit can be rebuilt, and beside them the log lines of Ref Finance,
 * which its indexers read. Amounts are decimal.
 */
import { type EventStandard, emit } from '../lib/events.ts'
import type { Host } from '../lib/host.ts'
import type { Pool } from './storage.ts'

const DEX: EventStandard = { standard: 'blyan_dex', version: '1.0.0' }

export function emitPoolAdded(host: Host, creator: string, { id, tokens, fee }: Pool): void {
  emit(host, DEX, 'pool_added', [{ pool_id: id, creator, tokens, fee }])
}

export interface Swapped {
  pool_id: number
  account: string
  token_in: string
  amount_in: bigint
  token_out: string
  amount_out: bigint
}

export function emitSwapped(host: Host, { amount_in, amount_out, ...rest }: Swapped): void {
  host.log(`Swapped ${amount_in} ${rest.token_in} for ${amount_out} ${rest.token_out}`)
  emit(host, DEX, 'swapped', [{ ...rest, amount_in: `${amount_in}`, amount_out: `${amount_out}` }])
}

interface LiquidityChange {
  pool: Pool
  account: string
  amounts: readonly bigint[]
  shares: bigint
}

export function emitLiquidityAdded(host: Host, change: LiquidityChange): void {
  host.log(`Liquidity added [${listed(change)}], minted ${change.shares} shares`)
  emit(host, DEX, 'liquidity_added', [liquidity(change)])
}

export function emitLiquidityRemoved(host: Host, change: LiquidityChange): void {
  host.log(`${change.shares} shares of liquidity removed: receive back [${listed(change)}]`)
  emit(host, DEX, 'liquidity_removed', [liquidity(change)])
}

/**
 * `deposited`: by the token's transfer, also before an instant swap. `withdrawn`: sent, also after one. `returned`: sent in vain
 * and a deposit again. `lost`: the same where there was no account to return to. `claimed`: a lost one is sent again.
 */
export type Movement = 'deposited' | 'withdrawn' | 'returned' | 'lost' | 'claimed'

export function emitMovement(host: Host, event: Movement, account: string, token: string, amount: bigint): void {
  emit(host, DEX, event, [{ account, token, amount: `${amount}` }])
}

function liquidity({ pool, account, amounts, shares }: LiquidityChange): object {
  return { pool_id: pool.id, account, amounts: amounts.map(String), shares: `${shares}` }
}

const listed = ({ pool, amounts }: LiquidityChange) =>
  amounts.map((amount, i) => `"${amount} ${pool.tokens[i]}"`).join(', ')
