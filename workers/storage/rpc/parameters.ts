/** Query parameters of Kubo's RPC, parsed: what this node cannot do is refused by name rather than ignored. */
import { z } from 'zod'
import { InvalidArgumentError } from '../../../chain/lib/errors.ts'

const boolean = z.enum(['true', 'false']).transform((text) => text === 'true')
const off = z.literal('false', 'is not supported by this node')
const timeout = z
  .string()
  .regex(/^\d{1,9}(ms|s|m)$/, 'must be like 500ms, 10s or 2m')
  .transform((text) => Number.parseInt(text, 10) * { ms: 1, s: 1_000, m: 60_000 }[text.replace(/\d/g, '') as 'ms'])

/** What clients send along and what changes nothing here. */
const common = {
  timeout: timeout.optional(),
  encoding: z.literal('json').optional(),
  'stream-channels': boolean.optional(),
}
const cid = { arg: z.string('names the CID') }

export const addParameters = z.strictObject({
  ...common,
  'cid-version': z.enum(['0', '1']).default('0'),
  'raw-leaves': boolean.optional(),
  chunker: z.literal('size-262144', 'must be size-262144').optional(),
  'max-file-links': z.literal('174', 'must be 174').optional(),
  hash: z.literal('sha2-256', 'must be sha2-256').optional(),
  pin: boolean.default(true),
  'only-hash': boolean.default(false),
  progress: boolean.optional(),
  quiet: boolean.optional(),
  quieter: boolean.optional(),
  silent: boolean.optional(),
  trickle: off.optional(),
  inline: off.optional(),
  nocopy: off.optional(),
  'wrap-with-directory': off.optional(),
})
export const catParameters = z.strictObject({ ...common, ...cid, progress: boolean.optional() })
export const blockPutParameters = z.strictObject({
  ...common,
  'cid-codec': z.enum(['raw', 'dag-pb']).optional(),
  format: z.enum(['raw', 'dag-pb', 'protobuf', 'v0']).optional(),
  mhtype: z.literal('sha2-256', 'must be sha2-256').optional(),
  mhlen: z.enum(['-1', '32']).optional(),
  version: z.literal('1').optional(),
  pin: boolean.default(false),
})
export const cidParameters = z.strictObject({ ...common, ...cid, offline: boolean.optional() })
export const pinParameters = z.strictObject({
  ...common,
  ...cid,
  recursive: z.literal('true', 'must be true: this node pins whole files').optional(),
  stream: boolean.optional(),
  progress: off.optional(),
})
export const pinListParameters = z.strictObject({
  ...common,
  arg: z.string().optional(),
  type: z.enum(['all', 'recursive']).optional(),
  stream: boolean.default(false),
  names: off.optional(),
  quiet: boolean.optional(),
})
export const noParameters = z.looseObject({})

/** @throws InvalidArgumentError naming the parameter at fault */
export function parseParameters<S extends z.ZodType>(schema: S, query: URLSearchParams): z.infer<S> {
  const result = schema.safeParse(Object.fromEntries(query))
  if (result.success) return result.data
  const [issue] = result.error.issues
  const field = issue.code === 'unrecognized_keys' ? issue.keys[0] : String(issue.path[0])
  const why = issue.code === 'unrecognized_keys' ? 'is not supported by this node' : issue.message
  throw new InvalidArgumentError({
    what: `Parameter ${field} ${why}.`,
    fix: 'Leave it out, or use a full Kubo node with --ipfs URL.',
    data: { field },
  })
}
