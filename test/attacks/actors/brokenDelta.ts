/**
 * A trainer whose work is honest and whose update is not: BROKEN_DELTA=corrupt flips a byte of it, `oversized` appends
 * more than any update may have, `unserved` names a content address whose bytes it keeps to itself.
 */
import { createHash } from 'node:crypto'
import { CID } from 'multiformats/cid'
import { create } from 'multiformats/hashes/digest'
import { runNode } from '../../../scripts/cli/node.ts'
import { honest, type Strategy } from '../../../workers/node/strategy.ts'

const how = process.env.BROKEN_DELTA ?? 'corrupt'
const RAW = 0x55
const SHA2_256 = 0x12
/** More than four bytes a parameter of any model that the tests train. */
const EXCESS_BYTES = 4 << 20

const strategy: Strategy = {
  ...honest,
  encode: (encode) => (update, residual) => {
    const { bytes, residual: rest } = encode(update, residual)
    if (how === 'oversized')
      return { bytes: new Uint8Array(Buffer.concat([bytes, new Uint8Array(EXCESS_BYTES)])), residual: rest }
    if (how === 'unserved') return { bytes, residual: rest }
    const broken = bytes.slice()
    broken[broken.length >> 1] ^= 1
    return { bytes: broken, residual: rest }
  },
  runRound: (hash, work, options) =>
    honest.runRound(hash, how === 'unserved' ? { ...work, cidOf: async (bytes) => rawCid(bytes) } : work, options),
}

function rawCid(bytes: Uint8Array): string {
  return CID.createV1(RAW, create(SHA2_256, createHash('sha256').update(bytes).digest())).toString()
}

process.exitCode = await runNode(process.argv.slice(2), strategy)
