/**
 * The bridge on NEAR: entry points only. Each hands its arguments by name to the rules beside it (calls.ts), and carries
 * out the promises that they ask for. The class holds no state.
 */
import { call, initialize, view } from 'near-sdk-js'
import { NearBindgen } from '../lib/bindgen.ts'
import { nearHost as host } from '../lib/nearHost.ts'
import { promiseSucceeded, returnPromise, schedule, scheduleCallback, sendTransfers } from '../lib/promises.ts'
import { answerBridge, callBridge, type Method, viewBridge } from './calls.ts'
import type { Intent } from './context.ts'
import { GAS_FOR_CALLBACK, GAS_FOR_FT_TRANSFER } from './gas.ts'

@NearBindgen({})
export class Bridge {
  @initialize({})
  init(args: unknown) {
    return run('init', args)
  }

  @call({})
  ft_on_transfer(args: unknown) {
    return run('ft_on_transfer', args)
  }

  @call({ payableFunction: true })
  unlock(args: unknown) {
    return run('unlock', args)
  }

  @call({})
  on_unlocked(args: unknown) {
    return answerBridge(host, 'on_unlocked', args, promiseSucceeded)
  }

  @call({})
  release(args: unknown) {
    return run('release', args)
  }

  @call({})
  release_delayed(args: unknown) {
    return run('release_delayed', args)
  }

  @call({ payableFunction: true })
  collect_credit(args: unknown) {
    return run('collect_credit', args)
  }

  @call({})
  on_collected(args: unknown) {
    return answerBridge(host, 'on_collected', args, promiseSucceeded)
  }

  @call({ payableFunction: true })
  refund(args: unknown) {
    return run('refund', args)
  }

  @call({ payableFunction: true })
  veto(args: unknown) {
    return run('veto', args)
  }

  @call({ payableFunction: true })
  link_evm(args: unknown) {
    return run('link_evm', args)
  }

  @call({ payableFunction: true })
  rotate(args: unknown) {
    return run('rotate', args)
  }

  @call({ payableFunction: true })
  veto_rotation(args: unknown) {
    return run('veto_rotation', args)
  }

  @call({ payableFunction: true })
  pause(args: unknown) {
    return run('pause', args)
  }

  @call({})
  pause_with(args: unknown) {
    return run('pause_with', args)
  }

  @call({ payableFunction: true })
  unpause(args: unknown) {
    return run('unpause', args)
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
    return viewBridge(host, 'storage_balance_of', args)
  }

  @view({})
  storage_balance_bounds(args: unknown) {
    return viewBridge(host, 'storage_balance_bounds', args)
  }

  @view({})
  transfer(args: unknown) {
    return viewBridge(host, 'transfer', args)
  }

  @view({})
  status(args: unknown) {
    return viewBridge(host, 'status', args)
  }

  @view({})
  limits(args: unknown) {
    return viewBridge(host, 'limits', args)
  }

  @view({})
  signers(args: unknown) {
    return viewBridge(host, 'signers', args)
  }

  @view({})
  credit(args: unknown) {
    return viewBridge(host, 'credit', args)
  }

  @view({})
  link(args: unknown) {
    return viewBridge(host, 'link', args)
  }

  @view({})
  locks(args: unknown) {
    return viewBridge(host, 'locks', args)
  }

  @view({})
  links(args: unknown) {
    return viewBridge(host, 'links', args)
  }
}

/** One pay-out: its answer is the call's. Several, or none: the call answers itself. */
function run(method: Method, args: unknown): unknown {
  const { value, intents } = callBridge(host, method, args)
  const payments: bigint[] = []
  for (const intent of intents) {
    if (intent.kind === 'pay') payments.push(pay(intent))
    else sendTransfers([{ receiver: intent.receiver, yocto: BigInt(intent.yocto) }])
  }
  if (method === 'release' || payments.length !== 1) return value
  returnPromise(payments[0])
  return undefined
}

/** The token is asked, and answers the callback. */
function pay({ token, receiver, amount, callback, args }: Intent & { kind: 'pay' }): bigint {
  const transfer = { receiver_id: receiver, amount }
  const asked = schedule({
    receiver: token,
    method: 'ft_transfer',
    args: transfer,
    deposit: 1n,
    gas: GAS_FOR_FT_TRANSFER,
  })
  return scheduleCallback(asked, { method: callback, args, gas: GAS_FOR_CALLBACK })
}
