/** What BLY says about itself: NEP-148 for wallets, NEP-330 for those who check the source. */
import { ensure, fail } from '../lib/errors.ts'
import type { Host } from '../lib/host.ts'
import { KEYS } from './storage.ts'

export const DECIMALS = 18
/** attoBLY: 1,000,000,000 BLY, minted once. */
export const GENESIS_SUPPLY = 1_000_000_000n * 10n ** BigInt(DECIMALS)

/** NEP-148, version ft-1.0.0. */
export interface TokenMetadata {
  spec: string
  name: string
  symbol: string
  icon: string | null
  reference: string | null
  /** Base64 of the sha256 of what `reference` serves. */
  reference_hash: string | null
  decimals: number
}

/** Two strokes and a dot in a circle, small enough for every wallet list. */
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Ccircle cx='16' cy='16' r='16'" +
  " fill='%23102a43'/%3E%3Cpath d='M11 7v18h6a5 5 0 0 0 0-10h-6m0 0h5a4 4 0 0 0 0-8h-5' fill='none' stroke='%2362f6b5'" +
  " stroke-width='3'/%3E%3C/svg%3E"

export const BLY_METADATA: TokenMetadata = {
  spec: 'ft-1.0.0',
  name: 'Blyan',
  symbol: 'BLY',
  icon: ICON,
  reference: null,
  reference_hash: null,
  decimals: DECIMALS,
}

/** NEP-330. */
export interface SourceMetadata {
  version: string
  link: string | null
  standards: readonly { standard: string; version: string }[]
}

export const SOURCE_METADATA: SourceMetadata = {
  version: '0.1.0',
  link: null,
  standards: [
    { standard: 'nep141', version: '1.0.0' },
    { standard: 'nep145', version: '1.0.0' },
    { standard: 'nep148', version: '1.0.0' },
    { standard: 'nep297', version: '1.0.0' },
    { standard: 'nep330', version: '1.1.0' },
  ],
}

/** The metadata given at init, or BLY's own. */
export function getMetadata(host: Host): TokenMetadata {
  const record = host.read(KEYS.metadata)
  return record === null ? BLY_METADATA : JSON.parse(record)
}

/** Metadata as a caller gives it: what may be null may also be left out. */
export type GivenMetadata = Pick<TokenMetadata, 'spec' | 'name' | 'symbol' | 'decimals'> &
  Partial<Pick<TokenMetadata, 'icon' | 'reference' | 'reference_hash'>>

/** Stores metadata other than BLY's own. @throws BLY_METADATA_INVALID */
export function setMetadata(host: Host, given: GivenMetadata): void {
  const { spec, name, symbol, icon, reference, reference_hash, decimals } = given
  ensure(spec === 'ft-1.0.0', 'BLY_METADATA_INVALID', () => `spec must be "ft-1.0.0", got "${spec}"`)
  ensure(decimals === DECIMALS, 'BLY_METADATA_INVALID', () => `decimals must be ${DECIMALS}, got ${decimals}`)
  if (!name || !symbol) fail('BLY_METADATA_INVALID', 'name and symbol must not be empty')
  if ((reference ?? null) === null && (reference_hash ?? null) !== null) {
    fail('BLY_METADATA_INVALID', 'reference_hash without reference')
  }
  const whole: TokenMetadata = {
    spec,
    name,
    symbol,
    icon: icon ?? null,
    reference: reference ?? null,
    reference_hash: reference_hash ?? null,
    decimals,
  }
  host.write(KEYS.metadata, JSON.stringify(whole))
}
