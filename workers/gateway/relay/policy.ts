/**
 * What the relay carries: a visitor's own calls of listed methods, nearly free, with little gas, soon. The relayer pays
 * for failures and for deposits inside, so everything that could cost more is refused before it is sent. Source: NEP-366.
 */
import { z } from 'zod'
import type { Action, DelegateAction } from '../../../chain/lib/action.ts'
import { TGAS } from '../../../chain/lib/units.ts'
import { RelayRefusedError } from './errors.ts'

/** Blocks after which a delegate that this relay takes is void: somebody who holds it back gains a minute. */
export const MAX_LIFE_BLOCKS = 100n
/** The dearest listed call, a transfer call with a task, is attached 150 TGas by our clients. */
export const MAX_GAS = 200n * TGAS
const MAX_ACTIONS = 2
/** nearcore: ACCESS_KEY_NONCE_RANGE_MULTIPLIER. */
const NONCES_PER_BLOCK = 1_000_000n

/** Methods of the market and of the token that only move what is the caller's, or the protocol's own state. */
const METHODS = {
  market: ['heartbeat', 'claim', 'unstake', 'restake', 'withdraw', 'cancel', 'set_worker_key', 'open_key', 'crank'],
  bly: ['ft_transfer_call'],
} as const

export interface PolicyContext {
  /** NEAR account of who is signed in. */
  readonly account: string
  readonly contracts: { readonly bly: string; readonly market: string }
  /** Of the head. */
  readonly height: number
  /** Nonce of the delegate's key on the chain. */
  readonly keyNonce: bigint
}

/** Gas of all its calls. @throws RelayRefusedError */
export function checkDelegate(delegate: DelegateAction, context: PolicyContext): bigint {
  const { account, contracts, height, keyNonce } = context
  const refuse = (field: string, what: string): never => {
    throw new RelayRefusedError({ what, fix: 'Send it as a transaction of your own.', data: { field } })
  }
  if (delegate.senderId !== account) {
    refuse('senderId', `You are signed in as ${account}; this delegate is of ${delegate.senderId}.`)
  }
  const contract = delegate.receiverId === contracts.market ? 'market' : 'bly'
  if (delegate.receiverId !== contracts[contract]) {
    refuse('receiverId', `This relay speaks with ${contracts.market} and ${contracts.bly} alone.`)
  }
  const life = delegate.maxBlockHeight - BigInt(height)
  if (life <= 0n) refuse('maxBlockHeight', `The delegate ended at block ${delegate.maxBlockHeight}, now is ${height}.`)
  if (life > MAX_LIFE_BLOCKS) refuse('maxBlockHeight', `It lives ${life} blocks; ${MAX_LIFE_BLOCKS} are allowed.`)
  if (delegate.nonce <= keyNonce) refuse('nonce', `Nonce ${delegate.nonce} is used; the next is ${keyNonce + 1n}.`)
  const most = BigInt(height) * NONCES_PER_BLOCK
  if (delegate.nonce >= most) refuse('nonce', `Nonce ${delegate.nonce} is beyond what the chain takes, ${most}.`)
  if (delegate.actions.length === 0 || delegate.actions.length > MAX_ACTIONS) {
    refuse('actions', `It has ${delegate.actions.length} actions; one or ${MAX_ACTIONS} are carried.`)
  }
  let gas = 0n
  for (const action of delegate.actions) {
    const call = requireCall(action, METHODS[contract], refuse)
    if (contract === 'bly' && transferReceiver(call.args) !== contracts.market) {
      refuse('actions', `ft_transfer_call is carried to ${contracts.market} alone.`)
    }
    gas += call.gas
  }
  if (gas > MAX_GAS) refuse('gas', `It attaches ${gas / TGAS} TGas; ${MAX_GAS / TGAS} are allowed.`)
  return gas
}

function requireCall(
  action: Action,
  methods: readonly string[],
  refuse: (field: string, what: string) => never,
): Extract<Action, { kind: 'functionCall' }> {
  if (action.kind !== 'functionCall') return refuse('actions', `An action ${action.kind} is not carried; calls are.`)
  if (!methods.includes(action.methodName)) {
    refuse('actions', `${action.methodName} is not carried; ${methods.join(', ')} are.`)
  }
  if (action.deposit > 1n) refuse('deposit', `It attaches ${action.deposit} yoctoNEAR; 0 or 1 is carried.`)
  return action
}

const transferArgs = z.object({ receiver_id: z.string() })

function transferReceiver(args: Uint8Array): string | null {
  try {
    return transferArgs.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(args))).receiver_id
  } catch {
    return null
  }
}
