/** A NEAR account signs in: the NEP-413 payload is rebuilt from the challenge, so nothing in it is the visitor's. Source: NEP-413. */
import { nep413Hash } from '../../../chain/client/sdk/nep413.ts'
import { base64ToBytes, bytesToBase58, hexToBytes } from '../../../chain/lib/bytes.ts'
import { parsePublicKey, verifySignature } from '../../../chain/lib/key.ts'
import { type Challenge, messageOf, recipientOf } from './challenge.ts'
import { SignInMessageError, SignInSignatureError } from './errors.ts'

export { type Nep413Payload, nep413Hash } from '../../../chain/client/sdk/nep413.ts'

export interface Nep413Proof {
  readonly accountId: string
  readonly publicKey: string
  /** Base64. */
  readonly signature: string
  readonly callbackUrl?: string | null
}

/** Checks account, callback and signature; whose key it is says the chain. @throws SignInMessageError · SignInSignatureError */
export function verifyNep413(proof: Nep413Proof, challenge: Challenge, origins: readonly string[]): void {
  const { accountId, publicKey, signature, callbackUrl = null } = proof
  if (accountId !== challenge.account) throw wrong('accountId')
  // A wallet that sent the proof to another site has shown it there.
  if (callbackUrl !== null && !(URL.canParse(callbackUrl) && origins.includes(new URL(callbackUrl).origin))) {
    throw wrong('callbackUrl')
  }
  const payload = { message: messageOf(challenge), nonce: hexToBytes(challenge.nonce), callbackUrl }
  const hash = nep413Hash({ ...payload, recipient: recipientOf(challenge) })
  if (!isSignature(publicKey, hash, signature)) {
    throw new SignInSignatureError({
      what: 'The signature is not that key’s over what this gateway asked to be signed.',
      fix: 'Ask for a new nonce and sign message, nonce and recipient as they came.',
      data: { account: accountId },
    })
  }
}

function isSignature(publicKey: string, hash: Uint8Array, base64: string): boolean {
  try {
    const { curve } = parsePublicKey(publicKey)
    return verifySignature(publicKey, hash, `${curve}:${bytesToBase58(base64ToBytes(base64))}`)
  } catch {
    return false
  }
}

const wrong = (field: string): SignInMessageError =>
  new SignInMessageError({
    what: `The proof’s ${field} is not what this gateway asked for.`,
    fix: 'Ask for a new nonce for that account and sign it on this page.',
    data: { field },
  })
