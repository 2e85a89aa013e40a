/** What a chain starts from: its id, its accounts, and the state that they make. */
import { encodeAccessKey } from '../lib/action.ts'
import { ONE_NEAR } from '../lib/units.ts'
import { accessKeyKey, accountKey, encodeAccount, newAccount } from '../runtime/account.ts'
import { recordBytes } from '../runtime/action/keys.ts'
import { runtimeParams } from '../runtime/params.ts'
import type { StateChanges } from '../runtime/state.ts'

export interface GenesisAccount {
  accountId: string
  /** yoctoNEAR. */
  balance: bigint
  publicKeys: string[]
}

export interface Genesis {
  chainId: string
  protocolVersion: number
  /** Milliseconds since the Unix epoch. */
  timeMs: number
  /** Seeds the blocks' random values. */
  seed: string
  accounts: GenesisAccount[]
}

export const ROOT_ACCOUNT = 'test.near'
export const ROOT_BALANCE = 10n ** 9n * ONE_NEAR
export const DEFAULT_CHAIN_ID = 'blyan-local'
export const DEFAULT_PROTOCOL_VERSION = 86

/** yoctoNEAR per gas unit. */
export const MIN_GAS_PRICE = 100_000_000n
export const MAX_GAS_PRICE = 2_000_000_000n
/** Gas units a block; nearcore's genesis value for one shard. */
export const GAS_LIMIT = 10n ** 15n
/** Blocks. */
export const EPOCH_LENGTH = 500n
export const TRANSACTION_VALIDITY_PERIOD = 86_400n

export function genesisState({ accounts, protocolVersion }: Genesis): StateChanges {
  const params = runtimeParams(protocolVersion)
  const changes: StateChanges = new Map()
  for (const { accountId, balance, publicKeys } of accounts) {
    const account = newAccount(balance, params.storageBytesAccount)
    for (const publicKey of publicKeys) {
      const key = encodeAccessKey({ nonce: 0n, permission: null })
      changes.set(accessKeyKey(accountId, publicKey), key)
      account.storageUsage += recordBytes(publicKey, key.length, params)
    }
    changes.set(accountKey(accountId), encodeAccount(account))
  }
  return changes
}

export const totalSupplyOf = ({ accounts }: Genesis): bigint => accounts.reduce((sum, { balance }) => sum + balance, 0n)

export const genesisToJson = (genesis: Genesis): string =>
  JSON.stringify(genesis, (_key, value) => (typeof value === 'bigint' ? value.toString() : value))

export function genesisFromJson(text: string): Genesis {
  const parsed = JSON.parse(text) as Omit<Genesis, 'accounts'> & {
    accounts: (Omit<GenesisAccount, 'balance'> & { balance: string })[]
  }
  return { ...parsed, accounts: parsed.accounts.map((account) => ({ ...account, balance: BigInt(account.balance) })) }
}
