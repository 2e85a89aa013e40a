/**
 * The exchange on NEAR: entry points only. Each hands its arguments by name to the rules beside it (calls.ts), and carries out
 * the payments that they ask for. The class holds no state.
 */
import { call, initialize, near, view } from 'near-sdk-js'
import { NearBindgen } from '../lib/bindgen.ts'
import { STORAGE_PRICE } from '../lib/money.ts'
import { nearHost as host } from '../lib/nearHost.ts'
import { promiseSucceeded, returnPromise, schedule, scheduleCallback, sendTransfers } from '../lib/promises.ts'
import { type CallName, type Chain, callDex, viewDex } from './calls.ts'
import { GAS_FOR_FT_TRANSFER, GAS_FOR_POST_WITHDRAW } from './gas.ts'
import type { Payment } from './outcome.ts'

@NearBindgen({})
export class Dex {
  @initialize({})
  init(args: unknown) {
    return run('init', args)
  }

  @call({ payableFunction: true })
  storage_deposit(args: unknown) {
    return run('storage_deposit', args)
  }

  @call({ payableFunction: true })
  storage_withdraw(args: unknown) {
    return run('storage_withdraw', args)
  }

  @call({ payableFunction: true })
  storage_unregister(args: unknown) {
    return run('storage_unregister', args)
  }

  @call({ payableFunction: true })
  add_simple_pool(args: unknown) {
    return run('add_simple_pool', args)
  }

  @call({ payableFunction: true })
  add_liquidity(args: unknown) {
    return run('add_liquidity', args)
  }

  @call({ payableFunction: true })
  remove_liquidity(args: unknown) {
    return run('remove_liquidity', args)
  }

  @call({ payableFunction: true })
  swap(args: unknown) {
    return run('swap', args)
  }

  @call({ payableFunction: true })
  withdraw(args: unknown) {
    return run('withdraw', args)
  }

  @call({ payableFunction: true })
  register_tokens(args: unknown) {
    return run('register_tokens', args)
  }

  @call({ payableFunction: true })
  unregister_tokens(args: unknown) {
    return run('unregister_tokens', args)
  }

  @call({ payableFunction: true })
  claim_lostfound(args: unknown) {
    return run('claim_lostfound', args)
  }

  @call({})
  ft_on_transfer(args: unknown) {
    return run('ft_on_transfer', args)
  }

  @call({})
  exchange_callback_post_withdraw(args: unknown) {
    return run('exchange_callback_post_withdraw', args)
  }

  @view({})
  storage_balance_bounds(args: unknown) {
    return viewDex(host, 'storage_balance_bounds', args)
  }

  @view({})
  storage_balance_of(args: unknown) {
    return viewDex(host, 'storage_balance_of', args)
  }

  @view({})
  get_number_of_pools(args: unknown) {
    return viewDex(host, 'get_number_of_pools', args)
  }

  @view({})
  get_pools(args: unknown) {
    return viewDex(host, 'get_pools', args)
  }

  @view({})
  get_pool(args: unknown) {
    return viewDex(host, 'get_pool', args)
  }

  @view({})
  get_pool_by_ids(args: unknown) {
    return viewDex(host, 'get_pool_by_ids', args)
  }

  @view({})
  get_pool_shares(args: unknown) {
    return viewDex(host, 'get_pool_shares', args)
  }

  @view({})
  get_pool_total_shares(args: unknown) {
    return viewDex(host, 'get_pool_total_shares', args)
  }

  @view({})
  get_return(args: unknown) {
    return viewDex(host, 'get_return', args)
  }

  @view({})
  get_deposits(args: unknown) {
    return viewDex(host, 'get_deposits', args)
  }

  @view({})
  get_deposit(args: unknown) {
    return viewDex(host, 'get_deposit', args)
  }

  @view({})
  get_lostfound_token(args: unknown) {
    return viewDex(host, 'get_lostfound_token', args)
  }

  @view({})
  get_whitelisted_tokens(args: unknown) {
    return viewDex(host, 'get_whitelisted_tokens', args)
  }

  @view({})
  get_user_whitelisted_tokens(args: unknown) {
    return viewDex(host, 'get_user_whitelisted_tokens', args)
  }

  @view({})
  contract_source_metadata(args: unknown) {
    return viewDex(host, 'contract_source_metadata', args)
  }
}

const chain: Chain = {
  freeYocto: () => near.accountBalance() - near.storageUsage() * STORAGE_PRICE,
  succeeded: () => promiseSucceeded(),
}

function run(method: CallName, args: unknown): unknown {
  const { value, transfers = [], payments = [], returnsPayment } = callDex(host, method, args, chain)
  sendTransfers(transfers)
  for (const payment of payments) {
    const callback = pay(payment)
    if (returnsPayment) returnPromise(callback)
  }
  return value
}

/** @returns the callback's promise */
function pay({ token, receiver, amount }: Payment): bigint {
  const args = { receiver_id: receiver, amount: `${amount}` }
  const sent = schedule({ receiver: token, method: 'ft_transfer', args, deposit: 1n, gas: GAS_FOR_FT_TRANSFER })
  const callback = { token_id: token, sender_id: receiver, amount: `${amount}` }
  return scheduleCallback(sent, {
    method: 'exchange_callback_post_withdraw',
    args: callback,
    gas: GAS_FOR_POST_WITHDRAW,
  })
}
