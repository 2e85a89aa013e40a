/** Where this network's bridge lives, as the gateway names it and as both chains confirm: nothing is signed for another. */
import { z } from 'zod'
import { type Deployment, parseDeployment } from '../../../../chain/client/bridge/index.ts'
import type { NetworkReply } from '../../../../chain/client/gateway/index.ts'
import { KNOWN_NETWORKS } from '../../../../chain/client/networks.ts'
import { BlyanError, type Fault } from '../../../../chain/lib/errors.ts'
import { contractsOf } from '../../api/contracts.ts'

/** The gateway names another bridge than the network has, or the two sides do not name each other. */
export class BridgeDiffersError extends BlyanError {
  static override readonly code: string = 'PAGE_BRIDGE_DIFFERS'
  static override readonly fault: Fault = 'platform'
}

/** `GET /api/v1/bridge`; the deployment is parsed by its own schema once its addresses are whole. */
export const bridgeReply = z.looseObject({ deployment: z.record(z.string(), z.unknown()) })

export interface Place {
  deployment: Deployment
  /** Whether anybody is known to deliver signatures. */
  hasRelayer: boolean
}

/** @param origin of this page, which serves both chains and the signers  @throws DeploymentInvalidError · BridgeDiffersError */
export function placeOf(raw: Record<string, unknown>, network: NetworkReply, origin: string): Place {
  const { relayer, ...rest } = raw
  const deployment = parseDeployment(wholeAddresses({ ...rest, relayer: null }, origin))
  const known = KNOWN_NETWORKS[network.chainId]?.contracts.bridge
  const { bly } = contractsOf(network)
  const { near } = deployment
  const isOurs = near.chainId === network.chainId && near.bly === bly && (known === undefined || known === near.bridge)
  if (!isOurs) {
    throw differs(
      `On ${network.chainId} the bridge is ${known ?? 'another'}; this gateway names ${near.bridge} of ${near.chainId}.`,
    )
  }
  return { deployment, hasRelayer: relayer !== null && relayer !== undefined }
}

/** What NEAR's bridge contract says of its other side. */
export const nearStatusView = z.object({ evm_bridge: z.string(), evm_chain_id: z.coerce.string(), salt: z.string() })

/** @throws BridgeDiffersError when NEAR's contract was deployed with another EVM side */
export function requireSameSides({ evm, salt }: Deployment, status: z.infer<typeof nearStatusView>): void {
  const same =
    status.evm_bridge.toLowerCase() === evm.bridge.toLowerCase() &&
    status.evm_chain_id === String(evm.chainId) &&
    status.salt === salt
  if (same) return
  throw differs(
    `NEAR’s contract names ${status.evm_bridge} on chain ${status.evm_chain_id}, the gateway ${evm.bridge}.`,
  )
}

const differs = (what: string): BridgeDiffersError =>
  new BridgeDiffersError({ what, fix: 'Use another gateway: nothing is signed for a bridge that it chose.' })

/** Every address as one of the origin that this page came from: its CSP allows no other, and a gateway may know itself by another name. */
function wholeAddresses(raw: Record<string, unknown>, origin: string): unknown {
  const whole = (path: unknown): unknown => {
    const url = typeof path === 'string' ? URL.parse(path, origin) : null
    return url === null ? path : `${origin}${url.pathname}`
  }
  const urls = (part: unknown) => {
    const { rpcUrls, ...rest } = (part ?? {}) as { rpcUrls?: unknown }
    return { ...rest, rpcUrls: Array.isArray(rpcUrls) ? rpcUrls.map(whole) : rpcUrls }
  }
  const signers = Array.isArray(raw.signers)
    ? raw.signers.map((each: { url?: unknown }) => ({ ...each, url: whole(each.url) }))
    : raw.signers
  return { ...raw, near: urls(raw.near), evm: urls(raw.evm), signers }
}
