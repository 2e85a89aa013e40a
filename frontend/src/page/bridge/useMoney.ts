/** What accounts hold and are owed on both sides, and what storage the bridge wants of them. */
import { z } from 'zod'
import { blyTokenAbi } from '../../../../chain/client/evm/abi.gen.ts'
import type { Asked } from '../../api/queries.ts'
import type { StorageState } from './plan.ts'
import { type Bridge, useRead } from './useBridge.ts'

const amount = z.string().regex(/^\d{1,39}$/)
const bounds = z.object({ min: amount })
const balance = z.object({ total: amount, available: amount }).nullable()

export async function readNearBly({ nearClient, deployment }: Bridge, account: string): Promise<bigint> {
  return BigInt(amount.parse(await nearClient.view(deployment.near.bly, 'ft_balance_of', { account_id: account })))
}

export const readEvmBly = ({ evmClient, deployment }: Bridge, address: string): Promise<bigint> =>
  evmClient.readContract({
    address: deployment.evm.token,
    abi: blyTokenAbi,
    functionName: 'balanceOf',
    args: [address as `0x${string}`],
  })

/** NEP-145 of one contract about one account. */
export async function readStorage({ nearClient }: Bridge, contract: string, account: string): Promise<StorageState> {
  const [limits, held] = await Promise.all([
    nearClient.view(contract, 'storage_balance_bounds', {}),
    nearClient.view(contract, 'storage_balance_of', { account_id: account }),
  ])
  const registered = balance.parse(held)
  return { min: BigInt(bounds.parse(limits).min), available: registered === null ? null : BigInt(registered.available) }
}

const EVERY_MS = 5_000

/** attoBLY of whoever sends; null account asks nothing. */
export function useBalance(bridge: Bridge, who: string | null): Asked<bigint> {
  return useRead(
    bridge,
    ['balance', who],
    EVERY_MS,
    (at) => (who!.startsWith('0x') ? readEvmBly(at, who!) : readNearBly(at, who!)),
    who !== null,
  )
}

/** attoBLY that wait for an account because it could not be paid. */
export function useCredit(bridge: Bridge, account: string | null): Asked<bigint> {
  return useRead(bridge, ['credit', account], EVERY_MS, ({ near }) => near.credit(account!), account !== null)
}

export function useStorage(bridge: Bridge, account: string | null): Asked<StorageState> {
  return useRead(
    bridge,
    ['storage', account],
    EVERY_MS,
    (at) => readStorage(at, at.deployment.near.bridge, account!),
    account !== null,
  )
}

/** Whether a NEAR account can take BLY; null while it is not known or is no account. */
export function useCanTake(bridge: Bridge, account: string | null): boolean | null {
  const asked = useRead(
    bridge,
    ['registered', account],
    10_000,
    async (at) => (await readStorage(at, at.deployment.near.bly, account!)).available !== null,
    account !== null,
  )
  return asked.data ?? null
}
