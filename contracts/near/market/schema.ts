/** The market's interface as one table: ABI and typed client are generated from it; the contract itself needs args.ts. */
import { type ContractSchema, type Fields, t } from '../lib/schema.ts'
import { ARGS } from './args.ts'
import { MARKET_ERRORS } from './errors.ts'

const balance = t.object({ total: t.u128, available: t.u128 })

function call<const F extends Fields>(args: F, gasTGas: number, doc: string) {
  return { kind: 'call', args, returns: t.unit, gasTGas, doc } as const
}

function money<const F extends Fields>(args: F, gasTGas: number, doc: string) {
  return { kind: 'call', payable: '1yocto', args, returns: t.u128, gasTGas, doc } as const
}

function view<const F extends Fields>(args: F, doc: string) {
  return { kind: 'view', args, returns: t.json, doc } as const
}

const event = (doc: string) => ({
  standard: 'blyan_market',
  version: '1.0.0',
  data: { account: t.optional(t.account) },
  doc,
})

export const MARKET_SCHEMA = {
  name: 'market',
  doc: 'Machines of strangers train models here: stake, tasks, draws, verdicts, disputes and pay.',
  methods: {
    init: {
      kind: 'init',
      args: ARGS.init,
      returns: t.unit,
      gasTGas: 10,
      doc: 'Sets the market up, once, signed by its own account.',
    },
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
      doc: 'Removes a caller who has no money here.',
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
    ft_on_transfer: {
      kind: 'call',
      args: ARGS.ft_on_transfer,
      returns: t.u128,
      gasTGas: 30,
      doc: 'Receives BLY with {"stake": {...}} or {"task": {...}}; returns what is not used.',
    },
    // Closing 64 seats that were bought one by one takes 47 TGas; opening them at once 13.
    unstake: money(ARGS.unstake, 60, 'Begins to unbond free stake.'),
    restake: money(ARGS.restake, 30, 'Takes stake back that is unbonding; its seats open anew.'),
    withdraw: money(ARGS.withdraw, 10, 'Moves matured unbonding stake into the ledger.'),
    set_worker_key: {
      kind: 'call',
      payable: '1yocto',
      args: ARGS.set_worker_key,
      returns: t.unit,
      gasTGas: 10,
      doc: 'Records the key that the daemon signs with.',
    },
    heartbeat: call(ARGS.heartbeat, 10, 'Takes the caller out of the park.'),
    cancel: {
      kind: 'call',
      payable: '1yocto',
      args: ARGS.cancel,
      returns: t.unit,
      gasTGas: 15,
      doc: 'Ends a task that no trainer has been drawn for.',
    },
    tick: { kind: 'call', args: ARGS.tick, returns: t.boolean, gasTGas: 10, doc: "Records this tick's beacon, once." },
    crank: {
      kind: 'call',
      args: ARGS.crank,
      returns: t.boolean,
      gasTGas: 250,
      doc: 'Moves a task: one draw, eight seats settled or eight vested; paid when state moved.',
    },
    accept: call(ARGS.accept, 15, 'A drawn trainer takes part.'),
    decline: call(ARGS.decline, 15, "A drawn trainer gives its seat back; 'unavailable': data not served."),
    commit: call(ARGS.commit, 15, 'A trainer seals its result.'),
    reveal: call(ARGS.reveal, 20, 'A trainer opens its sealed result.'),
    publish: call(ARGS.publish, 15, "A trainer says where the drawn leaves' start states lie."),
    open_key: call(ARGS.open_key, 20, "Opens the round's held-out set."),
    verdict_commit: call(ARGS.verdict_commit, 15, 'A validator seals its verdicts.'),
    verdict_reveal: call(ARGS.verdict_reveal, 250, 'A validator opens its verdicts.'),
    answer: call(ARGS.answer, 120, 'A trainer opens the middles of its drawn leaves.'),
    jury_commit: call(ARGS.jury_commit, 15, 'A juror seals its answer.'),
    jury_reveal: call(ARGS.jury_reveal, 30, 'A juror opens its answer; the last one decides the dispute.'),
    claim: money(ARGS.claim, 40, 'Pays what is payable to the caller, or a part of it.'),
    on_paid: {
      kind: 'call',
      private: true,
      args: ARGS.on_paid,
      returns: t.unit,
      doc: "The token's answer to a payment.",
    },
    flush_burn: {
      kind: 'call',
      args: ARGS.flush_burn,
      returns: t.u128,
      gasTGas: 40,
      doc: 'Burns what fees and slashes set aside.',
    },
    on_burned: {
      kind: 'call',
      private: true,
      args: ARGS.on_burned,
      returns: t.unit,
      doc: "The token's answer to a burn.",
    },
    get_config: view(ARGS.get_config, 'What the network fixes for all tasks.'),
    quote: view(ARGS.quote, 'Price of a task and the storage that it takes.'),
    active: view(ARGS.active, 'Tasks that have not vested, with round, phase and version.'),
    get_task: view(ARGS.get_task, 'One task; null when there is none.'),
    get_tasks: view(ARGS.get_tasks, 'Tasks in order of creation.'),
    get_round: view(ARGS.get_round, 'One round with its seats; null when there is none.'),
    get_dispute: view(ARGS.get_dispute, 'One dispute; null when there is none.'),
    get_node: view(ARGS.get_node, 'One operator; null when there is none.'),
    get_nodes: view(ARGS.get_nodes, 'Operators in order of registration.'),
    ledger: view(ARGS.ledger, 'What an account is owed: payable, locked, paying.'),
    supply: view(ARGS.supply, 'All BLY that the market holds, by purpose.'),
    get_receipt: view(ARGS.get_receipt, 'One work receipt; null when there is none.'),
    get_receipts: view(ARGS.get_receipts, 'Work receipts in order.'),
    receipt_root: view(ARGS.receipt_root, 'Size and root of the receipt chain.'),
    receipt_proof: view(ARGS.receipt_proof, 'Proof of one receipt under the present root.'),
    draw: view(ARGS.draw, 'What the draws of a round were made from, to recompute them.'),
    get_beacon: view(ARGS.get_beacon, "A tick's beacon; null when nobody recorded it."),
  },
  errors: MARKET_ERRORS,
  events: {
    beacon: event('A tick has its random value.'),
    ledger_changed: event('What an account is owed changed.'),
    stake_changed: event('An operator’s stake changed.'),
    slashed: event('A seat lost a part of its bond.'),
    settled: event('A submission was settled.'),
    receipt: event('A work receipt was appended.'),
  },
} as const satisfies ContractSchema
