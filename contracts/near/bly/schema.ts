/** BLY's interface as one table: parsed with in the contract, and the source of its ABI and its typed client. */
import { type ContractSchema, t } from '../lib/schema.ts'
import { BLY_ERRORS } from './errors.ts'

/** Long enough for any note, short enough that its event stays under NEAR's 16 KiB of logs. */
const memo = t.optional(t.string(4_000))

const storageBalance = t.object({ total: t.u128, available: t.u128 })

const metadata = t.openObject({
  spec: t.string(16),
  name: t.string(64),
  symbol: t.string(16),
  icon: t.optional(t.string(4_096)),
  reference: t.optional(t.string(1_024)),
  reference_hash: t.optional(t.string(64)),
  decimals: t.integer(0, 255),
})

const nep141 = { standard: 'nep141', version: '1.0.0' } as const

export const BLY_SCHEMA = {
  name: 'bly',
  doc: 'BLY, the token of the market: NEP-141 with storage management, metadata, events and burn. 18 decimals, fixed supply.',
  methods: {
    init: {
      kind: 'init',
      args: { owner_id: t.account, metadata: t.optional(metadata) },
      returns: t.unit,
      gasTGas: 10,
      doc: 'Mints the whole supply to owner_id, once.',
    },
    ft_transfer: {
      kind: 'call',
      payable: '1yocto',
      open: true,
      args: { receiver_id: t.account, amount: t.u128, memo },
      returns: t.unit,
      gasTGas: 10,
      doc: 'Moves tokens of the caller to a registered account.',
    },
    ft_transfer_call: {
      kind: 'call',
      payable: '1yocto',
      open: true,
      args: { receiver_id: t.account, amount: t.u128, memo, msg: t.string(65_536) },
      returns: t.u128,
      gasTGas: 60,
      doc: 'Moves tokens and calls ft_on_transfer of the receiver; what it does not use returns. Result: the amount used.',
    },
    ft_resolve_transfer: {
      kind: 'call',
      private: true,
      args: { sender_id: t.account, receiver_id: t.account, amount: t.u128 },
      returns: t.u128,
      doc: 'Callback of ft_transfer_call: gives back what the receiver did not use.',
    },
    ft_total_supply: { kind: 'view', open: true, args: {}, returns: t.u128, doc: 'attoBLY in existence.' },
    ft_burned: { kind: 'view', open: true, args: {}, returns: t.u128, doc: 'attoBLY burned since genesis.' },
    ft_balance_of: {
      kind: 'view',
      open: true,
      args: { account_id: t.account },
      returns: t.u128,
      doc: 'attoBLY of an account; "0" when it is not registered.',
    },
    ft_metadata: { kind: 'view', open: true, args: {}, returns: metadata, doc: 'NEP-148 metadata.' },
    burn: {
      kind: 'call',
      payable: '1yocto',
      args: { amount: t.u128, memo },
      returns: t.unit,
      gasTGas: 10,
      doc: 'Takes tokens of the caller out of existence.',
    },
    storage_deposit: {
      kind: 'call',
      payable: 'any',
      open: true,
      args: { account_id: t.optional(t.account), registration_only: t.optional(t.boolean) },
      returns: storageBalance,
      gasTGas: 10,
      doc: 'Registers an account; what is attached beyond the price returns.',
    },
    storage_withdraw: {
      kind: 'call',
      payable: '1yocto',
      open: true,
      args: { amount: t.optional(t.u128) },
      returns: storageBalance,
      gasTGas: 10,
      doc: 'Pays out the free part of the storage balance, which is always 0 here.',
    },
    storage_unregister: {
      kind: 'call',
      payable: '1yocto',
      open: true,
      args: { force: t.optional(t.boolean) },
      returns: t.boolean,
      gasTGas: 10,
      doc: 'Removes the caller and refunds its storage; with force, burns the tokens it still holds.',
    },
    storage_balance_bounds: {
      kind: 'view',
      open: true,
      args: {},
      returns: t.object({ min: t.u128, max: t.nullable(t.u128) }),
      doc: 'What an account deposits: one fixed price.',
    },
    storage_balance_of: {
      kind: 'view',
      open: true,
      args: { account_id: t.account },
      returns: t.nullable(storageBalance),
      doc: 'What an account has deposited; null when it is not registered.',
    },
    contract_source_metadata: {
      kind: 'view',
      open: true,
      args: {},
      returns: t.openObject({
        version: t.nullable(t.string()),
        link: t.nullable(t.string()),
        standards: t.list(t.object({ standard: t.string(32), version: t.string(32) }), 16),
      }),
      doc: 'NEP-330: version and standards of this contract.',
    },
  },
  errors: BLY_ERRORS,
  events: {
    ft_mint: {
      ...nep141,
      data: { owner_id: t.account, amount: t.u128, memo },
      doc: 'The genesis mint; there is no other.',
    },
    ft_transfer: {
      ...nep141,
      data: { old_owner_id: t.account, new_owner_id: t.account, amount: t.u128, memo },
      doc: 'Tokens moved, also back to the sender after a transfer call (memo "refund").',
    },
    ft_burn: {
      ...nep141,
      data: { owner_id: t.account, amount: t.u128, memo },
      doc: 'Tokens left existence: burn, forced unregister, or a refund whose owner had left.',
    },
  },
} as const satisfies ContractSchema
