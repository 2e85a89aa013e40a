/** Cryptographic host functions against published vectors and against the curves' own laws. */
import { bls12_381 } from '@noble/curves/bls12-381.js'
import { bn254 } from '@noble/curves/bn254.js'
import { ed25519 } from '@noble/curves/ed25519.js'
import { p256 } from '@noble/curves/nist.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { expect } from 'chai'
import { concatBytes, hexToBytes, utf8ToBytes } from '../../../../chain/lib/bytes.ts'
import { type ExtCostName, paramsAt } from '../../../../chain/lib/params.gen.ts'
import { HOST_FUNCTIONS } from '../../../../chain/vm/host/index.ts'
import { runModule, TGAS } from '../../../fixtures/wasm/vmHarness.ts'
import { call, EMPTY, END, i64, type TestModule } from '../../../fixtures/wasm/wasmModule.ts'

const { extCosts } = paramsAt()

/** Calls one function on parts of memory; gives its answer and the register that it wrote. */
function invoke(name: string, parts: Uint8Array[], { before = [] as bigint[], after = [] as bigint[] } = {}) {
  const imports = [name, 'value_return', 'register_len']
  let at = 0
  const pointers = parts.flatMap((part) => {
    at += part.length
    return [...i64(part.length), ...i64(at - part.length)]
  })
  const pushed = [...before.flatMap((n) => i64(n)), ...pointers, ...after.flatMap((n) => i64(n)), ...call(0)]
  const gives = HOST_FUNCTIONS[name]!.type.results.length > 0
  // The answer is stored at 0; register 1, where there is one, follows it in the returned value's place.
  const code = [
    ...(gives ? [0x21, 0, 0x41, 0, 0x20, 0, 0x37, 3, 0] : []),
    ...[...i64(1), ...call(2), ...i64(-1), 0x51, 0x04, EMPTY],
    ...[...i64(8), ...i64(0), ...call(1), 0x05, ...i64(-1), ...i64(1), ...call(1), END],
  ]
  const module = (tail: number[]): TestModule => ({
    imports,
    functions: [{ export: 'main', locals: [0x7e], code: [...pushed, ...tail] }],
    memory: [Math.ceil(at / 65_536) + 1],
    data: at > 0 ? [{ at: 0, bytes: [...concatBytes(...parts)] }] : [],
  })
  const context = { prepaidGas: 1000n * TGAS }
  const { error, return: result, profile } = runModule(module(code), { context })
  const answerCode = gives ? [0x21, 0, 0x41, 0, 0x20, 0, 0x37, 3, 0, ...i64(8), ...i64(0), ...call(1)] : []
  const word = gives && error === null ? runModule(module(answerCode), { context }).return : null
  const answer =
    word?.kind === 'value' ? new DataView(word.value.buffer, word.value.byteOffset).getBigUint64(0, true) : null
  return {
    error: error?.text ?? null,
    value: result.kind === 'value' ? result.value : null,
    answer,
    host: profile.host,
  }
}

const hash = (name: string, text: string) =>
  Buffer.from(invoke(name, [utf8ToBytes(text)], { after: [1n] }).value!).toString('hex')
const cost = (name: ExtCostName, count: number): bigint => extCosts[name] * BigInt(count)

