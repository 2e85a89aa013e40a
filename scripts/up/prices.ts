/** Prices on the embedded network: a test dollar, the dex with a pool of BLY and it, the oracle, and feeders that have joined. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ONE_NEAR, tgas } from '../../chain/lib/units.ts'
import { FEEDER_DEPOSIT } from '../../contracts/near/oracle/storage.ts'
import type { NodeKey } from '../../workers/node/keyFile.ts'
import { BANK, type Bank, bly } from './bootstrap.ts'
import { keyOf, keyPath } from './keys.ts'
import type { Fleet } from './processes.ts'

/** The oracle's only pool, and the dex's first. */
export const PRICE_POOL = 0
/** Of the test dollar; it is BLY's code under another name, so it has BLY's. */
const DOLLAR_DECIMALS = 18
/** At which the pool is filled. */
const DOLLARS_A_BLY = '0.05'
const LIQUIDITY = { bly: bly(1_000_000), dollars: bly(50_000) }
const FEE_BPS = 30
const CONTRACT_BALANCE = 30n * ONE_NEAR
const FEEDER_BALANCE = 10n * ONE_NEAR
const STORAGE_DEPOSIT = ONE_NEAR / 4n
/** A third of what the oracle lets a report be old. */
const FEEDER_INTERVAL_SEC = 30
const DAY_SEC = 86_400

/** The test dollar's account, beside BLY's. */
export const dollarAccount = (bank: Bank): string => bank.network.contracts.bly.replace(/^bly\./, 'usd.')

/**
 * Deploys dollar, dex and oracle and fills the pool; the bank owns the oracle.
 * @param wasm paths by contract name   @param limits of the oracle, where they are not its own defaults
 */
export async function deployPrices(
  bank: Bank,
  wasm: { bly: string; dex: string; oracle: string },
  limits: { recency_duration_sec?: number } = {},
): Promise<void> {
  const { bly: token, dex, oracle } = bank.network.contracts
  const dollar = dollarAccount(bank)
  const deploy = async (account: string, path: string, args: object): Promise<void> => {
    await bank.client.createAccount(account, keyOf(bank.dir, account).publicKey, CONTRACT_BALANCE)
    await bank.as(account).deploy(readFileSync(path), { method: 'init', args })
  }
  const metadata = { spec: 'ft-1.0.0', name: 'Test dollar', symbol: 'USD', decimals: DOLLAR_DECIMALS }
  await deploy(dollar, wasm.bly, { owner_id: BANK, metadata })
  await deploy(dex, wasm.dex, { whitelisted_tokens: [token, dollar] })
  await deploy(oracle, wasm.oracle, { owner_id: BANK, dex_id: dex, ...limits })
  const ask = (contract: string, method: string, args: object, deposit = 1n): Promise<unknown> =>
    bank.as(BANK).call(contract, method, args, { gas: tgas(100), deposit, failOnAnyReceipt: true })
  await ask(dex, 'storage_deposit', {}, STORAGE_DEPOSIT)
  await ask(dex, 'add_simple_pool', { tokens: [token, dollar], fee: FEE_BPS }, STORAGE_DEPOSIT)
  for (const [contract, amount] of [
    [token, LIQUIDITY.bly],
    [dollar, LIQUIDITY.dollars],
  ] as const) {
    await ask(contract, 'storage_deposit', { account_id: dex }, STORAGE_DEPOSIT)
    await ask(contract, 'ft_transfer_call', { receiver_id: dex, amount: `${amount}`, msg: '' })
  }
  const amounts = [`${LIQUIDITY.bly}`, `${LIQUIDITY.dollars}`]
  await ask(dex, 'add_liquidity', { pool_id: PRICE_POOL, amounts }, STORAGE_DEPOSIT)
  await ask(oracle, 'add_asset', { asset_id: token })
  const pool = { pool_id: PRICE_POOL, base: token, quote: dollar, quote_decimals: DOLLAR_DECIMALS }
  await ask(oracle, 'watch_pool', pool)
}

/** Makes an account that the oracle admits, and joins with its deposit. @returns its key, which lies in the bank's folder */
export async function openFeeder(bank: Bank, account: string): Promise<NodeKey> {
  const { oracle } = bank.network.contracts
  const key = keyOf(bank.dir, account)
  await bank.client.createAccount(account, key.publicKey, FEEDER_BALANCE)
  await bank.as(BANK).call(oracle, 'admit_feeder', { account_id: account }, { gas: tgas(30), deposit: 1n })
  await bank.as(account).call(oracle, 'join_feeder', {}, { gas: tgas(30), deposit: FEEDER_DEPOSIT })
  return key
}

/** A feeder's configuration: the pool and what else there is. @param sources as oracle/feeder/README.md shows them */
export function feederSettings(bank: Bank, sources: readonly object[], intervalSec = 5) {
  const { bly: token, dex, oracle } = bank.network.contracts
  const pool = {
    type: 'pool',
    name: 'dex',
    dex,
    pool_id: PRICE_POOL,
    base: token,
    base_decimals: 18,
    quote: dollarAccount(bank),
    quote_decimals: DOLLAR_DECIMALS,
  }
  return {
    schema: 'blyan.feeder/1',
    rpc: bank.rpcUrl,
    oracle,
    interval_sec: intervalSec,
    observe: [PRICE_POOL],
    assets: [{ asset_id: token, token_decimals: 18, sources: [pool, ...sources] }],
  }
}

/** Accounts of the embedded network's feeders. */
export const FEEDERS: readonly string[] = [1, 2, 3].map((i) => `feeder-${i}.test.near`)

/**
 * Deploys what prices need and starts three feeders. There is no market outside a machine of one's own, so their second source is
 * a file with the price at which the pool was filled.
 */
export async function startPrices(
  bank: Bank,
  fleet: Fleet,
  wasm: { bly: string; dex: string; oracle: string },
): Promise<void> {
  await deployPrices(bank, wasm)
  const dir = join(bank.dir, 'prices')
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const reference = join(dir, 'reference.json')
  writeFileSync(reference, `${JSON.stringify({ price: DOLLARS_A_BLY })}\n`)
  const file = { type: 'file', name: 'reference', file: reference, path: 'price', max_age_sec: DAY_SEC }
  const config = join(dir, 'feeder.json')
  writeFileSync(config, `${JSON.stringify(feederSettings(bank, [file], FEEDER_INTERVAL_SEC), null, 2)}\n`)
  await Promise.all(
    FEEDERS.map(async (account) => {
      await openFeeder(bank, account)
      const args = ['feeder', '--config', config, '--key', keyPath(bank.dir, account), '--dir', join(dir, account)]
      await fleet.start({ role: 'feeder', account, script: 'scripts/cli/main.ts', args }).line('ready')
    }),
  )
}
