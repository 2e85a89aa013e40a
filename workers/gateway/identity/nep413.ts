/** A NEAR account signs in: the NEP-413 payload is rebuilt from the challenge, so nothing in it is the visitor's. Source: NEP-413. */
import { BorshWriter } from '../../../chain/lib/borsh.ts'
import { base64ToBytes, bytesToBase58, hexToBytes } from '../../../chain/lib/bytes.ts'
import { sha256 } from '../../../chain/lib/hash.ts'
import { parsePublicKey, verifySignature } from '../../../chain/lib/key.ts'
import { type Challenge, messageOf, recipientOf } from './challenge.ts'
import { SignInMessageError, SignInSignatureError } from './errors.ts'

/** 2³¹ + 413: no NEAR transaction starts with it, so a proof can never be one. */
const TAG = 2 ** 31 + 413

export interface Nep413Payload {
  readonly message: string
  /** 32 bytes. */
  readonly nonce: Uint8Array
  readonly recipient: string
  readonly callbackUrl: string | null
}

/** What the wallet's key signs: sha256 of tag and payload. */
export function nep413Hash({ message, nonce, recipient, callbackUrl }: Nep413Payload): Uint8Array {
  const writer = new BorshWriter().u32(TAG).string(message).fixed(nonce).string(recipient)
  return sha256(writer.option(callbackUrl, (url) => writer.string(url)).finish())
}

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
