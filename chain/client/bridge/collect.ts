/**
 * Signatures for one payload, gathered from the signers by whoever wants to submit it. Nothing of an answer is believed: the
 * payload is hashed here, the signer is recovered from the signature, and only members of the active set count.
 */
import { recoverAddress } from 'viem'
import { keccak256 } from '../../lib/hash.ts'
import {
  type AnchorPayload,
  type BridgeDomain,
  type BurnPayload,
  domainSeparator,
  hashAnchor,
  hashBurn,
  hashLink,
  hashLock,
  hashPause,
  hashRotate,
  hashVeto,
  type LinkPayload,
  type LockPayload,
  type PausePayload,
  type RotatePayload,
  typedDigest,
  type VetoPayload,
} from '../protocol.ts'
import { SignaturesMissingError } from './errors.ts'
import { type PayloadKind, type Payloads, payloadKey, type SignedItem, signedItemSchema } from './signerApi.ts'

/** The signers that count now. Addresses are 40 lower-case hex digits. */
export interface SignerSet {
  epoch: bigint
  signers: readonly string[]
  k: number
}

/** Why an address's answer was not used. */
export interface Refused {
  url: string
  why:
    | 'unreachable'
    | 'not seen'
    | 'halted'
    | 'malformed'
    | 'another key'
    | 'older signers'
    | 'not a signer'
    | 'wrong signature'
}

export interface Signed {
  address: string
  signature: string
  /** When it says that it signed, ms; its own word. */
  signedAt: number
}

export interface Collected<K extends PayloadKind = PayloadKind> {
  kind: K
  key: string
  /** What the most signers signed; null when nobody did. */
  payload: Payloads[K] | null
  /** Ascending by address, one each: as both contracts want them. */
  signatures: readonly Signed[]
  need: number
  of: number
  /** Active signers that have not signed this content, as far as heard. */
  missing: readonly string[]
  refused: readonly Refused[]
  /** Signers signed different contents for one key: one of them lies or is deceived. */
  conflict: boolean
}

export interface CollectOptions {
  domain: BridgeDomain
  active: SignerSet
  /** Where signers answer. */
  urls: readonly string[]
  fetch?: typeof fetch
  signal?: AbortSignal
  /** Longest wait for one signer, ms. */
  timeoutMs?: number
}

const TIMEOUT_MS = 5_000
/** A payload and its signature are under 3 kB with 32 signers; more is no honest answer. */
const MAX_ANSWER_BYTES = 64 * 1024

/** All signatures that can be had for one payload now. Never throws for a signer's fault: `refused` tells it. */
export async function collectSignatures<K extends PayloadKind>(
  kind: K,
  key: string,
  options: CollectOptions,
): Promise<Collected<K>> {
  const { active, urls } = options
  const answers = await Promise.all(urls.map(async (url) => ({ url, got: await askSigner(url, kind, key, options) })))
  const refused: Refused[] = []
  const byDigest = new Map<string, { payload: Payloads[K]; signatures: Map<string, Signed> }>()
  for (const { url, got } of answers) {
    if (typeof got === 'string') {
      refused.push({ url, why: got })
      continue
    }
    const { digest, payload, address, signature, signedAt } = got
    const entry = byDigest.get(digest) ?? { payload: payload as Payloads[K], signatures: new Map() }
    entry.signatures.set(address, { address, signature, signedAt })
    byDigest.set(digest, entry)
  }
  const best = [...byDigest.values()].sort((a, b) => b.signatures.size - a.signatures.size)[0]
  const signatures = [...(best?.signatures.values() ?? [])].sort((a, b) => (a.address < b.address ? -1 : 1))
  return {
    kind,
    key,
    payload: best?.payload ?? null,
    signatures,
    need: active.k,
    of: active.signers.length,
    missing: active.signers.filter((each) => !signatures.some(({ address }) => address === each)),
    refused,
    conflict: byDigest.size > 1,
  }
}

/** A collection that both contracts accept: exactly k signatures, since more cost gas and add nothing.
 *  @throws SignaturesMissingError when fewer are there */
export function requireSignatures<K extends PayloadKind>(
  collected: Collected<K>,
): { payload: Payloads[K]; signatures: string[] } {
  const { payload, signatures, need, of, kind, key } = collected
  if (payload === null || signatures.length < need) {
    throw new SignaturesMissingError({
      what: `${signatures.length} of ${need} needed signers have signed ${kind} ${key}; there are ${of}.`,
      fix: 'Wait until one more signer answers, then try again: nothing is lost meanwhile.',
      data: { have: signatures.length, need, of, refused: collected.refused },
    })
  }
  return { payload, signatures: signatures.slice(0, need).map(({ signature }) => signature) }
}

