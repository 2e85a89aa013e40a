/** Every entry point as a function of (market, arguments), by name: the class and the tests go through the same door. */
import { requireGas, requirePredecessor } from '../lib/access.ts'
import type { Host } from '../lib/host.ts'
import { parseArgs, parseValue, type ValuesOf } from '../lib/schema.ts'
import {
  type StorageOutcome,
  storageBalanceBounds,
  storageBalanceOf,
  storageDeposit,
  storageUnregister,
  storageWithdraw,
} from '../lib/storageManagement.ts'
import { accept, decline } from './accept.ts'
import { storageBook } from './accounts.ts'
import { answer } from './answer.ts'
import { ARGS, type Method, stakeMessage, taskSpec } from './args.ts'
import { tick } from './beacon.ts'
import { flushBurn, onBurned } from './burn.ts'
import { claim, onPaid } from './claim.ts'
import { commit } from './commit.ts'
import { closeMarket, type Intent, type Market, openMarket } from './context.ts'
import { crank } from './crank.ts'
import { cancel, createTask, quote } from './create.ts'
import { fail } from './errors.ts'
import { GAS_FOR_ON_TRANSFER } from './gas.ts'
import { type InitArgs, init } from './init.ts'
import { juryCommit, juryReveal } from './jury.ts'
import { heartbeat, restake, type StakeMessage, setWorkerKey, stake, unstake, withdraw } from './nodes.ts'
import { openKey } from './openKey.ts'
import { publish } from './publish.ts'
import { type RevealArgs, reveal } from './reveal.ts'
import type { TaskSpec } from './types.ts'
import { verdictCommit, verdictReveal } from './verdict.ts'
import * as views from './views.ts'

export type { Method }

type Args<M extends Method> = ValuesOf<(typeof ARGS)[M]>
type Handlers = { [M in Exclude<Method, 'init' | 'on_paid' | 'on_burned'>]: (m: Market, args: Args<M>) => unknown }

const handlers: Handlers = {
  storage_deposit: (m, args) => storage(m, storageDeposit(m.host, storageBook(m.host), args)),
  storage_withdraw: (m, args) => storage(m, storageWithdraw(m.host, storageBook(m.host), args.amount ?? null)),
  storage_unregister: (m, args) => storage(m, storageUnregister(m.host, storageBook(m.host), args.force === true)),
  storage_balance_of: (m, args) => storageBalanceOf(storageBook(m.host), args.account_id),
  storage_balance_bounds: (m) => storageBalanceBounds(storageBook(m.host)),
  ft_on_transfer: onTransfer,
  unstake: (m, args) => {
    unstake(m, args.amount)
    return args.amount.toString()
  },
  restake: (m, args) => {
    restake(m, args.amount)
    return args.amount.toString()
  },
  withdraw: (m) => withdraw(m),
  set_worker_key: (m, args) => setWorkerKey(m, args.public_key),
  heartbeat: (m) => heartbeat(m),
  cancel,
  tick: (m) => tick(m),
  crank,
  accept,
  decline,
  commit,
  reveal: (m, args) => reveal(m, args as RevealArgs),
  publish,
  open_key: openKey,
  verdict_commit: verdictCommit,
  verdict_reveal: verdictReveal,
  answer,
  jury_commit: juryCommit,
  jury_reveal: juryReveal,
  claim,
  flush_burn: (m) => flushBurn(m),
  get_config: (m) => m.config,
  quote: (m, args) => quote(m, specText(args.spec)),
  active: views.active,
  get_task: views.getTask,
  get_tasks: views.getTasks,
  get_round: views.getRound,
  get_dispute: views.getDispute,
  get_node: views.getNode,
  get_nodes: views.getNodes,
  ledger: views.ledger,
  supply: views.supply,
  get_receipt: views.getReceipt,
  get_receipts: views.getReceipts,
  receipt_root: views.receiptRoot,
  receipt_proof: views.receiptProof,
  draw: views.draw,
  get_beacon: views.getBeacon,
}

export interface Called {
  value: unknown
  intents: Intent[]
}

/** Runs one call: parse, rule, then write and log. What throws has changed nothing. */
export function callMarket(host: Host, method: Method, raw: unknown): Called {
  if (method === 'init') {
    init(host, parseArgs({ args: ARGS.init }, raw) as InitArgs)
    return { value: undefined, intents: [] }
  }
  if (method === 'on_paid' || method === 'on_burned') fail('CALLBACK_ONLY', `${method} is a callback`)
  const m = openMarket(host)
  const args = parseArgs({ args: ARGS[method] }, raw)
  const value = (handlers[method] as (m: Market, args: unknown) => unknown)(m, args)
  closeMarket(m)
  return { value, intents: m.intents }
}

/** Runs one view. Time moves on in memory, so it shows the round as the next call would find it; nothing is written. */
export function viewMarket(host: Host, method: Method, raw: unknown): unknown {
  const args = parseArgs({ args: ARGS[method] }, raw)
  return (handlers[method as keyof Handlers] as (m: Market, args: unknown) => unknown)(openMarket(host), args) ?? null
}

/** Runs a callback with the promise's outcome. */
export function answerMarket(host: Host, method: 'on_paid' | 'on_burned', raw: unknown, succeeded: boolean): void {
  const m = openMarket(host)
  if (method === 'on_paid') onPaid(m, parseArgs({ args: ARGS.on_paid }, raw), succeeded)
  else onBurned(m, parseArgs({ args: ARGS.on_burned }, raw), succeeded)
  closeMarket(m)
}

/** BLY arrives with a message that says what for. */
function onTransfer(m: Market, args: Args<'ft_on_transfer'>): string {
  requirePredecessor(m.host, m.config.bly)
  requireGas(m.host, GAS_FOR_ON_TRANSFER)
  const message = parseMessage(args.msg)
  if (message.stake !== undefined) {
    stake(m, args.sender_id, args.amount, parseValue(stakeMessage, message.stake, 'stake') as StakeMessage)
    return '0'
  }
  const spec = specText(parseValue(taskSpec, message.task, 'task'))
  return createTask(m, args.sender_id, args.amount, spec, args.msg).toString()
}

function parseMessage(msg: string): { stake?: unknown; task?: unknown } {
  let message: unknown = null
  try {
    message = JSON.parse(msg)
  } catch {
    fail('MARKET_MESSAGE_INVALID', 'the message is not JSON')
  }
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    fail('MARKET_MESSAGE_INVALID', 'the message is not a JSON object')
  }
  const names = Object.keys(message)
  if (names.length !== 1 || (names[0] !== 'stake' && names[0] !== 'task')) {
    fail('MARKET_MESSAGE_INVALID', `the message has ${names.length === 0 ? 'no field' : names.join(', ').slice(0, 64)}`)
  }
  return message
}

function specText(spec: NonNullable<(typeof taskSpec)['_value']>): TaskSpec {
  return { ...spec, nonce: spec.nonce.toString(), pay: spec.pay.toString() } as TaskSpec
}

function storage<T>(m: Market, { result, transfers }: StorageOutcome<T>): T {
  for (const { receiver, yocto } of transfers) m.intents.push({ kind: 'send_near', receiver, yocto: yocto.toString() })
  return result
}
