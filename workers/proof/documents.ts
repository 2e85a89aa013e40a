/** The JSON documents of a task that live on IPFS, each parsed before use. Source: docs/protocol.md, "documents". */
import { z } from 'zod'
import { BlyanError, type Fault } from '../../chain/lib/errors.ts'

/** A document on IPFS is not what its schema says; its author is at fault. */
export class DocumentError extends BlyanError {
  static override readonly code: string = 'DOCUMENT_INVALID'
  static override readonly fault: Fault = 'peer'
}

const hex32 = z.string().regex(/^[0-9a-f]{64}$/)
const cid = z.string().regex(/^b[a-z2-7]{20,120}$/)
const count = z
  .number()
  .int()
  .nonnegative()
  .max(2 ** 40)
const positive = z
  .number()
  .int()
  .positive()
  .max(2 ** 31)

export const taskSpecSchema = z.strictObject({
  schema: z.literal('blyan.spec/1'),
  model: z.strictObject({
    kind: z.literal('gpt'),
    layers: positive.max(64),
    width: positive.max(4096),
    heads: positive.max(64),
    context: positive.max(4096),
    vocab: positive.max(65536),
    seed: z.string().max(64),
    /** Number of float32 values. */
    parameters: positive.max(20_000_000),
  }),
  /** Raw little-endian float32 parameters before round 0. */
  init: cid,
  data: z.strictObject({ cid, bytes: positive, sha256: hex32 }),
  train: z.strictObject({
    /** Steps a round. */
    steps: positive.max(100_000),
    batch: positive.max(4096),
    context: positive.max(4096),
    optimizer: z.strictObject({
      kind: z.literal('adamw'),
      beta1: z.number(),
      beta2: z.number(),
      epsilon: z.number().positive(),
      weightDecay: z.number().nonnegative(),
    }),
    /** Linear warm-up to `peak`, then linear decay to `floor` × peak at step `total`. */
    schedule: z.strictObject({
      peak: z.number().positive(),
      warmup: count,
      total: positive,
      floor: z.number().min(0).max(1),
    }),
  }),
  delta: z.strictObject({ chunk: positive, keepBps: positive.max(10_000), bits: z.union([z.literal(8)]) }),
  merge: z.strictObject({
    rule: z.literal('mean'),
    outer: z.strictObject({ kind: z.literal('plain'), learningRate: z.number().positive().max(10) }),
    /** Largest L2 norm of a decoded delta; null where none is set. */
    normClip: z.number().positive().nullable(),
  }),
  segments: z.number().int().min(2).max(256),
  heldOut: z.strictObject({ sets: cid, bytesPerRound: positive }),
  profile: z.strictObject({
    name: z.literal('canonical'),
    runtime: z.literal('onnxruntime-web'),
    version: z.string().max(32),
    wasmSha256: hex32,
  }),
})
export type TaskDocument = z.infer<typeof taskSpecSchema>

export const heldOutSchema = z.strictObject({
  schema: z.literal('blyan.heldout/1'),
  sets: z
    .array(z.strictObject({ ciphertext: cid, root: hex32, bytes: positive }))
    .min(1)
    .max(1000),
})
export type HeldOutDocument = z.infer<typeof heldOutSchema>

const stored = z.strictObject({ hash: hex32, cid })
const proof = z.array(hex32).max(16)

export const manifestSchema = z.strictObject({
  schema: z.literal('blyan.manifest/1'),
  task: z.string().max(20),
  round: count,
  account: z.string().max(64),
  leaves: z
    .array(
      z.strictObject({
        leaf: count.max(255),
        start: z.strictObject({
          parameters: stored,
          m: stored,
          v: stored,
          counters: stored,
          residual: z.strictObject({ hash: hex32 }),
        }),
        startProof: proof,
        /** State hash of boundary leaf + 1. */
        end: hex32,
        endProof: proof,
      }),
    )
    .max(256),
  codec: z.strictObject({
    start: z.strictObject({ parameters: stored, m: stored, v: stored, counters: stored, residual: stored }),
    startProof: proof,
  }),
})
export type Manifest = z.infer<typeof manifestSchema>

/**
 * Parses one document from its bytes.
 * @throws DocumentError when the bytes are no JSON or do not fit the schema; `data.field` names the first misfit
 */
export function parseDocument<S extends z.ZodType>(schema: S, bytes: Uint8Array, name: string): z.infer<S> {
  let raw: unknown
  try {
    raw = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new DocumentError({ what: `${name} is not JSON.`, fix: 'Ask its author to publish it again.', cause })
  }
  const parsed = schema.safeParse(raw)
  if (parsed.success) return parsed.data
  const first = parsed.error.issues[0]
  const field = first?.path.join('.') ?? ''
  throw new DocumentError({
    what: `${name} does not fit its schema at "${field}": ${first?.message}.`,
    fix: 'Ask its author to publish it again.',
    data: { field },
  })
}

/** The bytes of a document as they are put on IPFS. */
export function documentBytes(document: TaskDocument | HeldOutDocument | Manifest): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(document)}\n`)
}
