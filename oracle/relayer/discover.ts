/** What is to be carried: locks, burns and links as the chains count them, anchors as k signers offer them. */
import {
  checkItem,
  collectOptions,
  getJson,
  type SignerSet,
  signedPageSchema,
} from '../../chain/client/bridge/index.ts'
import type { Carrier } from './carry.ts'
import type { JobKind, RelayerJournal } from './journal.ts'

/** New jobs of one kind in one round: a chain that counts further is followed in the next. */
const MOST = 500n
const PAGE_BYTES = 512 * 1024
const PAGE_TIMEOUT_MS = 5_000
/** Anchors that a signer may offer above the last one. */
const OFFERS = 20

/** Adds what is new. Chains count without gaps, so nothing can be left out by a signer's silence. */
export async function discover(carrier: Carrier, journal: RelayerJournal, now: number): Promise<void> {
  const { near, evm } = carrier
  const counted: [JobKind, () => Promise<bigint>][] = [
    ['lock', near.lockCount],
    ['burn', evm.burnCount],
    ['link', near.linkCount],
  ]
  const found = await Promise.allSettled([
    ...counted.map(async ([kind, count]) => journal.add(kind, range(journal.known(kind), await count()), now)),
    newestAnchor(carrier).then((size) => journal.add('anchor', size === null ? [] : [size], now)),
  ])
  for (const each of found) if (each.status === 'rejected') throw each.reason
}

/** The largest list above the anchored one that k signers offer. */
export async function newestAnchor(
  carrier: Pick<Carrier, 'evm' | 'deployment' | 'fetch' | 'signal'>,
): Promise<bigint | null> {
  const { evm, deployment, fetch: send = fetch, signal } = carrier
  const active = await evm.signerSet()
  const { size } = await evm.anchored()
  const offers = await Promise.all(
    deployment.signers.map(({ url }) => offeredBy(url, size + 1n, carrier, active, send, signal)),
  )
  const votes = new Map<string, Set<string>>()
  for (const { address, key } of offers.flat()) votes.set(key, (votes.get(key) ?? new Set()).add(address))
  return [...votes]
    .filter(([, addresses]) => addresses.size >= active.k)
    .map(([key]) => BigInt(key))
    .reduce<bigint | null>((best, key) => (best === null || key > best ? key : best), null)
}

async function offeredBy(
  base: string,
  from: bigint,
  carrier: Pick<Carrier, 'deployment' | 'fetch' | 'signal'>,
  active: SignerSet,
  send: typeof fetch,
  signal?: AbortSignal,
): Promise<{ address: string; key: string }[]> {
  const offered: { address: string; key: string }[] = []
  const url = new URL('/payloads', base)
  url.search = new URLSearchParams({ kind: 'anchor', from: String(from), limit: String(OFFERS) }).toString()
  const answer = await getJson(url, send, PAGE_TIMEOUT_MS, signal, PAGE_BYTES)
  const page = signedPageSchema.safeParse(typeof answer === 'string' ? null : answer.json)
  if (!page.success) return offered
  for (const item of page.data.items.slice(0, OFFERS)) {
    if (item.kind !== 'anchor') continue
    const checked = await checkItem(item, collectOptions(carrier, active))
    if (typeof checked !== 'string') offered.push({ address: checked.address, key: item.key })
  }
  return offered
}

function range(from: bigint, until: bigint): bigint[] {
  const last = until - from > MOST ? from + MOST : until
  const keys: bigint[] = []
  for (let key = from; key < last; key++) keys.push(key)
  return keys
}
