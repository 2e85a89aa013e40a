/**
 * The market on NEAR: entry points only. Each hands its arguments by name to the rules beside it (calls.ts), and carries
 * out the promises that they ask for. The class holds no state.
 */
import { call, initialize, view } from 'near-sdk-js'
import { NearBindgen } from '../lib/bindgen.ts'
import { nearHost as host } from '../lib/nearHost.ts'
import { promiseSucceeded, returnPromise, schedule, scheduleCallback, sendTransfers } from '../lib/promises.ts'
import { answerMarket, callMarket, type Method, viewMarket } from './calls.ts'
import type { Intent } from './context.ts'
import { GAS_FOR_BURN, GAS_FOR_CALLBACK, GAS_FOR_FT_TRANSFER } from './gas.ts'

@NearBindgen({})
export class Market {
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

  @view({})
  storage_balance_of(args: unknown) {
    return show('storage_balance_of', args)
  }

  @view({})
  storage_balance_bounds(args: unknown) {
    return show('storage_balance_bounds', args)
  }

  @call({})
  ft_on_transfer(args: unknown) {
    return run('ft_on_transfer', args)
  }

  @call({ payableFunction: true })
  unstake(args: unknown) {
    return run('unstake', args)
  }

  @call({ payableFunction: true })
  restake(args: unknown) {
    return run('restake', args)
  }

  @call({ payableFunction: true })
  withdraw(args: unknown) {
    return run('withdraw', args)
  }

  @call({ payableFunction: true })
  set_worker_key(args: unknown) {
    return run('set_worker_key', args)
  }

  @call({})
  heartbeat(args: unknown) {
    return run('heartbeat', args)
  }

  @call({ payableFunction: true })
  cancel(args: unknown) {
    return run('cancel', args)
  }

  @call({})
  tick(args: unknown) {
    return run('tick', args)
  }

  @call({})
  crank(args: unknown) {
    return run('crank', args)
  }

  @call({})
  accept(args: unknown) {
    return run('accept', args)
  }

  @call({})
  decline(args: unknown) {
    return run('decline', args)
  }

  @call({})
  commit(args: unknown) {
    return run('commit', args)
  }

  @call({})
  reveal(args: unknown) {
    return run('reveal', args)
  }

  @call({})
  publish(args: unknown) {
    return run('publish', args)
  }

  @call({})
  open_key(args: unknown) {
    return run('open_key', args)
  }

  @call({})
  verdict_commit(args: unknown) {
    return run('verdict_commit', args)
  }

  @call({})
  verdict_reveal(args: unknown) {
    return run('verdict_reveal', args)
  }

  @call({})
  answer(args: unknown) {
    return run('answer', args)
  }

  @call({})
  jury_commit(args: unknown) {
    return run('jury_commit', args)
  }

  @call({})
  jury_reveal(args: unknown) {
    return run('jury_reveal', args)
  }

  @call({ payableFunction: true })
  claim(args: unknown) {
    return run('claim', args)
  }

  @call({})
  on_paid(args: unknown) {
    answerMarket(host, 'on_paid', args, promiseSucceeded())
  }

  @call({})
  flush_burn(args: unknown) {
    return run('flush_burn', args)
  }

  @call({})
  on_burned(args: unknown) {
    answerMarket(host, 'on_burned', args, promiseSucceeded())
  }

  @view({})
  get_config(args: unknown) {
    return show('get_config', args)
  }

  @view({})
  quote(args: unknown) {
    return show('quote', args)
  }

  @view({})
  active(args: unknown) {
    return show('active', args)
  }

  @view({})
  get_task(args: unknown) {
    return show('get_task', args)
  }

  @view({})
  get_tasks(args: unknown) {
    return show('get_tasks', args)
  }

  @view({})
  get_round(args: unknown) {
    return show('get_round', args)
  }

  @view({})
  get_dispute(args: unknown) {
    return show('get_dispute', args)
  }

  @view({})
  get_node(args: unknown) {
    return show('get_node', args)
  }

  @view({})
  get_nodes(args: unknown) {
    return show('get_nodes', args)
  }

  @view({})
  ledger(args: unknown) {
    return show('ledger', args)
  }

  @view({})
  supply(args: unknown) {
    return show('supply', args)
  }

  @view({})
  get_receipt(args: unknown) {
    return show('get_receipt', args)
  }

  @view({})
  get_receipts(args: unknown) {
    return show('get_receipts', args)
  }

  @view({})
  receipt_root(args: unknown) {
    return show('receipt_root', args)
  }

  @view({})
  receipt_proof(args: unknown) {
    return show('receipt_proof', args)
  }

  @view({})
  draw(args: unknown) {
    return show('draw', args)
  }

  @view({})
  get_beacon(args: unknown) {
    return show('get_beacon', args)
  }
}

function run(method: Method, args: unknown): unknown {
  const { value, intents } = callMarket(host, method, args)
  for (const intent of intents) carryOut(intent)
  return value
}

function show(method: Method, args: unknown): unknown {
  return viewMarket(host, method, args)
}

/** The token's answer comes back to a callback; NEAR that is sent is not waited for. */
function carryOut(intent: Intent): void {
  if (intent.kind === 'send_near') {
    sendTransfers([{ receiver: intent.receiver, yocto: BigInt(intent.yocto) }])
    return
  }
  const { token, amount } = intent
  const pays = intent.kind === 'pay'
  const asked = schedule({
    receiver: token,
    method: pays ? 'ft_transfer' : 'burn',
    args: pays ? { receiver_id: intent.receiver, amount } : { amount },
    deposit: 1n,
    gas: pays ? GAS_FOR_FT_TRANSFER : GAS_FOR_BURN,
  })
  const method = pays ? 'on_paid' : 'on_burned'
  const args = pays ? { account: intent.receiver, amount } : { amount }
  returnPromise(scheduleCallback(asked, { method, args, gas: GAS_FOR_CALLBACK }))
}
