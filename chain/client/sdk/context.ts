/** What the SDK's parts share: one gateway, one network, one signer. */
import type { NetworkReply } from '../gateway/index.ts'
import type { Rpc } from '../near/rpc.ts'
import type { MarketContracts } from '../networks.ts'
import { SdkOptionError } from './errors.ts'
import type { Http } from './http.ts'
import type { BlyanSigner } from './signer.ts'

/** Parameters with which a model starts, float32: `initialParameters(gpt(model), seed)` of the engine. */
export type FirstParameters = (
  model: { layers: number; width: number; heads: number; context: number; vocab: number },
  seed: string,
) => Float32Array | Promise<Float32Array>

export interface SdkContext {
  readonly http: Http
  readonly gateway: string
  readonly now: () => number
  readonly random: (bytes: number) => Uint8Array
  readonly firstParameters: FirstParameters | null
  readonly WebSocket: typeof WebSocket
  /** Asked once. */
  network(): Promise<NetworkReply & { readonly known: { contracts: MarketContracts; embedded: boolean } }>
  /** The chain: of the caller's choice, or through the gateway's door. */
  rpc(): Promise<Rpc>
  /** @throws SdkOptionError */
  signer(): Promise<BlyanSigner>
}

export const missing = (field: string, what: string, fix: string): SdkOptionError =>
  new SdkOptionError({ what, fix, data: { field } })
