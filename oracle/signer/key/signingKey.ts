/** What signs: a key in this process, or one elsewhere. */
import type { SignedItem } from '../../../chain/client/bridge/signerApi.ts'
import { addressOf, signDigest } from '../signature.ts'
import type { AnyPayload } from '../typedPayload.ts'

/** What an external signer is told, so that it may have rules of its own. */
export interface SignRequest {
  kind: SignedItem['kind']
  payload: AnyPayload
  /** 64 lower-case hex digits. */
  digest: string
}

export interface SigningKey {
  /** 40 lower-case hex digits. */
  readonly address: string
  /** @returns 130 hex digits; the caller checks that they recover to `address` */
  sign(request: SignRequest): Promise<string>
}

export const localKey = (secretKey: Uint8Array): SigningKey => ({
  address: addressOf(secretKey),
  sign: async ({ digest }) => signDigest(secretKey, digest),
})
