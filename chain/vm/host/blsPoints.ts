/** BLS12-381 points as blst reads and writes them: big-endian, flags in the first three bits. Source: blst e1.c, e2.c; NEP-488. */
import { bls12_381 } from '@noble/curves/bls12-381.js'

const { Fp, Fp2 } = bls12_381.fields
const FP = 48
const HALF = (Fp.ORDER - 1n) / 2n

/** The operations of a point that sums and products need. */
export interface BlsPoint<P> {
  is0(): boolean
  add(other: P): P
  negate(): P
  isTorsionFree(): boolean
  multiplyUnsafe(scalar: bigint): P
}
export type G1Point = InstanceType<typeof bls12_381.G1.Point>
export type G2Point = InstanceType<typeof bls12_381.G2.Point>

/** One of the two groups: sizes in bytes, null for what is no element. */
export interface BlsGroup<P extends BlsPoint<P>> {
  /** Bytes of a coordinate; a point has two. */
  size: number
  zero: P
  /** Uncompressed: on the curve, not necessarily in the subgroup. */
  parse(bytes: Uint8Array): P | null
  uncompress(bytes: Uint8Array): P | null
  serialize(point: P): Uint8Array
  /** The point that a field element maps to. */
  map(bytes: Uint8Array): P | null
}

interface Field<F> {
  size: number
  /** Null when not below the modulus. */
  read(bytes: Uint8Array): F | null
  write(value: F): Uint8Array
  is0(value: F): boolean
  /** x³ + b. */
  right(x: F): F
  sqrt(value: F): F
  eql(a: F, b: F): boolean
  sqr(value: F): F
  neg(value: F): F
  /** In the upper half of the field, compared from the highest coefficient down. */
  isLarge(value: F): boolean
}

function group<F, P extends BlsPoint<P>>(
  field: Field<F>,
  make: { ZERO: P; fromAffine(p: { x: F; y: F }): P },
  affine: (point: P) => { x: F; y: F },
  map: (value: F) => P,
): BlsGroup<P> {
  const { size } = field
  return {
    size,
    zero: make.ZERO,
    parse(bytes) {
      if ((bytes[0]! & 0x80) !== 0) return null
      if ((bytes[0]! & 0x40) !== 0) return isRestZero(bytes) ? make.ZERO : null
      const x = field.read(bytes.subarray(0, size))
      const y = field.read(bytes.subarray(size))
      if (x === null || y === null || !field.eql(field.sqr(y), field.right(x))) return null
      // Points with x = 0 lie outside the group, and only for them blst says so while reading.
      return field.is0(x) ? null : make.fromAffine({ x, y })
    },
    uncompress(bytes) {
      const flags = bytes[0]!
      if ((flags & 0x80) === 0) return null
      if ((flags & 0x40) !== 0) return isRestZero(bytes) ? make.ZERO : null
      const raw = bytes.slice()
      raw[0]! &= 0x1f
      const x = field.read(raw)
      if (x === null || field.is0(x)) return null
      try {
        const root = field.sqrt(field.right(x))
        const isLarge = (flags & 0x20) !== 0
        return make.fromAffine({ x, y: field.isLarge(root) === isLarge ? root : field.neg(root) })
      } catch {
        return null // no root: no point has this x
      }
    },
    serialize(point) {
      const out = new Uint8Array(2 * size)
      if (point.is0()) out[0] = 0x40
      else {
        const { x, y } = affine(point)
        out.set(field.write(x))
        out.set(field.write(y), size)
      }
      return out
    },
    map(bytes) {
      const value = field.read(bytes)
      return value === null ? null : map(value)
    },
  }
}

/** Infinity is its flags and nothing else. */
const isRestZero = (bytes: Uint8Array): boolean => (bytes[0]! & 0x3f) === 0 && bytes.subarray(1).every((b) => b === 0)

function readFp(bytes: Uint8Array): bigint | null {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return value < Fp.ORDER ? value : null
}

function writeFp(value: bigint): Uint8Array {
  const out = new Uint8Array(FP)
  for (let i = FP - 1, rest = value; i >= 0; i--, rest >>= 8n) out[i] = Number(rest & 0xffn)
  return out
}

type Fp2Value = ReturnType<typeof Fp2.fromBigTuple>
const B2 = Fp2.fromBigTuple([4n, 4n])

const fp: Field<bigint> = {
  size: FP,
  read: readFp,
  write: writeFp,
  is0: (value) => value === 0n,
  right: (x) => Fp.add(Fp.mul(Fp.sqr(x), x), 4n),
  sqrt: (value) => Fp.sqrt(value),
  eql: (a, b) => a === b,
  sqr: (value) => Fp.sqr(value),
  neg: (value) => Fp.neg(value),
  isLarge: (value) => value > HALF,
}

/** The second coefficient comes first. */
const fp2: Field<Fp2Value> = {
  size: 2 * FP,
  read(bytes) {
    const c1 = readFp(bytes.subarray(0, FP))
    const c0 = readFp(bytes.subarray(FP))
    return c0 === null || c1 === null ? null : Fp2.fromBigTuple([c0, c1])
  },
  write({ c0, c1 }) {
    const out = new Uint8Array(2 * FP)
    out.set(writeFp(c1))
    out.set(writeFp(c0), FP)
    return out
  },
  is0: (value) => Fp2.is0(value),
  right: (x) => Fp2.add(Fp2.mul(Fp2.sqr(x), x), B2),
  sqrt: (value) => Fp2.sqrt(value),
  eql: (a, b) => Fp2.eql(a, b),
  sqr: (value) => Fp2.sqr(value),
  neg: (value) => Fp2.neg(value),
  isLarge: ({ c0, c1 }) => (c1 === 0n ? c0 > HALF : c1 > HALF),
}

const { G1, G2 } = bls12_381
/** noble types these as the bare map; they are the hasher's, which clears the cofactor. A test holds it to RFC 9380. */
const mapToG1 = G1.mapToCurve as unknown as (u: bigint) => G1Point
const mapToG2 = G2.mapToCurve as unknown as (u: [bigint, bigint]) => G2Point

export const g1: BlsGroup<G1Point> = group(fp, G1.Point, (point) => point.toAffine(), mapToG1)
export const g2: BlsGroup<G2Point> = group(
  fp2,
  G2.Point,
  (point) => point.toAffine(),
  ({ c0, c1 }) => mapToG2([c0, c1]),
)
