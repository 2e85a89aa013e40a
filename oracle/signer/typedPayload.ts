/** From what was seen to what is signed: content and epoch make a payload, payload and domain a digest. */
import { structHash } from '../../chain/client/bridge/collect.ts'
import { PAYLOAD_SCHEMAS, type PayloadKind, type Payloads, payloadKey } from '../../chain/client/bridge/signerApi.ts'
import { type HashHex, typedDigest } from '../../chain/client/protocol.ts'
import { keccak256 } from '../../chain/lib/hash.ts'
import type { ChainName, Content } from './types.ts'

export type AnyPayload = Payloads[PayloadKind]

/** The payload for a signer set. Fields come in the schema's order, so equal payloads are equal texts. */
export function payloadOf(kind: PayloadKind, content: Content, epoch: string): AnyPayload {
  return PAYLOAD_SCHEMAS[kind].parse(kind === 'rotate' ? content : { ...content, epoch })
}

/** One text for one content. */
export function contentText(kind: PayloadKind, content: Content): string {
  const { epoch: _, ...rest } = payloadOf(kind, content, '0')
  return JSON.stringify(kind === 'rotate' ? payloadOf(kind, content, '0') : rest)
}

/** The key under which content is served: `nonce`, `size`, `direction:nonce` or `epoch`. */
export const keyOf = (kind: PayloadKind, content: Content): string => payloadKey(kind, payloadOf(kind, content, '0'))

export function digestOf(kind: PayloadKind, payload: AnyPayload, separator: HashHex): HashHex {
  return typedDigest(keccak256, separator, structHash(kind, payload as never))
}

/** The chain that will check the signature, whose epoch counts. Null: the content says its own epoch. */
export function checkedOn(kind: PayloadKind, content: Content): ChainName | null {
  switch (kind) {
    case 'lock':
    case 'link':
    case 'anchor':
      return 'evm'
    case 'burn':
      return 'near'
    case 'veto':
      return content.direction === 'near-evm' ? 'near' : 'evm' // refunded where it came from
    case 'pause':
      return content.direction === 'near-evm' ? 'evm' : 'near' // the side that pays out
    case 'rotate':
      return null
  }
}
