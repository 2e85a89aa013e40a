/** What the market contract itself says, read over JSON-RPC: its limits, and an operator's worker key. */
import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import { httpRpc } from '../../../../chain/client/near/rpc.ts'
import { readView } from '../../api/chainView.ts'
import { contractsOf } from '../../api/contracts.ts'
import { toBlyanError } from '../../api/errors.ts'
import { type Asked, useNetwork } from '../../api/queries.ts'

const configView = z.object({
  seat: z.string().regex(/^\d{1,39}$/),
  unbonding_ms: z.number().int().nonnegative(),
  age_ms: z.number().int().nonnegative(),
})
const nodeView = z.object({ worker_key: z.string().nullable() }).nullable()

export interface MarketLimits {
  seatAtto: bigint
  unbondingMs: number
  ageMs: number
}

export function useMarketLimits(): Asked<MarketLimits> {
  const view = useMarketView('get_config', {}, configView)
  const { data } = view
  return {
    ...view,
    data: data && { seatAtto: BigInt(data.seat), unbondingMs: data.unbonding_ms, ageMs: data.age_ms },
  }
}

const amount = z.string().regex(/^\d{1,39}$/)
const ledgerView = z.object({ payable: amount, locked: amount, paying: amount })

export interface LedgerView {
  payableAtto: bigint
  lockedAtto: bigint
  payingAtto: bigint
}

/** What the market holds for any account, operator or not. */
export function useLedger(account: string): Asked<LedgerView> {
  const view = useMarketView('ledger', { account_id: account }, ledgerView)
  const { data } = view
  return {
    ...view,
    data: data && {
      payableAtto: BigInt(data.payable),
      lockedAtto: BigInt(data.locked),
      payingAtto: BigInt(data.paying),
    },
  }
}

export const useWorkerKey = (account: string) => useMarketView('get_node', { account_id: account }, nodeView)

function useMarketView<S extends z.ZodType>(
  method: string,
  args: Record<string, unknown>,
  schema: S,
): Asked<z.infer<S>> {
  const network = useNetwork()
  const asked = useQuery({
    queryKey: ['market view', method, args],
    queryFn: async ({ signal }) => {
      const { rpcPath } = network.data!
      const request = { contract: contractsOf(network.data!).market, method, args, schema, signal }
      return (await readView(httpRpc(rpcPath), request)).value
    },
    enabled: network.data !== undefined,
    networkMode: 'always',
  })
  return {
    data: asked.data as z.infer<S> | undefined,
    problem: asked.error === null ? null : toBlyanError(asked.error),
    loading: asked.isPending,
    again: () => void asked.refetch(),
  }
}
