/** Taking one's own BLY out of existence. */
import { requireOneYocto } from '../lib/access.ts'
import { ensure } from '../lib/errors.ts'
import type { Host } from '../lib/host.ts'
import { emitBurn, type Memo } from './events.ts'
import { accountBook, getBalance, recordBurn, setBalance } from './storage.ts'

/** @throws DEPOSIT_ONE_YOCTO STORAGE_NOT_REGISTERED BLY_AMOUNT_ZERO BLY_BALANCE_TOO_LOW */
export function burn(host: Host, { amount, memo }: { amount: bigint; memo?: Memo }): void {
  requireOneYocto(host)
  const owner = host.predecessor()
  ensure(amount > 0n, 'BLY_AMOUNT_ZERO', () => 'the amount must be positive')
  const balance = getBalance(host, owner)
  ensure(balance >= amount, 'BLY_BALANCE_TOO_LOW', () => `${owner} has ${balance} attoBLY, ${amount} asked`)
  setBalance(host, owner, balance - amount)
  recordBurn(host, amount)
  emitBurn(host, owner, amount, memo)
}

/** BLY's storage book: who leaves by force burns what it still has. */
export function blyBook(host: Host) {
  return accountBook(host, (account, balance) => {
    recordBurn(host, balance)
    emitBurn(host, account, balance, 'unregistered')
  })
}
