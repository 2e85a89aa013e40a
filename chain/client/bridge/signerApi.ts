/**
 * What a bridge signer answers over HTTP, parsed at the edge by relayer, command line and page. Hashes, addresses, digests and
 * signatures are lower-case hex without 0x; integers of 64 bits and more are decimal strings. A signature is r‖s‖v, 65 bytes,
 * v 27 or 28, low s, over the digest of the payload in the bridge's EIP-712 domain.
 */
import { z } from 'zod'

export const SIGNER_SCHEMA = 'blyan.signer/1'

/** What a signer signs, as the paths of its HTTP API name it. */
export const PAYLOAD_KINDS = ['lock', 'burn', 'link', 'anchor', 'veto', 'pause', 'rotate'] as const
export type PayloadKind = (typeof PAYLOAD_KINDS)[number]

const decimal = (most: number) => z.string().regex(new RegExp(`^(?:0|[1-9]\\d{0,${most - 1}})$`))
const u64 = decimal(20)
const u128 = decimal(39)
const hash = z.string().regex(/^[0-9a-f]{64}$/)
const address = z.string().regex(/^[0-9a-f]{40}$/)
const accountId = z.string().min(2).max(64)
const direction = z.enum(['near-evm', 'evm-near'])
const ms = z.number().int().nonnegative()

/** Payloads as `contracts/near/lib/pure/bridgePayload.ts` hashes them. */
export const PAYLOAD_SCHEMAS = {
  lock: z.object({ nonce: u64, epoch: u64, source: hash, receiver: address, amount: u128 }),
  burn: z.object({ nonce: u64, epoch: u64, source: hash, receiver: accountId, amount: u128 }),
  link: z.object({ nonce: u64, epoch: u64, account: accountId, evm: address }),
  anchor: z.object({ epoch: u64, size: u64, root: hash, tainted: hash }),
  veto: z.object({ nonce: u64, epoch: u64, direction }),
  pause: z.object({ nonce: u64, epoch: u64, direction }),
  rotate: z.object({
    epoch: u64,
    signers: z.array(address).min(1).max(32),
    k: z.number().int().min(1).max(32),
    validFrom: u64,
  }),
} as const satisfies Record<PayloadKind, z.ZodType>

export type Payloads = { [K in PayloadKind]: z.infer<(typeof PAYLOAD_SCHEMAS)[K]> }

/**
 * `nonce` (lock, burn, link), `size` (anchor), `direction:nonce` (veto, pause: `near-evm:7`), `epoch` (rotate).
 * @example payloadKey('veto', { direction: 'near-evm', nonce: '7', epoch: '1' }) // 'near-evm:7'
 */
export function payloadKey<K extends PayloadKind>(kind: K, payload: Payloads[K]): string {
  const fields = payload as Record<string, unknown>
  switch (kind as PayloadKind) {
    case 'lock':
    case 'burn':
    case 'link':
      return String(fields.nonce)
    case 'anchor':
      return String(fields.size)
    case 'veto':
    case 'pause':
      return `${fields.direction}:${fields.nonce}`
    case 'rotate':
      return String(fields.epoch)
  }
}

/** A key as a path or query may carry it. */
export const payloadKeySchema = z.string().regex(/^(?:(?:near-evm|evm-near):)?(?:0|[1-9]\d{0,19})$/)

const signed = {
  key: payloadKeySchema,
  epoch: u64,
  digest: hash,
  signature: z.string().regex(/^[0-9a-f]{130}$/),
  signedAt: ms,
}
const item = <K extends PayloadKind>(kind: K) =>
  z.object({ kind: z.literal(kind), payload: PAYLOAD_SCHEMAS[kind], ...signed })

/** One payload with this signer's signature: `epoch` is the signer set's that it counts for (of `rotate`: the one to begin). */
export const signedItemSchema = z.discriminatedUnion('kind', [
  item('lock'),
  item('burn'),
  item('link'),
  item('anchor'),
  item('veto'),
  item('pause'),
  item('rotate'),
])
export type SignedItem = z.infer<typeof signedItemSchema>

/** `GET /payloads?kind=&from=&limit=`: from key `from` on, ascending; `next` is the `from` of the next page. */
export const signedPageSchema = z.object({ items: z.array(signedItemSchema), next: z.string().nullable() })
export type SignedPage = z.infer<typeof signedPageSchema>

/** The most items of one page, and how many where nothing is asked. */
export const PAGE_LIMIT = 200
export const PAGE_DEFAULT = 50

export const payloadsQuerySchema = z.object({
  kind: z.enum(PAYLOAD_KINDS),
  from: payloadKeySchema.optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT).default(PAGE_DEFAULT),
})

const chainHead = z.object({ head: z.number().int().nonnegative(), final: z.number().int().nonnegative() })

/** `GET /status`. Heads are block heights; `final` is the block up to which the signer has read. */
export const signerStatusSchema = z.object({
  schema: z.literal(SIGNER_SCHEMA),
  address,
  epoch: u64,
  near: chainHead,
  evm: chainHead,
  /** Null while it signs; otherwise it signs and serves nothing until an operator has looked. */
  halted: z.object({ code: z.string(), what: z.string(), at: ms }).nullable(),
  /** When both chains were last read whole, ms. */
  lastSeenAt: ms,
  /** Both RPCs of a chain are one: a lie of that one would be believed. */
  oneRpc: z.boolean().default(false),
})
export type SignerStatus = z.infer<typeof signerStatusSchema>

/** Every error, as `application/problem+json`. */
export const signerProblemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  what: z.string(),
  fix: z.string(),
})
export type SignerProblem = z.infer<typeof signerProblemSchema>

/** The code with which a signer says that it has not (yet) seen what is asked for; 404. */
export const SIGNER_NOT_SEEN = 'SIGNER_NOT_SEEN'
/** The code with which a halted signer answers; 503. */
export const SIGNER_HALTED = 'SIGNER_HALTED'
