/**
 * BLY on NEAR: entry points only. Each parses its arguments by the schema and hands them to the rules beside it. The class
 * holds no state: everything lies under the keys of storage.ts, and the supply itself tells whether init ran.
 */
import { call, initialize, view } from 'near-sdk-js'
import { NearBindgen } from '../lib/bindgen.ts'
import { nearHost as host } from '../lib/nearHost.ts'
import { promiseReply, returnPromise, schedule, scheduleCallback, sendTransfers } from '../lib/promises.ts'
import { parseArgs } from '../lib/schema.ts'
import type { StorageOutcome } from '../lib/storageManagement.ts'
import * as storage from '../lib/storageManagement.ts'
import { blyBook, burn } from './burn.ts'
import { GAS_FOR_RESOLVE } from './gas.ts'
import { init } from './init.ts'
import { getMetadata, SOURCE_METADATA } from './metadata.ts'
import { MAX_REPLY_BYTES, resolveTransfer } from './resolve.ts'
import { BLY_SCHEMA } from './schema.ts'
import { findBalance, totalBurned, totalSupply } from './storage.ts'
import { ftTransfer, ftTransferCall } from './transfer.ts'

const M = BLY_SCHEMA.methods

@NearBindgen({})
export class Bly {
  @initialize({})
  init(args: unknown): void {
    init(host, parseArgs(M.init, args))
  }

  @call({ payableFunction: true })
  ft_transfer(args: unknown): void {
    ftTransfer(host, parseArgs(M.ft_transfer, args))
  }

  @call({ payableFunction: true })
  ft_transfer_call(args: unknown): void {
    const { receiver, onTransfer, resolve } = ftTransferCall(host, parseArgs(M.ft_transfer_call, args))
    const asked = schedule({ receiver, method: 'ft_on_transfer', args: onTransfer, gas: 0n, weight: 1n })
    returnPromise(scheduleCallback(asked, { method: 'ft_resolve_transfer', args: resolve, gas: GAS_FOR_RESOLVE }))
  }

  @call({})
  ft_resolve_transfer(args: unknown): string {
    return resolveTransfer(host, parseArgs(M.ft_resolve_transfer, args), () => promiseReply(MAX_REPLY_BYTES))
  }

  @call({ payableFunction: true })
  burn(args: unknown): void {
    burn(host, parseArgs(M.burn, args))
  }

  @view({})
  ft_total_supply(): string {
    return `${totalSupply(host)}`
  }

  @view({})
  ft_burned(): string {
    return `${totalBurned(host)}`
  }

  @view({})
  ft_balance_of(args: unknown): string {
    return `${findBalance(host, parseArgs(M.ft_balance_of, args).account_id) ?? 0n}`
  }

  @view({})
  ft_metadata() {
    return getMetadata(host)
  }

  @call({ payableFunction: true })
  storage_deposit(args: unknown) {
    return paid(storage.storageDeposit(host, blyBook(host), parseArgs(M.storage_deposit, args)))
  }

  @call({ payableFunction: true })
  storage_withdraw(args: unknown) {
    const { amount } = parseArgs(M.storage_withdraw, args)
    return paid(storage.storageWithdraw(host, blyBook(host), amount ?? null))
  }

  @call({ payableFunction: true })
  storage_unregister(args: unknown) {
    const { force } = parseArgs(M.storage_unregister, args)
    return paid(storage.storageUnregister(host, blyBook(host), force === true))
  }

  @view({})
  storage_balance_bounds() {
    return storage.storageBalanceBounds(blyBook(host))
  }

  @view({})
  storage_balance_of(args: unknown) {
    return storage.storageBalanceOf(blyBook(host), parseArgs(M.storage_balance_of, args).account_id)
  }

  @view({})
  contract_source_metadata() {
    return SOURCE_METADATA
  }
}

function paid<T>({ result, transfers }: StorageOutcome<T>): T {
  sendTransfers(transfers)
  return result
}