describe('hash functions', () => {
  it('hash as published', () => {
    expect(hash('sha256', 'abc')).to.equal('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(hash('keccak256', '')).to.equal('c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470')
    expect(hash('keccak512', '')).to.match(/^0eab42de4c3ceb9235fc91acffe746b29c29a8c366b7c60e4e67c466f36a4304/)
    expect(hash('ripemd160', 'abc')).to.equal('8eb208f7e05d987a9b044a8e98c6b087f15a0bfc')
  })

  it('charge ripemd160 by blocks of 64 bytes, padding included', () => {
    const blocks = (length: number) =>
      invoke('ripemd160', [new Uint8Array(length)], { after: [1n] }).host.ripemd160_block
    expect(blocks(55)).to.equal(cost('ripemd160_block', 1))
    expect(blocks(56)).to.equal(cost('ripemd160_block', 2))
  })
})

describe('signatures', () => {
  const message = utf8ToBytes('a message')

  it('verify ed25519, and refuse what is not exactly right', () => {
    const secret = new Uint8Array(32).fill(5)
    const key = ed25519.getPublicKey(secret)
    const signature = ed25519.sign(message, secret)
    const verify = (parts: Uint8Array[]) => invoke('ed25519_verify', parts)
    expect(verify([signature, message, key]).answer).to.equal(1n)
    expect(verify([signature, utf8ToBytes('another'), key]).answer).to.equal(0n)
    expect(verify([signature.slice(1), message, key]).error).to.match(/invalid signature length/)
    expect(verify([signature, message, key.slice(1)]).error).to.match(/invalid public key length/)
    const high = signature.slice()
    high[63]! |= 0xe0
    const refused = verify([high, message, key])
    expect(refused.answer).to.equal(0n)
    expect(refused.host).to.not.have.property('ed25519_verify_byte') // before the message is read
  })

  it('verify p256 over a message that is taken as hashed', () => {
    const secret = new Uint8Array(32).fill(9)
    const digest = new Uint8Array(32).fill(1)
    const signature = p256.sign(digest, secret, { prehash: false, lowS: false })
    const key = p256.getPublicKey(secret)
    expect(invoke('p256_verify', [signature, digest, key]).answer).to.equal(1n)
    expect(invoke('p256_verify', [signature, new Uint8Array(32), key]).answer).to.equal(0n)
  })

  it('recover the secp256k1 key that signed', () => {
    const secret = new Uint8Array(32).fill(4)
    const digest = new Uint8Array(32).fill(8)
    const signed = secp256k1.sign(digest, secret, { prehash: false, format: 'recovered' })
    const recover = (signature: Uint8Array, v: bigint, flag: bigint) =>
      invoke('ecrecover', [digest, signature], { after: [v, flag, 1n] })
    const signature = signed.slice(1)
    const key = secp256k1.getPublicKey(secret, false).slice(1)
    expect(recover(signature, BigInt(signed[0]!), 1n)).to.deep.include({ answer: 1n, value: key })
    expect(recover(signature, BigInt(signed[0]! ^ 1), 1n).value).to.not.deep.equal(key)
    expect(recover(signature, 4n, 0n).error).to.match(/V recovery byte 0 through 3 are valid but was provided 4/)
    expect(recover(signature, 0n, 2n).error).to.match(/Malleability flag needs to be 0 or 1 but is instead 2/)
    // The other half of s is another valid signature, refused only when the flag asks for it.
    const { r, s } = secp256k1.Signature.fromBytes(signature)
    const mirrored = new secp256k1.Signature(r, secp256k1.Point.Fn.ORDER - s).toBytes('compact')
    expect(recover(mirrored, BigInt(signed[0]! ^ 1), 0n)).to.deep.include({ answer: 1n, value: key })
    expect(recover(mirrored, BigInt(signed[0]! ^ 1), 1n).answer).to.equal(0n)
  })
})

describe('alt_bn128', () => {
  const le = (n: bigint) => Uint8Array.from({ length: 32 }, (_, i) => Number((n >> BigInt(8 * i)) & 255n))
  const G1 = bn254.G1.Point
  const G2 = bn254.G2.Point
  const g1 = (point: InstanceType<typeof G1>) => {
    const { x, y } = point.toAffine()
    return concatBytes(le(x), le(y))
  }
  const g2 = (point: InstanceType<typeof G2>) => {
    const { x, y } = point.toAffine()
    return concatBytes(le(x.c0), le(x.c1), le(y.c0), le(y.c1))
  }
  const P = G1.BASE
  const Q = G2.BASE

  it('sums and multiplies', () => {
    const sum = concatBytes(Uint8Array.of(0), g1(P.multiply(5n)), Uint8Array.of(1), g1(P.multiply(2n)))
    expect(invoke('alt_bn128_g1_sum', [sum], { after: [1n] }).value).to.deep.equal(g1(P.multiply(3n)))
    const products = concatBytes(g1(P), le(4n), g1(P.multiply(2n)), le(3n))
    expect(invoke('alt_bn128_g1_multiexp', [products], { after: [1n] }).value).to.deep.equal(g1(P.multiply(10n)))
    expect(invoke('alt_bn128_g1_sum', [new Uint8Array()], { after: [1n] }).value).to.deep.equal(new Uint8Array(64))
  })

  it('checks pairings: 2P with Q against P with 2Q', () => {
    const twoP = concatBytes(g1(P.multiply(2n)), g2(Q))
    const twoQ = concatBytes(g1(P.negate()), g2(Q.multiply(2n)))
    const check = (data: Uint8Array) => invoke('alt_bn128_pairing_check', [data])
    expect(check(concatBytes(twoP, twoQ)).answer).to.equal(1n)
    expect(check(twoP).answer).to.equal(0n)
    expect(check(new Uint8Array()).answer).to.equal(1n)
    expect(check(new Uint8Array(192)).answer).to.equal(1n) // infinity on both sides
  })

  it('says what is wrong with an element, and charges it first', () => {
    const { error, host } = invoke('alt_bn128_g1_sum', [new Uint8Array(64)], { after: [1n] })
    expect(error).to.equal('AltBn128 invalid input: slice of size 64 cannot be precisely split into chunks of size 65')
    expect(host).to.not.have.property('alt_bn128_g1_sum_element')
    const off = invoke('alt_bn128_g1_sum', [concatBytes(Uint8Array.of(0), le(1n), le(1n))], { after: [1n] })
    expect(off.error).to.match(/^AltBn128 invalid input: invalid g1: \[1, 0, 0/)
    expect(off.host.alt_bn128_g1_sum_element).to.equal(cost('alt_bn128_g1_sum_element', 1))
    const large = invoke('alt_bn128_g1_multiexp', [concatBytes(g1(P), le(2n ** 256n - 1n))], { after: [1n] })
    expect(large.error).to.match(/invalid fr: \[FF, FF/)
  })
})

describe('bls12381', () => {
  const G1 = bls12_381.G1.Point
  const G2 = bls12_381.G2.Point
  const scalar = (n: bigint) => Uint8Array.from({ length: 32 }, (_, i) => Number((n >> BigInt(8 * i)) & 255n))
  const run = (name: string, data: Uint8Array) => invoke(name, [data], { after: [1n] })

  it('sums, with signs, also points outside the subgroup', () => {
    const data = concatBytes(
      Uint8Array.of(0),
      G1.BASE.multiply(7n).toBytes(false),
      Uint8Array.of(1),
      G1.BASE.toBytes(false),
    )
    expect(run('bls12381_p1_sum', data).value).to.deep.equal(G1.BASE.multiply(6n).toBytes(false))
    const second = concatBytes(Uint8Array.of(0), G2.BASE.toBytes(false), Uint8Array.of(0), G2.BASE.toBytes(false))
    expect(run('bls12381_p2_sum', second).value).to.deep.equal(G2.BASE.double().toBytes(false))
  })

  it('multiplies by scalars that may exceed the order', () => {
    const order = bls12_381.fields.Fr.ORDER
    const data = concatBytes(G1.BASE.toBytes(false), scalar(order + 3n), G1.BASE.toBytes(false), scalar(2n))
    expect(run('bls12381_g1_multiexp', data).value).to.deep.equal(G1.BASE.multiply(5n).toBytes(false))
    const second = concatBytes(G2.BASE.toBytes(false), scalar(9n))
    expect(run('bls12381_g2_multiexp', second).value).to.deep.equal(G2.BASE.multiply(9n).toBytes(false))
  })

  it('maps a field element as RFC 9380 does (J.9.2, the empty message)', () => {
    const u = hexToBytes(
      '156c8a6a2c184569d69a76be144b5cdc5141d2d2ca4fe341f011e25e3969c55ad9e9b9ce2eb833c81a908e5fa4ac5f03',
    )
    const x = '184bb665c37ff561a89ec2122dd343f20e0f4cbcaec84e3c3052ea81d1834e192c426074b02ed3dca4e7676ce4ce48ba'
    expect(Buffer.from(run('bls12381_map_fp_to_g1', u).value!.subarray(0, 48)).toString('hex')).to.equal(x)
    expect(run('bls12381_map_fp2_to_g2', new Uint8Array(96).fill(1)).answer).to.equal(0n)
    expect(run('bls12381_map_fp_to_g1', new Uint8Array(48).fill(255)).answer).to.equal(1n)
  })

  it('decompresses, with the sign of y', () => {
    const points = [G1.BASE, G1.BASE.negate(), G1.BASE.multiply(3n)]
    const data = concatBytes(...points.map((point) => point.toBytes(true)))
    expect(run('bls12381_p1_decompress', data).value).to.deep.equal(concatBytes(...points.map((p) => p.toBytes(false))))
    const second = concatBytes(G2.BASE.toBytes(true), G2.BASE.negate().toBytes(true))
    expect(run('bls12381_p2_decompress', second).value).to.deep.equal(
      concatBytes(G2.BASE.toBytes(false), G2.BASE.negate().toBytes(false)),
    )
    expect(run('bls12381_p1_decompress', new Uint8Array(48)).answer).to.equal(1n)
  })

  it('answers pairings with 0 where the product is one, 2 where not, 1 where a point is none', () => {
    const pair = (a: InstanceType<typeof G1>, b: InstanceType<typeof G2>) =>
      concatBytes(a.toBytes(false), b.toBytes(false))
    const check = (data: Uint8Array) => invoke('bls12381_pairing_check', [data]).answer
    const one = pair(G1.BASE.multiply(2n), G2.BASE)
    expect(check(concatBytes(one, pair(G1.BASE.negate(), G2.BASE.double())))).to.equal(0n)
    expect(check(one)).to.equal(2n)
    const off = one.slice()
    off[95]! ^= 1
    expect(check(off)).to.equal(1n)
  })

  it('charges elements by the length that is named, before it is read', () => {
    const { error, host } = run('bls12381_p1_sum', new Uint8Array(200))
    expect(error).to.equal(
      'BLS12-381 invalid input: Incorrect input length for bls12381_p1_sum: 200 is not divisible by 97',
    )
    expect(host.bls12381_p1_sum_element).to.equal(cost('bls12381_p1_sum_element', 2))
  })
})
