/** Unsigned transactions: what a wallet is asked to sign. The gateway signs none of them. */
import type { UnsignedTransactions } from '../../../chain/client/gateway/index.ts'
import { tgas } from '../../../chain/lib/units.ts'

export type Unsigned = UnsignedTransactions['transactions'][number]

export function functionCall(
  receiverId: string,
  methodName: string,
  args: Record<string, unknown>,
  { gasTGas, deposit }: { gasTGas: number; deposit: bigint },
): Unsigned {
  const action = { type: 'FunctionCall' as const, methodName, args, gas: `${tgas(gasTGas)}`, deposit: `${deposit}` }
  return { receiverId, actions: [action] }
}

/** The market registers an operator or takes a task in within the token's call: measured 45 and 80 TGas. */
const TRANSFER_CALL_TGAS = { stake: 100, task: 200 } as const

/** BLY to the market with a message. */
export function transferCall(
  { bly, market }: { bly: string; market: string },
  amountAtto: bigint,
  message: { task: unknown } | { stake: unknown },
): Unsigned {
  const args = { receiver_id: market, amount: `${amountAtto}`, msg: JSON.stringify(message) }
  const gasTGas = TRANSFER_CALL_TGAS['task' in message ? 'task' : 'stake']
  return functionCall(bly, 'ft_transfer_call', args, { gasTGas, deposit: 1n })
}

interface StorageView {
  view<T>(contract: string, method: string, args: object): Promise<T>
}

/**
 * Storage deposits that are missing: registration with token and market, and what the market will lock for a task.
 * @param needYocto to be available at the market beside the registration
 */
export async function storageDeposits(
  chain: StorageView,
  { bly, market }: { bly: string; market: string },
  account: string,
  needYocto = 0n,
): Promise<Unsigned[]> {
  const deposits: Unsigned[] = []
  for (const [contract, need] of [
    [bly, 0n],
    [market, needYocto],
  ] as const) {
    const balance = await chain.view<{ available: string } | null>(contract, 'storage_balance_of', {
      account_id: account,
    })
    const missing = need - BigInt(balance?.available ?? 0)
    if (balance !== null && missing <= 0n) continue
    const registration = balance === null ? BigInt((await minimum(chain, contract)).min) : 0n
    const deposit = registration + (missing > 0n ? missing : 0n)
    deposits.push(functionCall(contract, 'storage_deposit', {}, { gasTGas: 30, deposit }))
  }
  return deposits
}

const minimum = (chain: StorageView, contract: string) =>
  chain.view<{ min: string }>(contract, 'storage_balance_bounds', {})
