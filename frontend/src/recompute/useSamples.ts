/** Which samples of a submission were drawn: from the market, over the reader's RPC. */
import { useQuery } from '@tanstack/react-query'
import { keptLeaf } from '../../../workers/proof/publish.ts'
import { contractsOf } from '../api/contracts.ts'
import { toBlyanError } from '../api/errors.ts'
import { type Asked, useNetwork } from '../api/queries.ts'
import { rpcAddress, rpcAt } from '../page/receipt/readList.ts'
import { rethrow } from '../page/receipt/useEvidence.ts'
import { drawnSamples, marketReader } from './chainFacts.ts'
import type { Sample } from './messages.ts'

export interface Samples {
  market: string
  /** Full address. */
  rpc: string
  /** Drawn ones, ascending; empty until judges have been drawn. */
  drawn: number[]
  /** How many a round has; the update itself has this number. */
  count: number
  /** The one that gateways keep when its trainer has dropped the rest. */
  kept: number | null
  isPublished: boolean
}

export function useSamples({ task, round, submission }: Omit<Sample, 'leaf'>, rpc: string): Asked<Samples> {
  const network = useNetwork()
  const asked = useQuery({
    queryKey: ['samples', rpc, task, round, submission],
    queryFn: async ({ signal }): Promise<Samples> => {
      const { market } = contractsOf(network.data!)
      const reader = marketReader(rpcAt(rpc, location.origin), market, signal)
      const order = await reader.task(task).catch(rethrow(rpc))
      const view = await reader.round(task, round).catch(rethrow(rpc))
      const drawn = drawnSamples(view, submission)
      return {
        market,
        rpc: rpcAddress(rpc, location.origin),
        drawn,
        count: order.spec.segments,
        kept: keptLeaf(drawn, { round, submission }),
        isPublished: Boolean(view.trainers[submission]?.manifest),
      }
    },
    enabled: network.data !== undefined,
    retry: 1,
    networkMode: 'always',
  })
  const problem = asked.error ?? (network.data === undefined ? network.problem : null)
  return {
    data: asked.data,
    problem: problem === null ? null : toBlyanError(problem),
    loading: asked.isPending,
    again: () => void (network.data === undefined ? network.again() : asked.refetch()),
  }
}
