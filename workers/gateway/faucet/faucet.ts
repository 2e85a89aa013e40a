/** Makes accounts below the embedded network's root, registers them with both contracts, and hands them BLY. */
import type { NearClient } from '../../../chain/client/near/index.ts'
import { BlyanError, type Fault } from '../../../chain/lib/errors.ts'
import { ONE_BLY, ONE_NEAR, tgas } from '../../../chain/lib/units.ts'

/** The name is taken, or this faucet has given enough for now. */
export class FaucetRefusedError extends BlyanError {
  static override readonly code: string = 'FAUCET_REFUSED'
  static override readonly fault: Fault = 'user'
  static readonly status: number = 409
}

/** Enough for a small task and a stake, so that a first visit tries both. */
const GIFT_ATTO = 2_000n * ONE_BLY
/** Storage deposits and gas of some hundred calls. */
const GIFT_YOCTO = 20n * ONE_NEAR
const STORAGE_DEPOSIT = ONE_NEAR / 4n

export interface FaucetOptions {
  /** Signs for the network's root account, below which accounts are made. */
  readonly root: NearClient
  /** Signs for an account that holds BLY. */
  readonly bank: NearClient
  readonly contracts: { readonly bly: string; readonly market: string }
  /** Accounts given to one address in an hour. */
  readonly perHour?: number
  readonly now: () => number
}

export interface Faucet {
  /** @throws FaucetRefusedError, chain errors */
  give(request: { name: string; publicKey: string; address: string }): Promise<{
    account: string
    blyAtto: bigint
    nearYocto: bigint
  }>
}

export function createFaucet({ root, bank, contracts, perHour = 20, now }: FaucetOptions): Faucet {
  const given = new Map<string, number[]>()
  const deposit = (contract: string, account_id: string) =>
    root.call(contract, 'storage_deposit', { account_id }, { gas: tgas(30), deposit: STORAGE_DEPOSIT })
  return {
    async give({ name, publicKey, address }) {
      const recent = (given.get(address) ?? []).filter((at) => now() - at < 3_600_000)
      if (recent.length >= perHour) {
        throw new FaucetRefusedError({
          what: `This address was given ${recent.length} accounts within an hour.`,
          fix: 'Use one of them, or wait.',
        })
      }
      given.set(address, [...recent, now()])
      const account = `${name}.${root.accountId}`
      try {
        await root.createAccount(account, publicKey, GIFT_YOCTO)
      } catch (cause) {
        if (!(cause instanceof BlyanError) || !JSON.stringify(cause.data).includes('AccountAlreadyExists')) throw cause
        throw new FaucetRefusedError({
          what: `The name ${account} is taken.`,
          fix: 'Choose another name.',
          data: { field: 'name' },
          cause,
        })
      }
      await deposit(contracts.bly, account)
      await deposit(contracts.market, account)
      await bank.call(
        contracts.bly,
        'ft_transfer',
        { receiver_id: account, amount: String(GIFT_ATTO) },
        { gas: tgas(30), deposit: 1n },
      )
      return { account, blyAtto: GIFT_ATTO, nearYocto: GIFT_YOCTO }
    },
  }
}
