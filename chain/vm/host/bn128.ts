/** alt_bn128, Ethereum's pairing curve: little-endian numbers, points as x and y, zero for the point at infinity. Source: alt_bn128.rs. */
import { bn254 } from '@noble/curves/bn254.js'
import type { HostCall } from './call.ts'
import { define, type HostFamily } from './define.ts'

const { G1, G2, fields, pairingBatch } = bn254
const { Fp, Fp2, Fp12, Fr } = fields
type G1Point = InstanceType<typeof G1.Point>
type G2Point = InstanceType<typeof G2.Point>

const SCALAR = 32
const POINT = 64

export const bn128: HostFamily = {
  alt_bn128_g1_multiexp: define('III', (call, length, pointer, register) => {
    call.gas.pay('alt_bn128_g1_multiexp_base')
    const elements = split(call, call.bytes(length, pointer), POINT + SCALAR)
    call.gas.pay('alt_bn128_g1_multiexp_element', elements.length)
    const pairs = elements.map((bytes) => {
      const point = decodeG1(call, bytes.subarray(0, POINT))
      const raw = bytes.subarray(POINT)
      const scalar = toNumber(raw)
      return { point, scalar: scalar < Fr.ORDER ? scalar : invalid(call, 'invalid fr', raw) }
    })
    const sum = pairs.reduce((sum, { point, scalar }) => sum.add(point.multiplyUnsafe(scalar)), G1.Point.ZERO)
    call.setRegister(register, encodeG1(sum))
  }),

  /** Each element is a sign, 1 for subtract, and a point. */
  alt_bn128_g1_sum: define('III', (call, length, pointer, register) => {
    call.gas.pay('alt_bn128_g1_sum_base')
    const elements = split(call, call.bytes(length, pointer), 1 + POINT)
    call.gas.pay('alt_bn128_g1_sum_element', elements.length)
    const points = elements.map((bytes) => {
      if (bytes[0]! > 1) invalid(call, 'invalid bool', bytes.subarray(0, 1))
      const point = decodeG1(call, bytes.subarray(1))
      return bytes[0] === 1 ? point.negate() : point
    })
    call.setRegister(register, encodeG1(points.reduce((sum, point) => sum.add(point), G1.Point.ZERO)))
  }),

  /** 1 when the product of the pairings is one. */
  alt_bn128_pairing_check: define('II->I', (call, length, pointer) => {
    call.gas.pay('alt_bn128_pairing_check_base')
    const elements = split(call, call.bytes(length, pointer), 3 * POINT)
    call.gas.pay('alt_bn128_pairing_check_element', elements.length)
    const pairs = elements.map((bytes) => ({
      g1: decodeG1(call, bytes.subarray(0, POINT)),
      g2: decodeG2(call, bytes.subarray(POINT)),
    }))
    const finite = pairs.filter(({ g1, g2 }) => !g1.is0() && !g2.is0())
    return Fp12.eql(pairingBatch(finite), Fp12.ONE)
  }),
}

function split(call: HostCall, data: Uint8Array, size: number): Uint8Array[] {
  if (data.length % size !== 0) {
    const msg = `slice of size ${data.length} cannot be precisely split into chunks of size ${size}`
    call.fail('AltBn128InvalidInput', { msg })
  }
  return Array.from({ length: data.length / size }, (_, i) => data.subarray(i * size, (i + 1) * size))
}

function invalid(call: HostCall, what: string, raw: Uint8Array): never {
  const bytes = [...raw].map((byte) => byte.toString(16).toUpperCase()).join(', ')
  return call.fail('AltBn128InvalidInput', { msg: `${what}: [${bytes}]` })
}

function toNumber(littleEndian: Uint8Array): bigint {
  let value = 0n
  for (let i = littleEndian.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(littleEndian[i]!)
  return value
}

function decodeFp(call: HostCall, raw: Uint8Array): bigint {
  const value = toNumber(raw)
  return value < Fp.ORDER ? value : invalid(call, 'invalid fq', raw)
}

function decodeG1(call: HostCall, raw: Uint8Array): G1Point {
  const x = decodeFp(call, raw.subarray(0, SCALAR))
  const y = decodeFp(call, raw.subarray(SCALAR))
  if (x === 0n && y === 0n) return G1.Point.ZERO
  return onCurve(G1.Point.fromAffine({ x, y })) ?? invalid(call, 'invalid g1', raw)
}

function decodeG2(call: HostCall, raw: Uint8Array): G2Point {
  const read = (at: number) => decodeFp(call, raw.subarray(at * SCALAR, (at + 1) * SCALAR))
  const x = Fp2.fromBigTuple([read(0), read(1)])
  const y = Fp2.fromBigTuple([read(2), read(3)])
  if (Fp2.is0(x) && Fp2.is0(y)) return G2.Point.ZERO
  return onCurve(G2.Point.fromAffine({ x, y })) ?? invalid(call, 'invalid g2', raw)
}

/** On the curve and, on the twist, in the subgroup. */
function onCurve<P extends { assertValidity(): void }>(point: P): P | null {
  try {
    point.assertValidity()
    return point
  } catch {
    return null
  }
}

function encodeG1(point: G1Point): Uint8Array {
  const out = new Uint8Array(POINT)
  if (point.is0()) return out
  const { x, y } = point.toAffine()
  for (const [at, value] of [x, y].entries()) {
    for (let i = 0; i < SCALAR; i++) out[at * SCALAR + i] = Number((value >> BigInt(8 * i)) & 0xffn)
  }
  return out
}
