/** NEP-141's events: mint at genesis, transfers, burns. Amounts are decimal attoBLY. */
import { emit } from '../lib/events.ts'
import type { Host } from '../lib/host.ts'

const NEP141 = { standard: 'nep141', version: '1.0.0' } as const

export type Memo = string | null | undefined

export function emitMint(host: Host, owner: string, amount: bigint, memo: Memo): void {
  emit(host, NEP141, 'ft_mint', [{ owner_id: owner, amount: `${amount}`, ...withMemo(memo) }])
}

export function emitTransfer(host: Host, from: string, to: string, amount: bigint, memo: Memo): void {
  emit(host, NEP141, 'ft_transfer', [{ old_owner_id: from, new_owner_id: to, amount: `${amount}`, ...withMemo(memo) }])
}

export function emitBurn(host: Host, owner: string, amount: bigint, memo: Memo): void {
  emit(host, NEP141, 'ft_burn', [{ owner_id: owner, amount: `${amount}`, ...withMemo(memo) }])
}

function withMemo(memo: Memo): { memo?: string } {
  return memo === null || memo === undefined ? {} : { memo }
}
