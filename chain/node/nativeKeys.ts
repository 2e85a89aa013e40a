/** ed25519 by Node's own crypto, some ten times faster than portable code; other curves go to chain/lib. */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { bytesToBase58 } from '../lib/bytes.ts'
import {
  parseKeyText,
  signHash as portableSign,
  verifySignature as portableVerify,
  type VerifySignature,
} from '../lib/key.ts'
import type { SignHash } from '../lib/transaction.ts'

const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex')
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')
const CACHE_SIZE = 1_000
const publicKeys = new Map<string, KeyObject>()
const privateKeys = new Map<string, KeyObject>()

export const verifyNatively: VerifySignature = (publicKey, hash, signature) => {
  if (!publicKey.startsWith('ed25519:')) return portableVerify(publicKey, hash, signature)
  try {
    const sig = parseKeyText(signature)
    const key = cached(publicKeys, publicKey, (data) =>
      createPublicKey({ key: Buffer.concat([SPKI_ED25519, data]), format: 'der', type: 'spki' }),
    )
    return sig.curve === 'ed25519' && sig.data.length === 64 && verify(null, hash, key, sig.data)
  } catch {
    return false
  }
}

export const signNatively: SignHash = (secretKey, hash) => {
  if (!secretKey.startsWith('ed25519:')) return portableSign(secretKey, hash)
  const key = cached(privateKeys, secretKey, (data) =>
    createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, data.subarray(0, 32)]), format: 'der', type: 'pkcs8' }),
  )
  return `ed25519:${bytesToBase58(sign(null, hash, key))}`
}

function cached(cache: Map<string, KeyObject>, text: string, make: (data: Uint8Array) => KeyObject): KeyObject {
  const found = cache.get(text)
  if (found !== undefined) return found
  if (cache.size >= CACHE_SIZE) cache.clear()
  const key = make(parseKeyText(text).data)
  cache.set(text, key)
  return key
}
