/** The embedded network's beginning: contracts deployed, accounts made and registered, BLY handed out, stake taken. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, type NearClient } from '../../chain/client/near/index.ts'
import { ONE_BLY, ONE_NEAR, tgas } from '../../chain/lib/units.ts'
import { signNatively } from '../../chain/node/nativeKeys.ts'
import type { Network } from '../../near.config.ts'
import { type NodeKey, readKeyFile } from '../../workers/node/keyFile.ts'
import { keyOf } from './keys.ts'

/** Holds the whole supply at first and hands it out. */
export const BANK = 'bank.test.near'

const CONTRACT_BALANCE = 50n * ONE_NEAR // 1 NEAR holds 100 kB of code or state
const ACCOUNT_BALANCE = 20n * ONE_NEAR
const STORAGE_DEPOSIT = ONE_NEAR / 4n

export interface Bank {
  readonly client: NearClient
  readonly dir: string
  readonly rpcUrl: string
  readonly network: Network
  /** A client that signs for one of the network's accounts. */
  as(account: string): NearClient
  /** Makes an account with a key file, registered with both contracts and holding `bly`. */
  open(account: string, blyAtto: bigint): Promise<NodeKey>
  /** Registers a node by its first stake, as `blyan stake add` does. */
  stake(
    account: string,
    amountAtto: bigint,
    node: { roles: string[]; kind: string; class: string; peer: string },
  ): Promise<void>
}

/** A bank over a network that runs already: its root key and bank key lie in `dir`. */
export function openBank({ rpcUrl, dir, network }: { rpcUrl: string; dir: string; network: Network }): Bank {
  const clients = new Map<string, NearClient>()
  const clientOf = (key: NodeKey): NearClient => {
    let client = clients.get(key.accountId)
    if (!client) clients.set(key.accountId, (client = connect({ rpcUrl, signer: key, sign: signNatively })))
    return client
  }
  const root = clientOf(readKeyFile(join(dir, 'validator_key.json')))
  const as = (account: string): NearClient => clientOf(keyOf(dir, account))
  const { bly, market } = network.contracts
  const register = (contract: string, account: string): Promise<unknown> =>
    as(account).call(contract, 'storage_deposit', {}, { gas: tgas(30), deposit: STORAGE_DEPOSIT })
  return {
    client: root,
    dir,
    rpcUrl,
    network,
    as,
    open: async (account, blyAtto) => {
      const key = keyOf(dir, account)
      await root.createAccount(account, key.publicKey, ACCOUNT_BALANCE)
      await register(bly, account)
      await register(market, account)
      if (blyAtto > 0n) {
        await as(BANK).call(
          bly,
          'ft_transfer',
          { receiver_id: account, amount: String(blyAtto) },
          { gas: tgas(30), deposit: 1n },
        )
      }
      return key
    },
    stake: async (account, amountAtto, node) => {
      await as(account).call(
        bly,
        'ft_transfer_call',
        { receiver_id: market, amount: String(amountAtto), msg: JSON.stringify({ stake: node }) },
        { gas: tgas(150), deposit: 1n, failOnAnyReceipt: true },
      )
    },
  }
}

/** Deploys bly and market and mints the supply to the bank. @param wasm paths by contract name */
export async function deployContracts(bank: Bank, wasm: { bly: string; market: string }): Promise<void> {
  const { bly, market } = bank.network.contracts
  for (const account of [BANK, bly, market]) {
    await bank.client.createAccount(account, keyOf(bank.dir, account).publicKey, CONTRACT_BALANCE)
  }
  await bank.as(bly).deploy(readFileSync(wasm.bly), { method: 'init', args: { owner_id: BANK } })
  await bank.as(market).deploy(readFileSync(wasm.market), {
    method: 'init',
    args: { bly, network: bank.network.tickMs === 0 ? 'embedded' : 'production' },
  })
  // The market holds BLY itself, so it is registered like any other account.
  await bank.client.call(
    bly,
    'storage_deposit',
    { account_id: market, registration_only: true },
    { gas: tgas(30), deposit: STORAGE_DEPOSIT },
  )
}

export const bly = (count: number): bigint => BigInt(count) * ONE_BLY
