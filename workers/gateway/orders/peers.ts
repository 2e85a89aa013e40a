/** Addresses of operators' nodes from which content is fetched: none leads into a private network, the embedded one aside. */
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { MarketViews } from '../../node/views.ts'
import { isPublicAddress, parseServerUrl } from '../answers/address.ts'

/** Resolves a name to all its addresses. */
export type Resolve = (name: string) => Promise<readonly string[]>

const systemResolve: Resolve = async (name) => (await lookup(name, { all: true })).map(({ address }) => address)

/** Whether content may be fetched from a registered address. */
export async function isFetchable(url: string, embedded: boolean, resolve: Resolve = systemResolve): Promise<boolean> {
  try {
    const { hostname } = parseServerUrl(url, embedded)
    const name = hostname.replace(/^\[|\]$/g, '')
    if (embedded || isIP(name) !== 0) return true
    const addresses = await resolve(name)
    return addresses.length > 0 && addresses.every(isPublicAddress)
  } catch {
    return false
  }
}

const KNOWN_MS = 60_000

/** Addresses of accounts as they registered them, those that may be asked; looked up once a minute at most for each. */
export function peerBook(
  views: Pick<MarketViews, 'node'>,
  { embedded, now, resolve }: { embedded: boolean; now: () => number; resolve?: Resolve },
): (accounts: readonly string[]) => Promise<string[]> {
  const known = new Map<string, { peer: string | null; until: number }>()
  const peerOf = async (account: string): Promise<string | null> => {
    const entry = known.get(account)
    if (entry && entry.until > now()) return entry.peer
    const peer = (await views.node(account))?.peer ?? ''
    const usable = peer !== '' && (await isFetchable(peer, embedded, resolve)) ? peer : null
    known.set(account, { peer: usable, until: now() + KNOWN_MS })
    return usable
  }
  return async (accounts) => {
    const peers = await Promise.all([...new Set(accounts)].map(peerOf))
    return peers.filter((peer) => peer !== null)
  }
}
