/** Where the index goes on, after making sure that the chain is the one that it followed so far. */
import { eq } from 'drizzle-orm'
import { OtherChainError } from './errors.ts'
import type { FollowerOptions } from './follower.ts'
import { table } from './rows.ts'
import type { Position } from './writeRows.ts'

/** @throws OtherChainError, source and database errors */
export async function openPosition(
  { db, source, contracts, startHeight = 0 }: Pick<FollowerOptions, 'db' | 'source' | 'contracts' | 'startHeight'>,
  signal?: AbortSignal,
): Promise<Position> {
  const { chainId, genesisHash } = await source.genesis(signal)
  const [known] = await db.db.select().from(table.cursor).where(eq(table.cursor.id, 1))
  if (known !== undefined) {
    const pairs = [
      ['chain', known.chainId, chainId],
      ['genesis', known.genesisHash, genesisHash],
      ['token', known.bly, contracts.bly],
      ['market', known.market, contracts.market],
    ] as const
    for (const [what, before, now] of pairs) if (before !== now) throw otherChain(what, before, now)
    const bridge = contracts.bridge ?? null
    if (known.bridge !== bridge) throw otherBridge(known.bridge, bridge)
    return { height: known.height, hash: known.hash, at: known.at }
  }
  const position = { height: startHeight - 1, hash: '', at: 0 }
  await db.db
    .insert(table.cursor)
    .values({ id: 1, chainId, genesisHash, ...contracts, ...position })
    .onConflictDoNothing()
  return position
}

const otherBridge = (before: string | null, now: string | null) =>
  new OtherChainError({
    what: `This index followed ${before === null ? 'no bridge' : `the bridge ${before}`}; it is asked to follow ${now ?? 'none'}.`,
    fix: 'Name the same bridge as before, or start over with `blyan index rebuild`: other events belong to it.',
    data: { what: 'bridge', before, now },
  })

const otherChain = (what: string, before: string, now: string) =>
  new OtherChainError({
    what: `This index followed the ${what} ${before}; the node now has ${now}.`,
    fix: 'Correct --rpc, --bly or --market, give this chain its own --dir, or start over with `blyan index rebuild`.',
    data: { what, before, now },
  })
