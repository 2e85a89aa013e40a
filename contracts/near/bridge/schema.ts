/** The bridge's interface as one table: ABI and typed client are generated from it; the contract itself needs args.ts. */
import { type ContractSchema, type Fields, t } from '../lib/schema.ts'
import { ARGS } from './args.ts'
import { BRIDGE_ERRORS } from './errors.ts'

const balance = t.object({ total: t.u128, available: t.u128 })
const evmAddress = t.string(42)
const direction = ARGS.transfer.direction
const count = t.integer(0, 2 ** 48)
const lockShape = t.object({ nonce: t.u64, sender: t.account, receiver: evmAddress, amount: t.u128, height: count })
const linkShape = t.object({ nonce: t.u64, account: t.account, evm: evmAddress })

function guardian<const F extends Fields>(args: F, doc: string) {
  return { kind: 'call', payable: '1yocto', args, returns: t.unit, gasTGas: 15, doc } as const
}

function event<const F extends Fields>(data: F, doc: string) {
  return { standard: 'blyan_bridge', version: '1.0.0', data, doc } as const
}

export const BRIDGE_SCHEMA = {
  name: 'bridge',
  doc: 'BLY between NEAR and an EVM chain: locked here while it moves there, unlocked by k of n signatures.',
  methods: {
    init: {
      kind: 'init',
      args: ARGS.init,
      returns: t.unit,
      gasTGas: 15,
      doc: 'Sets the bridge up, once, signed by its own account; nothing of it can be changed later.',
    },
    ft_on_transfer: {
      kind: 'call',
      args: ARGS.ft_on_transfer,
      returns: t.u128,
      gasTGas: 30,
      doc: 'Locks the BLY that arrives with {"lock":{"receiver":"0x…"}}; the sender’s storage balance pays for the record.',
    },
    unlock: {
      kind: 'call',
      payable: 'any',
      args: ARGS.unlock,
      returns: t.oneOf('unlocked', 'credited', 'queued', 'delayed'),
      gasTGas: 100,
      doc: 'Pays out what was burned on EVM, by k signatures over Burn; attach payout_deposit of limits.',
    },
    on_unlocked: {
      kind: 'call',
      private: true,
      args: ARGS.on_unlocked,
      returns: t.nullable(t.oneOf('unlocked', 'refunded', 'credited')),
      doc: 'The token’s answer to a pay-out; a failed one becomes a credit of its receiver.',
    },
    release: {
      kind: 'call',
      args: ARGS.release,
      returns: t.integer(0, 8),
      gasTGas: 300,
      doc: 'Pays heads of the queue while the limit allows; result: how many.',
    },
    release_delayed: {
      kind: 'call',
      args: ARGS.release_delayed,
      returns: t.oneOf('unlocked', 'credited', 'queued'),
      gasTGas: 60,
      doc: 'Pays or queues a large transfer whose delay has passed without a veto.',
    },
    collect_credit: {
      kind: 'call',
      payable: '1yocto',
      args: ARGS.collect_credit,
      returns: t.boolean,
      gasTGas: 60,
      doc: 'Sends what is owed to the caller to it or to another registered account; result: whether it arrived.',
    },
    on_collected: {
      kind: 'call',
      private: true,
      args: ARGS.on_collected,
      returns: t.boolean,
      doc: 'The token’s answer to a collected credit; a failed one is owed as before.',
    },
    refund: {
      kind: 'call',
      payable: 'any',
      args: ARGS.refund,
      returns: t.oneOf('refunded', 'credited', 'queued'),
      gasTGas: 100,
      doc: 'Returns a lock whose mint was vetoed on EVM, by k signatures over Veto; attach payout_deposit of limits.',
    },
    veto: guardian(ARGS.veto, 'The guardian stops a pay-out that is delayed or queued, for ever.'),
    link_evm: {
      kind: 'call',
      payable: '1yocto',
      args: ARGS.link_evm,
      returns: t.u64,
      gasTGas: 15,
      doc: 'Names the EVM address that the caller’s rewards go to; result: the link’s nonce.',
    },
    rotate: {
      kind: 'call',
      payable: 'any',
      args: ARGS.rotate,
      returns: t.unit,
      gasTGas: 100,
      doc: 'Schedules the next signers, by k signatures of the active ones and those of all new ones.',
    },
    veto_rotation: guardian(ARGS.veto_rotation, 'The guardian refuses the rotation that waits, for ever.'),
    pause: guardian(ARGS.pause, 'The guardian stops the bridge for 72 hours, once.'),
    pause_with: {
      kind: 'call',
      args: ARGS.pause_with,
      returns: t.unit,
      gasTGas: 60,
      doc: 'Stops the bridge for 72 hours by k signatures over Pause.',
    },
    unpause: guardian(ARGS.unpause, 'The guardian ends a pause.'),
    storage_deposit: {
      kind: 'call',
      payable: 'any',
      args: ARGS.storage_deposit,
      returns: balance,
      gasTGas: 10,
      doc: 'Registers an account or adds to its storage balance.',
    },
    storage_withdraw: {
      kind: 'call',
      payable: '1yocto',
      args: ARGS.storage_withdraw,
      returns: balance,
      gasTGas: 10,
      doc: 'Pays out free storage balance of the caller.',
    },
    storage_unregister: {
      kind: 'call',
      payable: '1yocto',
      args: ARGS.storage_unregister,
      returns: t.boolean,
      gasTGas: 10,
      doc: 'Removes a caller who never locked or linked.',
    },
    storage_balance_of: {
      kind: 'view',
      args: ARGS.storage_balance_of,
      returns: t.nullable(balance),
      doc: 'Storage balance of an account; null when it is not registered.',
    },
    storage_balance_bounds: {
      kind: 'view',
      args: ARGS.storage_balance_bounds,
      returns: t.object({ min: t.u128, max: t.nullable(t.u128) }),
      doc: 'What every account must and may deposit.',
    },
    transfer: {
      kind: 'view',
      args: ARGS.transfer,
      returns: t.nullable(
        t.object({
          direction,
          nonce: t.u64,
          state: t.oneOf(
            ...(['locked', 'paying', 'unlocked', 'credited', 'queued', 'delayed', 'vetoed', 'refunded'] as const),
          ),
          sender: t.nullable(t.account),
          receiver: t.string(64),
          amount: t.u128,
          ready_at_ms: t.nullable(count),
        }),
      ),
      doc: 'One transfer as this chain knows it; null when it does not.',
    },
    status: {
      kind: 'view',
      args: ARGS.status,
      returns: t.object({
        locked: t.u128,
        attested_burns: t.u128,
        unlocked: t.u128,
        credits: t.u128,
        pending: t.u128,
        locks: count,
        links: count,
        queue_length: count,
        epoch: t.u64,
        pending_epoch: t.nullable(t.u64),
        paused_until_ms: t.nullable(count),
        pauses: count,
        guardian_paused: t.boolean,
        bly: t.account,
        market: t.account,
        guardian: t.account,
        evm_chain_id: t.u64,
        evm_bridge: evmAddress,
        salt: t.hex32,
        separator: t.hex32,
      }),
      doc: 'Totals, epoch, queue, pause, and what the deployment fixed.',
    },
    limits: {
      kind: 'view',
      args: ARGS.limits,
      returns: t.object({
        min_amount: t.u128,
        max_amount: t.u128,
        large_amount: t.u128,
        hourly_limit: t.u128,
        capacity: t.u128,
        queue_length: count,
        veto_delay_s: count,
        rotation_delay_s: count,
        payout_deposit: t.u128,
      }),
      doc: 'Bounds of a transfer, what may leave now, and the yoctoNEAR that unlock and refund take.',
    },
    signers: {
      kind: 'view',
      args: ARGS.signers,
      returns: t.nullable(
        t.object({ epoch: t.u64, signers: t.list(t.hex(20), 32), k: t.integer(1, 32), valid_from: t.u64 }),
      ),
      doc: 'The active signers, or those of an epoch.',
    },
    credit: { kind: 'view', args: ARGS.credit, returns: t.u128, doc: 'attoBLY owed to an account.' },
    link: {
      kind: 'view',
      args: ARGS.link,
      returns: t.nullable(linkShape),
      doc: 'The latest link of an account; null when it has none.',
    },
    locks: { kind: 'view', args: ARGS.locks, returns: t.list(lockShape, 100), doc: 'Locks in order.' },
    links: { kind: 'view', args: ARGS.links, returns: t.list(linkShape, 100), doc: 'Links in order.' },
  },
  errors: BRIDGE_ERRORS,
  events: {
    locked: event(
      { nonce: t.u64, sender: t.account, receiver: evmAddress, amount: t.u128 },
      'BLY waits here and may be minted on EVM.',
    ),
    unlocked: event({ nonce: t.u64, receiver: t.account, amount: t.u128, source: t.hex32 }, 'A burn was paid out.'),
    credited: event(
      { direction, nonce: t.u64, account: t.account, amount: t.u128 },
      'A transfer failed; its amount is owed to the account.',
    ),
    credit_collected: event({ account: t.account, to: t.account, amount: t.u128 }, 'A credit was paid.'),
    credit_restored: event(
      { account: t.account, to: t.account, amount: t.u128 },
      'Paying a credit failed; it is owed as before.',
    ),
    queued: event(
      { direction, nonce: t.u64, account: t.account, amount: t.u128, position: count },
      'A pay-out waits for the limit.',
    ),
    delayed: event(
      { nonce: t.u64, receiver: t.account, amount: t.u128, ready_at_ms: count },
      'A large pay-out waits for the guardian.',
    ),
    vetoed: event({ nonce: t.u64, receiver: t.account, amount: t.u128 }, 'The guardian stopped a pay-out for ever.'),
    refunded: event({ nonce: t.u64, account: t.account, amount: t.u128 }, 'A lock was returned to its sender.'),
    linked: event({ nonce: t.u64, account: t.account, evm: evmAddress }, 'An account named its EVM address.'),
    rotation_scheduled: event(
      { epoch: t.u64, signers: t.list(t.hex(20), 32), k: t.integer(1, 32), valid_from: t.u64, digest: t.hex32 },
      'New signers begin at valid_from, in Unix seconds.',
    ),
    rotation_vetoed: event({ epoch: t.u64, digest: t.hex32 }, 'The guardian refused the rotation that waited.'),
    paused: event({ until_ms: count, number: count }, 'The bridge stands still until then.'),
    unpaused: event({}, 'The guardian ended a pause.'),
  },
} as const satisfies ContractSchema
