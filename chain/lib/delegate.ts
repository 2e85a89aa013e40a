/** Meta transactions: what an account signs for a relayer to carry. Source: NEP-366, NEP-461. Runs in browsers. */
import { type DelegateAction, readDelegateAction, writeDelegateAction } from './action.ts'
import { BorshReader, BorshWriter } from './borsh.ts'
import { sha256 } from './hash.ts'
import { readSignature, signHash, writeSignature } from './key.ts'
import type { SignHash } from './transaction.ts'

export interface SignedDelegate {
  delegate: DelegateAction
  /** Of `delegateHash`, by the key that the delegate names. */
  signature: string
}

/** 2³⁰ + 366: keeps a signed delegate from ever being a signed transaction (NEP-461). */
const PREFIX = 2 ** 30 + 366

/** What is signed: sha256 over the prefix and the delegate's borsh. */
export function delegateHash(delegate: DelegateAction): Uint8Array {
  const writer = new BorshWriter().u32(PREFIX)
  writeDelegateAction(writer, delegate)
  return sha256(writer.finish())
}

/** @param sign a faster signer than the portable one */
export const signDelegate = (
  delegate: DelegateAction,
  secretKey: string,
  sign: SignHash = signHash,
): SignedDelegate => ({ delegate, signature: sign(secretKey, delegateHash(delegate)) })

/** As wallets hand it to a relayer, mostly in base64. */
export function encodeSignedDelegate({ delegate, signature }: SignedDelegate): Uint8Array {
  const writer = new BorshWriter()
  writeDelegateAction(writer, delegate)
  writeSignature(writer, signature)
  return writer.finish()
}

/** The signature is not checked here: `verifySignature(delegate.publicKey, delegateHash(delegate), signature)` does.
 *  @throws BorshDecodeError on anything but exactly one signed delegate, a nested one included */
export function decodeSignedDelegate(bytes: Uint8Array): SignedDelegate {
  const reader = new BorshReader(bytes)
  const delegate = readDelegateAction(reader)
  const signature = readSignature(reader)
  reader.end()
  return { delegate, signature }
}
