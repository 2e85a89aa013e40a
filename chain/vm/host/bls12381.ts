/** BLS12-381: sums, multiexponentiation, maps, decompression and pairing of NEP-488. Source: nearcore bls12381.rs. */
import { bls12_381 } from '@noble/curves/bls12-381.js'
import { concatBytes } from '../../lib/bytes.ts'
import type { ExtCostName } from '../../lib/params.gen.ts'
import { type BlsGroup, type BlsPoint, g1, g2 } from './blsPoints.ts'
import type { HostCall } from './call.ts'
import { define, type HostFamily, type HostFunction } from './define.ts'

const SCALAR = 32
const { Fr, Fp12 } = bls12_381.fields
type Compute = (data: Uint8Array) => Uint8Array | null

/** 0 with the result in the register, 1 where an element is none.
 *  @param cost the costs' common name @param label the function's name in its error @param size bytes of an element */
function bls(cost: string, label: string, size: number, compute: Compute): HostFunction {
  return define('III->I', (call, length, pointer, register) => {
    call.gas.pay(`${cost}_base` as ExtCostName)
    call.gas.pay(`${cost}_element` as ExtCostName, length / BigInt(size)) // by the length that was named, before it is read
    const data = call.bytes(length, pointer)
    requireWhole(call, data, size, label)
    const result = compute(data)
    if (result === null) return 1n
    call.setRegister(register, result)
    return 0n
  })
}

function requireWhole(call: HostCall, data: Uint8Array, size: number, label: string): void {
  if (data.length % size === 0) return
  const msg = `Incorrect input length for ${label}: ${data.length} is not divisible by ${size}`
  call.fail('BLS12381InvalidInput', { msg })
}

function chunks(data: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: data.length / size }, (_, i) => data.subarray(i * size, (i + 1) * size))
}

function sum<P extends BlsPoint<P>>(group: BlsGroup<P>): Compute {
  return (data) => {
    let total = group.zero
    for (const item of chunks(data, 1 + 2 * group.size)) {
      const point = group.parse(item.subarray(1))
      if (point === null || item[0]! > 1) return null
      total = total.add(item[0] === 1 ? point.negate() : point)
    }
    return group.serialize(total)
  }
}

function multiexp<P extends BlsPoint<P>>(group: BlsGroup<P>): Compute {
  return (data) => {
    let total = group.zero
    for (const item of chunks(data, 2 * group.size + SCALAR)) {
      const point = group.parse(item.subarray(0, 2 * group.size))
      if (point === null || !point.isTorsionFree()) return null
      // Little-endian, and free to exceed the group's order.
      const scalar = item.subarray(2 * group.size).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n)
      total = total.add(point.multiplyUnsafe(scalar % Fr.ORDER))
    }
    return group.serialize(total)
  }
}

/** Each element by itself; one that is none spoils all. */
function each<P extends BlsPoint<P>>(
  group: BlsGroup<P>,
  read: (group: BlsGroup<P>, bytes: Uint8Array) => P | null,
): Compute {
  return (data) => {
    const out: Uint8Array[] = []
    for (const item of chunks(data, group.size)) {
      const point = read(group, item)
      if (point === null) return null
      out.push(group.serialize(point))
    }
    return concatBytes(...out)
  }
}

const uncompress = <P extends BlsPoint<P>>(group: BlsGroup<P>, bytes: Uint8Array) => group.uncompress(bytes)
const mapped = <P extends BlsPoint<P>>(group: BlsGroup<P>, bytes: Uint8Array) => group.map(bytes)

export const bls12381: HostFamily = {
  bls12381_p1_sum: bls('bls12381_p1_sum', 'bls12381_p1_sum', 97, sum(g1)),
  bls12381_p2_sum: bls('bls12381_p2_sum', 'bls12381_p2_sum', 193, sum(g2)),
  bls12381_g1_multiexp: bls('bls12381_g1_multiexp', 'bls12381_p1_multiexp', 128, multiexp(g1)),
  bls12381_g2_multiexp: bls('bls12381_g2_multiexp', 'bls12381_p2_multiexp', 224, multiexp(g2)),
  bls12381_map_fp_to_g1: bls('bls12381_map_fp_to_g1', 'bls12381_map_fp_to_g1', 48, each(g1, mapped)),
  bls12381_map_fp2_to_g2: bls('bls12381_map_fp2_to_g2', 'bls12381_map_fp2_to_g2', 96, each(g2, mapped)),
  bls12381_p1_decompress: bls('bls12381_p1_decompress', 'bls12381_p1_decompress', 48, each(g1, uncompress)),
  bls12381_p2_decompress: bls('bls12381_p2_decompress', 'bls12381_p2_decompress', 96, each(g2, uncompress)),

  /** 0 when the product of the pairings is one, 2 when it is not, 1 where an element is none. */
  bls12381_pairing_check: define('II->I', (call, length, pointer) => {
    call.gas.pay('bls12381_pairing_base')
    const data = call.bytes(length, pointer)
    const size = 2 * g1.size + 2 * g2.size
    call.gas.pay('bls12381_pairing_element', Math.floor(data.length / size))
    requireWhole(call, data, size, 'bls12381_pairing_check')
    const pairs = []
    for (const item of chunks(data, size)) {
      const first = g1.parse(item.subarray(0, 2 * g1.size))
      if (first === null || !first.isTorsionFree()) return 1n
      const second = g2.parse(item.subarray(2 * g1.size))
      if (second === null || !second.isTorsionFree()) return 1n
      if (!first.is0() && !second.is0()) pairs.push({ g1: first, g2: second })
    }
    return Fp12.eql(bls12_381.pairingBatch(pairs), Fp12.ONE) ? 0n : 2n
  }),
}
