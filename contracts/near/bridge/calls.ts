/** Every entry point as a function of (bridge, arguments), by name: the class and the tests go through the same door. */
import type { Host } from '../lib/host.ts'
import { parseArgs, type ValuesOf } from '../lib/schema.ts'
import {
  type StorageOutcome,
  storageBalanceBounds,
  storageBalanceOf,
  storageDeposit,
  storageUnregister,
  storageWithdraw,
} from '../lib/storageManagement.ts'
import { ARGS, type Method } from './args.ts'
import { type Bridge, closeBridge, type Intent, openBridge } from './context.ts'
import { collectCredit, onCollected } from './credit.ts'
import { fail } from './errors.ts'
import { init } from './init.ts'
import { linkEvm } from './link.ts'
import { lock } from './lock.ts'
import { pause, pauseWith, unpause } from './pause.ts'
import { onUnlocked } from './payout.ts'
import { refund } from './refund.ts'
import { release, releaseDelayed } from './release.ts'
import { rotate, vetoRotation } from './rotate.ts'
import { storageBook } from './storage.ts'
import { unlock } from './unlock.ts'
import { veto } from './veto.ts'
import * as views from './views.ts'

export type { Method }
export type Callback = 'on_unlocked' | 'on_collected'

type Args<M extends Method> = ValuesOf<(typeof ARGS)[M]>
type Handlers = { [M in Exclude<Method, 'init' | Callback>]: (b: Bridge, args: Args<M>) => unknown }

const handlers: Handlers = {
  ft_on_transfer: lock,
  unlock,
  release,
  release_delayed: releaseDelayed,
  collect_credit: (b, args) => `${collectCredit(b, args)}`,
  refund,
  veto,
  link_evm: linkEvm,
  rotate,
  veto_rotation: vetoRotation,
  pause,
  pause_with: pauseWith,
  unpause,
  storage_deposit: (b, args) => storage(b, storageDeposit(b.host, storageBook(b.host), args)),
  storage_withdraw: (b, args) => storage(b, storageWithdraw(b.host, storageBook(b.host), args.amount ?? null)),
  storage_unregister: (b, args) => storage(b, storageUnregister(b.host, storageBook(b.host), args.force === true)),
  storage_balance_of: (b, args) => storageBalanceOf(storageBook(b.host), args.account_id),
  storage_balance_bounds: (b) => storageBalanceBounds(storageBook(b.host)),
  transfer: views.transfer,
  status: views.status,
  limits: views.limits,
  signers: views.signers,
  credit: views.credit,
  link: views.link,
  locks: views.locks,
  links: views.links,
}

export interface Called {
  value: unknown
  intents: Intent[]
}

/** Runs one call: parse, rule, then the totals. What throws has changed nothing. */
export function callBridge(host: Host, method: Method, raw: unknown): Called {
  if (method === 'init') {
    init(host, parseArgs({ args: ARGS.init }, raw))
    return { value: undefined, intents: [] }
  }
  if (method === 'on_unlocked' || method === 'on_collected') fail('CALLBACK_ONLY', `${method} is a callback`)
  const b = openBridge(host)
  const args = parseArgs({ args: ARGS[method] }, raw)
  const value = (handlers[method] as (b: Bridge, args: unknown) => unknown)(b, args)
  closeBridge(b)
  return { value, intents: b.intents }
}

/** Runs one view; nothing is written. */
export function viewBridge(host: Host, method: Method, raw: unknown): unknown {
  const args = parseArgs({ args: ARGS[method] }, raw)
  return (handlers[method as keyof Handlers] as (b: Bridge, args: unknown) => unknown)(openBridge(host), args) ?? null
}

/** Runs a callback. @param answered  whether the promise before it succeeded */
export function answerBridge(host: Host, method: Callback, raw: unknown, answered: () => boolean): unknown {
  const b = openBridge(host)
  const value =
    method === 'on_unlocked'
      ? answerUnlock(b, parseArgs({ args: ARGS.on_unlocked }, raw), answered)
      : onCollected(b, parseArgs({ args: ARGS.on_collected }, raw), answered)
  closeBridge(b)
  return value
}

function answerUnlock(b: Bridge, { direction, nonce }: Args<'on_unlocked'>, answered: () => boolean): unknown {
  return onUnlocked(b, { direction, nonce: `${nonce}` }, answered)
}

function storage<T>(b: Bridge, { result, transfers }: StorageOutcome<T>): T {
  for (const { receiver, yocto } of transfers) b.intents.push({ kind: 'send_near', receiver, yocto: `${yocto}` })
  return result
}
