/** The network's contracts as this page knows them by itself: a gateway that names others is not believed. */
import type { NetworkReply } from '../../../chain/client/gateway/index.ts'
import { KNOWN_NETWORKS, type MarketContracts } from '../../../chain/client/networks.ts'
import { BlyanError, type Fault } from '../../../chain/lib/errors.ts'

/** The page does not know this network, or the gateway names other contracts than the network has. */
export class ContractsDifferError extends BlyanError {
  static override readonly code: string = 'PAGE_CONTRACTS_DIFFER'
  static override readonly fault: Fault = 'platform'
}

/** @throws ContractsDifferError; on a network with development money alone, unknown names are taken as they come */
export function contractsOf({
  chainId,
  contracts,
  embedded,
}: Pick<NetworkReply, 'chainId' | 'contracts' | 'embedded'>): MarketContracts {
  const known = KNOWN_NETWORKS[chainId]?.contracts
  if (known === undefined && embedded) return contracts
  if (known !== undefined && known.bly === contracts.bly && known.market === contracts.market) return known
  throw new ContractsDifferError({
    what:
      known === undefined
        ? `This page does not know the network ${chainId}.`
        : `On ${chainId} the market is ${known.market}; this gateway names ${contracts.market}.`,
    fix: 'Use another gateway: nothing is signed or checked against contracts that it chose.',
    data: { chainId, contracts },
  })
}
