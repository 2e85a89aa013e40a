/** Genesis: the whole supply goes to one account, once. There is no other minter. */
import { requireAccountId } from '../lib/access.ts'
import { ensure } from '../lib/errors.ts'
import type { Host } from '../lib/host.ts'
import { emitMint } from './events.ts'
import { GENESIS_SUPPLY, type GivenMetadata, setMetadata } from './metadata.ts'
import { KEYS, setBalance, setSupply } from './storage.ts'

/** @throws BLY_INITIALISED ACCOUNT_INVALID BLY_METADATA_INVALID */
export function init(host: Host, args: { owner_id: string; metadata?: GivenMetadata | null }): void {
  ensure(!host.has(KEYS.supply), 'BLY_INITIALISED', () => 'the supply has been minted')
  const owner = requireAccountId(args.owner_id, 'owner_id')
  setSupply(host, GENESIS_SUPPLY)
  setBalance(host, owner, GENESIS_SUPPLY)
  if (args.metadata) setMetadata(host, args.metadata)
  emitMint(host, owner, GENESIS_SUPPLY, 'genesis')
}
