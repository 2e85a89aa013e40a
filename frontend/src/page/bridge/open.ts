/** The bridge opened for reading: both chains and the signers through this gateway's doors. */
import {
  type Deployment,
  type EvmClient,
  type EvmSide,
  evmClient,
  evmSide,
  evmTransport,
  type NearSide,
  nearSide,
  type TransferReader,
} from '../../../../chain/client/bridge/index.ts'
import type { NetworkReply } from '../../../../chain/client/gateway/index.ts'
import { connect } from '../../../../chain/client/near/connect.ts'
import type { NearClient } from '../../../../chain/client/near/index.ts'
import { httpRpc } from '../../../../chain/client/near/rpc.ts'
import { joined, joinedTransport } from './joined.ts'
import { placeOf } from './place.ts'

export interface Bridge {
  network: NetworkReply
  deployment: Deployment
  hasRelayer: boolean
  near: NearSide
  evm: EvmSide
  nearClient: NearClient
  evmClient: EvmClient
  reader: TransferReader
}

/** How long a chain that does not answer is tried again before the page says so, ms. */
const PATIENCE_MS = 4_000

/** @throws DeploymentInvalidError · BridgeDiffersError */
export function openBridge(raw: Record<string, unknown>, network: NetworkReply): Bridge {
  const { deployment, hasRelayer } = placeOf(raw, network, window.location.origin)
  const rpcUrl = deployment.near.rpcUrls[0]!
  const rpc = joined(httpRpc(rpcUrl, (input, init) => fetch(input, init)))
  const nearClient = connect({ rpcUrl, rpc, patienceMs: PATIENCE_MS })
  const client = evmClient(deployment, { transport: joinedTransport(evmTransport(deployment)) })
  const [near, evm] = [nearSide(deployment, nearClient), evmSide(deployment, client)]
  const reader = {
    deployment,
    near,
    evm,
    fetch: (...all: Parameters<typeof fetch>) => fetch(...all),
    now: Date.now,
  }
  return { network, deployment, hasRelayer, near, evm, nearClient, evmClient: client, reader }
}
