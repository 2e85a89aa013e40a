/** What anybody may ask. Shapes are Ref Finance's. */
import type { Host } from '../lib/host.ts'
import { quote } from './constantProduct.ts'
import { viewBalances } from './deposits.ts'
import { countPools, findShares, getPool, type Pool } from './storage.ts'

export interface PoolInfo {
  pool_kind: 'SIMPLE_POOL'
  token_account_ids: string[]
  amounts: string[]
  total_fee: number
  shares_total_supply: string
  /** Of stable pools; always 0 here. */
  amp: number
}

export function poolInfo({ tokens, amounts, fee, shares }: Pool): PoolInfo {
  return {
    pool_kind: 'SIMPLE_POOL',
    token_account_ids: tokens,
    amounts: amounts.map(String),
    total_fee: fee,
    shares_total_supply: `${shares}`,
    amp: 0,
  }
}

/** At most `limit` pools from `from` on. PERF: one read a pool, bounded by the caller's gas. */
export function getPools(host: Host, from: number, limit: number): PoolInfo[] {
  const end = Math.min(from + limit, countPools(host))
  const infos: PoolInfo[] = []
  for (let id = from; id < end; id++) infos.push(poolInfo(getPool(host, id)))
  return infos
}

/** What a swap would give now, before its minimum is looked at. @throws E85 E73 E102 E76 */
export function getReturn(
  host: Host,
  args: { pool_id: number; token_in: string; amount_in: bigint; token_out: string },
): string {
  return `${quote(getPool(host, args.pool_id), args.token_in, args.amount_in, args.token_out)}`
}

/** Token → decimal amount. */
export function getDeposits(host: Host, account: string): Record<string, string> {
  const deposits: Record<string, string> = {}
  for (const [token, amount] of viewBalances(host, account)) deposits[token] = `${amount}`
  return deposits
}

/** Decimal shares of a pool, "0" without any. @throws E85 */
export function getPoolShares(host: Host, pool: number, account: string): string {
  getPool(host, pool)
  return `${findShares(host, pool, account) ?? 0n}`
}

/** NEP-330. */
export const SOURCE_METADATA = {
  version: '0.1.0',
  link: null,
  standards: [
    { standard: 'nep145', version: '1.0.0' },
    { standard: 'nep297', version: '1.0.0' },
    { standard: 'nep330', version: '1.1.0' },
  ],
}