/** EIP-712 digest of a payload. @returns 64 lower-case hex digits */
export function payloadDigest<K extends PayloadKind>(domain: BridgeDomain, kind: K, payload: Payloads[K]): string {
  return typedDigest(keccak256, domainSeparator(keccak256, domain), structHash(kind, payload))
}

/** EIP-712 struct hash of a payload. */
export function structHash<K extends PayloadKind>(kind: K, payload: Payloads[K]): string {
  switch (kind as PayloadKind) {
    case 'lock':
      return hashLock(keccak256, payload as LockPayload)
    case 'burn':
      return hashBurn(keccak256, payload as BurnPayload)
    case 'link':
      return hashLink(keccak256, payload as LinkPayload)
    case 'anchor':
      return hashAnchor(keccak256, payload as AnchorPayload)
    case 'veto':
      return hashVeto(keccak256, payload as VetoPayload)
    case 'pause':
      return hashPause(keccak256, payload as PausePayload)
    case 'rotate':
      return hashRotate(keccak256, payload as RotatePayload)
  }
}

/**
 * Whether an item is what it says: its key from its payload, its signature by an active signer over its payload in its epoch.
 * @param epoch the one that counts: the active one, and for `rotate` the one that begins
 * @returns the signer, or why not
 */
export async function checkItem(
  item: SignedItem,
  { domain, active }: Pick<CollectOptions, 'domain' | 'active'>,
): Promise<{ address: string; digest: string } | Refused['why']> {
  const { kind, payload, signature } = item
  if (payloadKey(kind, payload as never) !== item.key) return 'another key'
  const epoch = kind === 'rotate' ? active.epoch + 1n : active.epoch
  if (BigInt(payload.epoch) !== epoch) return 'older signers'
  if (!isCanonical(signature)) return 'wrong signature'
  const digest = payloadDigest(domain, kind, payload as never)
  try {
    const recovered = await recoverAddress({ hash: `0x${digest}`, signature: `0x${signature}` })
    const address = recovered.slice(2).toLowerCase()
    if (active.signers.includes(address)) return { address, digest }
    return kind === 'rotate' && (payload as RotatePayload).signers.includes(address)
      ? { address, digest }
      : 'not a signer'
  } catch {
    return 'wrong signature'
  }
}

/** Half the order of secp256k1. Both contracts refuse an s above it, since n − s would sign the same with other bytes. */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

function isCanonical(signature: string): boolean {
  const [s, v] = [BigInt(`0x${signature.slice(64, 128)}`), signature.slice(128)]
  return s > 0n && s <= HALF_ORDER && (v === '1b' || v === '1c')
}

async function askSigner(
  url: string,
  kind: PayloadKind,
  key: string,
  { fetch: send = fetch, signal, timeoutMs = TIMEOUT_MS, ...options }: CollectOptions,
): Promise<(Signed & { digest: string; payload: SignedItem['payload'] }) | Refused['why']> {
  const answer = await getJson(new URL(`${url.replace(/\/$/, '')}/payloads/${kind}/${key}`), send, timeoutMs, signal)
  if (typeof answer === 'string') return answer
  const parsed = signedItemSchema.safeParse(answer.json)
  if (!parsed.success) return 'malformed'
  if (parsed.data.kind !== kind || parsed.data.key !== key) return 'another key'
  const checked = await checkItem(parsed.data, options)
  if (typeof checked === 'string') return checked
  const { payload, signature, signedAt } = parsed.data
  return { ...checked, payload, signature, signedAt }
}

/** One bounded GET. */
export async function getJson(
  url: URL,
  send: typeof fetch,
  timeoutMs: number,
  signal?: AbortSignal,
  maxBytes = MAX_ANSWER_BYTES,
): Promise<{ json: unknown } | 'unreachable' | 'not seen' | 'halted' | 'malformed'> {
  const limit = AbortSignal.timeout(timeoutMs)
  try {
    const response = await send(url, {
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      redirect: 'error',
      headers: { accept: 'application/json' },
    })
    if (response.status === 404) return 'not seen'
    if (response.status === 503) return 'halted'
    if (!response.ok) return 'unreachable'
    const text = await boundedText(response, maxBytes)
    return text === null ? 'malformed' : { json: JSON.parse(text) }
  } catch (error) {
    signal?.throwIfAborted()
    return error instanceof SyntaxError ? 'malformed' : 'unreachable'
  }
}

async function boundedText(response: Response, maxBytes: number): Promise<string | null> {
  const reader = response.body?.getReader()
  if (reader === undefined) return ''
  const decoder = new TextDecoder()
  let [text, size] = ['', 0]
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    size += value.length
    if (size > maxBytes) {
      await reader.cancel()
      return null
    }
    text += decoder.decode(value, { stream: true })
  }
}
