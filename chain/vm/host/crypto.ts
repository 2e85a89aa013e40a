/** Hashes, signatures and randomness. Each pays its own base, not `base`. Source: nearcore logic.rs. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { p256 } from '@noble/curves/nist.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { ripemd160 } from '@noble/hashes/legacy.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { keccak_256, keccak_512, sha3_256, sha3_384, sha3_512 } from '@noble/hashes/sha3.js'
import { concatBytes } from '../../lib/bytes.ts'
import type { ExtCostName, ProtocolParams } from '../../lib/params.gen.ts'
import { define, type HostFamily, type HostFunction } from './define.ts'

type Hash = (bytes: Uint8Array) => Uint8Array
type HashName = 'sha256' | 'keccak256' | 'keccak512' | 'sha3_256' | 'sha3_384' | 'sha3_512'

function hashFunction(name: HashName, hash: Hash, flag?: keyof ProtocolParams['flags']): HostFunction {
  return define(
    'III',
    (call, length: bigint, pointer: bigint, register: bigint) => {
      call.gas.pay(`${name}_base` satisfies ExtCostName)
      const value = call.bytes(length, pointer)
      call.gas.pay(`${name}_byte` satisfies ExtCostName, value.length)
      call.setRegister(register, hash(value))
    },
    flag,
  )
}

export const crypto: HostFamily = {
  random_seed: define('I', (call, register: bigint) => {
    call.gas.pay('base')
    call.setRegister(register, call.context.randomSeed)
  }),

  sha256: hashFunction('sha256', sha256),
  keccak256: hashFunction('keccak256', keccak_256),
  keccak512: hashFunction('keccak512', keccak_512),
  sha3_256: hashFunction('sha3_256', sha3_256, 'sha3_host_fns'),
  sha3_384: hashFunction('sha3_384', sha3_384, 'sha3_host_fns'),
  sha3_512: hashFunction('sha3_512', sha3_512, 'sha3_host_fns'),

  ripemd160: define('III', (call, length: bigint, pointer: bigint, register: bigint) => {
    call.gas.pay('ripemd160_base')
    const value = call.bytes(length, pointer)
    call.gas.pay('ripemd160_block', Math.floor((value.length + 8) / 64) + 1)
    call.setRegister(register, ripemd160(value))
  }),

  /** 1 with the 64-byte key in the register, 0 where no key signed so. */
  ecrecover: define(
    'IIIIIII->I',
    (call, hashLength, hashPointer, sigLength, sigPointer, v: bigint, flag: bigint, register: bigint) => {
      call.gas.pay('ecrecover_base')
      const signature = call.bytes(sigLength, sigPointer)
      const wrong = (msg: string) => call.fail('ECRecoverError', { msg })
      if (signature.length !== 64) {
        wrong(`The length of the signature: ${signature.length}, exceeds the size of 64 bytes`)
      }
      if (v >= 4n) wrong(`V recovery byte 0 through 3 are valid but was provided ${v}`)
      const hash = call.bytes(hashLength, hashPointer)
      if (hash.length !== 32) wrong(`The length of the hash: ${hash.length}, exceeds the size of 32 bytes`)
      if (flag > 1n) wrong(`Malleability flag needs to be 0 or 1 but is instead ${flag}`)
      const key = recover(signature, hash, Number(v), flag === 1n)
      if (key === null) return 0n
      call.setRegister(register, key)
      return 1n
    },
  ),

  ed25519_verify: define(
    'IIIIII->I',
    (call, sigLength, sigPointer, messageLength, messagePointer, keyLength, keyPointer) => {
      call.gas.pay('ed25519_verify_base')
      const signature = call.bytes(sigLength, sigPointer)
      if (signature.length !== 64) call.fail('Ed25519VerifyInvalidInput', { msg: 'invalid signature length' })
      if ((signature[63]! & 0xe0) !== 0) return 0n
      const message = call.bytes(messageLength, messagePointer)
      call.gas.pay('ed25519_verify_byte', message.length)
      const key = call.bytes(keyLength, keyPointer)
      if (key.length !== 32) call.fail('Ed25519VerifyInvalidInput', { msg: 'invalid public key length' })
      return attempt(() => ed25519.verify(signature, message, key, { zip215: false }))
    },
  ),

  /** The message is taken as already hashed. */
  p256_verify: define(
    'IIIIII->I',
    (call, sigLength, sigPointer, messageLength, messagePointer, keyLength, keyPointer) => {
      call.gas.pay('p256_verify_base')
      const signature = call.bytes(sigLength, sigPointer)
      if (signature.length !== 64) call.fail('P256VerifyInvalidInput', { msg: 'invalid signature length' })
      const message = call.bytes(messageLength, messagePointer)
      call.gas.pay('p256_verify_byte', message.length)
      const key = call.bytes(keyLength, keyPointer)
      if (key.length !== 33) call.fail('P256VerifyInvalidInput', { msg: 'invalid public key length' })
      return attempt(() => p256.verify(signature, message, key, { prehash: false, lowS: false }))
    },
    'p256_verify_host_fn',
  ),
}

/** An encoding that is no point or number verifies nothing. */
function attempt(verify: () => boolean): boolean {
  try {
    return verify()
  } catch {
    return false
  }
}

/** The uncompressed key without its first byte. `strict` refuses the upper half of s. */
function recover(signature: Uint8Array, hash: Uint8Array, v: number, strict: boolean): Uint8Array | null {
  try {
    const parsed = secp256k1.Signature.fromBytes(concatBytes(Uint8Array.of(v), signature), 'recovered')
    if (strict && parsed.hasHighS()) return null
    return parsed.recoverPublicKey(hash).toBytes(false).subarray(1)
  } catch {
    return null
  }
}
