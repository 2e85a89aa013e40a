/** One chain, from where the journal stands to its newest final block: observe, write down, move on. */
import type { ChainReader } from './chains/reader.ts'
import { crashPoint } from './crashPoint.ts'
import { ChainBehindError, ContentConflictError, FinalityBrokenError, SourceVanishedError } from './errors.ts'
import type { Journal } from './journal.ts'
import type { VestedReceipts } from './receipts/vestedReceipts.ts'
import type { BlockRef, Heads, Observation } from './types.ts'

/** Blocks looked at again each round: a reorganisation takes the newest first; older ones come in turn. */
const RECHECKED = { newest: 4, older: 4 } as const

export interface FollowParts {
  journal: Journal
  receipts: VestedReceipts
  /** Hears of what is never signed. */
  refuse(error: Error & { code: string; what: string; data: Record<string, unknown> }): void
}

/**
 * @param heads the chain's, asked just now  @returns whether anything new was taken in
 * @throws SourceVanishedError, FinalityBrokenError: the caller halts · ChainBehindError, RpcsDisagreeError and what the RPCs
 * throw: it tries again
 */
export async function followChain(reader: ChainReader, heads: Heads, parts: FollowParts): Promise<boolean> {
  const { journal } = parts
  await requireHistory(reader, journal, heads.final)
  let isNew = false
  for (let from = nextHeight(reader, journal); from <= heads.final.height; from = nextHeight(reader, journal)) {
    const to = Math.min(heads.final.height, from + reader.span - 1)
    const reading = await reader.read(from, to)
    const hash = to === heads.final.height ? heads.final.hash : ((await reader.hashAt(to)) ?? '')
    if (reading.observations.length > 0) crashPoint('after-observe')
    for (const error of reading.refused) parts.refuse(error)
    journal.atomically(() => {
      for (const digest of reading.vetoedRotations) journal.set(`vetoed/${reader.name}/${digest}`, true)
      for (const observation of reading.observations) isNew = take(observation, parts) || isNew
      if (reader.name === 'near') parts.receipts.apply(reading.market, parts.refuse)
      journal.setCursor(reader.name, { height: to, hash })
    })
  }
  return isNew
}

/** @returns whether it was new; other content under a known number is told and never signed */
export function take(observation: Observation, { journal, refuse }: FollowParts): boolean {
  try {
    return journal.record(observation)
  } catch (error) {
    if (!(error instanceof ContentConflictError)) throw error
    refuse(error)
    return false
  }
}

/** Where the process died between writing down and signing, the source is read again: the file alone is not believed. */
export function rewindToUnsigned(journal: Journal): void {
  for (const chain of ['near', 'evm'] as const) {
    const height = journal.unsignedFrom(chain)
    const cursor = journal.cursor(chain)
    if (height === null || cursor === null || cursor.height < height) continue
    journal.setCursor(chain, { height: height - 1, hash: '' })
  }
}

const nextHeight = ({ name, start }: ChainReader, journal: Journal): number =>
  Math.max(start, (journal.cursor(name)?.height ?? -1) + 1)

/** What was called final is still so, above all what signatures rest on. */
async function requireHistory(reader: ChainReader, journal: Journal, final: BlockRef): Promise<void> {
  const { name } = reader
  const gone = await reader.contradicted(journal.sources(name, RECHECKED.newest, RECHECKED.older))
  if (gone.length > 0) {
    const lost = gone.flatMap((block) => journal.vanish(name, block))
    const list = lost.map(({ kind, key }) => `${kind} ${key}`).join(', ')
    throw new SourceVanishedError({
      what: `What was signed is no longer on ${name}: ${list}. An RPC has another block at height ${gone[0]!.height}.`,
      fix: 'Pause the bridge; find out whether the chain reorganised or an RPC lies; then start with --clear-halt.',
      data: { chain: name, payloads: lost, blocks: gone },
    })
  }
  const cursor = journal.cursor(name)
  if (cursor === null || cursor.hash === '') return
  if (cursor.height > final.height) {
    throw new ChainBehindError({
      what: `${name} ends at block ${final.height}; its block ${cursor.height} was final before.`,
      fix: 'Wait until the RPC has caught up. Where the chain began anew, the signer halts at that height; its bridge is gone.',
      data: { chain: name, height: final.height, followed: cursor.height },
    })
  }
  const now = await reader.hashAt(cursor.height)
  if (now === cursor.hash || now === null) return
  throw new FinalityBrokenError({
    what: `${name} took back block ${cursor.height}, which it had called final.`,
    fix: 'Nothing signed is lost, but finality as configured does not hold: ask for more confirmations, then start with --clear-halt.',
    data: { chain: name, height: cursor.height, expected: cursor.hash, got: now },
  })
}
