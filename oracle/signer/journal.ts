/**
 * What this signer saw and signed. On disk before anything is signed; one content for each kind and number, in whatever epoch,
 * for ever. What somebody else wrote into the file is not signed: content counts when this process observed it, or when an
 * earlier signature over it recovers to our own address.
 */
import { join } from 'node:path'
import { type PayloadKind, type SignedItem, signedItemSchema } from '../../chain/client/bridge/signerApi.ts'
import type { HashHex } from '../../chain/client/protocol.ts'
import { ContentConflictError, JournalForgedError, SignerJournalError } from './errors.ts'
import { statements } from './journalStatements.ts'
import { FORGET_MARKET, openTables } from './journalTables.ts'
import { lockJournal } from './lock.ts'
import { isSignatureOf } from './signature.ts'
import { type AnyPayload, contentText, digestOf, keyOf, payloadOf } from './typedPayload.ts'
import type { BlockRef, ChainName, Content, Now, Observation, Source } from './types.ts'

export interface JournalOwner {
  /** Of the bridge's EIP-712 domain. */
  separator: HashHex
  /** 40 lower-case hex digits. */
  address: string
}

export interface Halt {
  code: string
  what: string
  at: number
}

/** An entry that lacks a signature. */
export interface Unsigned {
  kind: PayloadKind
  guard: string
  content: Content
}

export interface Journal {
  readonly db: ReturnType<typeof openTables>
  /** All or nothing, durable when it returns. */
  atomically<T>(act: () => T): T
  cursor(chain: ChainName): BlockRef | null
  setCursor(chain: ChainName, at: BlockRef): void
  get<T>(key: string): T | null
  set(key: string, value: unknown): void
  /** Takes an observation in. @returns whether it is new  @throws ContentConflictError; the content is refused for ever */
  record(observation: Observation): boolean
  /** Height of the oldest entry of a chain that nothing was signed for yet: from there it must be observed again. */
  unsignedFrom(chain: ChainName): number | null
  /** Whether a signature of ours, of whatever epoch, covers this very content. */
  isSigned(entry: Unsigned): boolean
  /** Entries without a signature for this epoch: pauses and rotations, then the oldest. `epochOf` is null where nothing is to be signed now. */
  unsigned(
    epochOf: (kind: PayloadKind, content: Content) => string | null,
    limit: number,
  ): (Unsigned & { epoch: string })[]
  /**
   * Writes down what is about to be signed. Null while it is still to be observed again, or an operator to approve it again.
   * @throws JournalForgedError
   */
  begin(entry: Unsigned, epoch: string): { payload: AnyPayload; digest: HashHex } | null
  finish(entry: Unsigned, epoch: string, signature: string): void
  /** Rotations that stand, each the only content of its epoch. */
  rotations(): Content[]
  /** The rotation to this epoch can come into force nowhere any more: the epoch may get another. @param terms which that one must keep */
  reopenRotation(epoch: string, terms: RotationBound | null): void
  /** Needs no further signature: it was used, or is of no use any more. */
  settle(entry: Unsigned): void
  find(kind: PayloadKind, key: string): SignedItem | null
  list(kind: PayloadKind, from: string | undefined, limit: number): { items: SignedItem[]; next: string | null }
  /** Blocks that signatures rest on: the newest, and older ones in turn. */
  sources(chain: ChainName, newest: number, older: number): BlockRef[]
  vanish(chain: ChainName, at: BlockRef): Halted[]
  halt(halt: Halt): void
  halted(): Halt | null
  /** An operator has looked: reads the chains again from their beginning. */
  clearHalt(): void
  close(): void
}

/** A chain has begun an epoch with these signers: the other may begin it with the same alone. */
export interface RotationBound {
  signers: readonly string[]
  k: number
}

/** 20 MB of them. */
const REMEMBERED = 100_000

export type Halted = Pick<Source, 'chain'> & { kind: PayloadKind; key: string }

interface Row {
  kind: PayloadKind
  guard: string
  key: string
  ord: string
  content: string
}
interface SignedRow extends Row {
  epoch: string
  digest: string
  signature: string
  signed_at: number
}

/** @throws JournalInUseError, SignerJournalError */
export function openJournal(dir: string, owner: JournalOwner, now: Now): Journal {
  const release = lockJournal(dir)
  let db: ReturnType<typeof openTables>
  try {
    db = openTables(join(dir, 'signer.sqlite'))
  } catch (error) {
    release()
    throw error
  }
  const sql = statements(db)
  /** What this process checked itself. */
  const observed = new Set<string>()
  /** Signatures found good: recovering one costs milliseconds, and a page shows hundreds. */
  const good = new Set<string>()
  const isOurs = (digest: string, signature: string): boolean => {
    const pair = `${digest}${signature}`
    if (good.has(pair)) return true
    if (!isSignatureOf(owner.address, digest, signature)) return false
    if (good.size >= REMEMBERED) good.clear()
    good.add(pair)
    return true
  }

  const get = <T>(key: string): T | null => {
    const row = sql.meta.get(key) as { value: string } | undefined
    return row === undefined ? null : (JSON.parse(row.value) as T)
  }
  const set = (key: string, value: unknown): void => void sql.setMeta.run(key, JSON.stringify(value))

  for (const [key, value] of Object.entries(owner)) {
    const known = get<string>(key)
    if (known === null) set(key, value)
    else if (known !== value) {
      db.close()
      release()
      throw new SignerJournalError({
        what: `The journal in ${dir} is of ${key} ${known}, this signer has ${value}.`,
        fix: 'Use the folder that belongs to this key and bridge, or a new one for a new key.',
        data: { dir, field: key },
      })
    }
  }

  /** Epoch, and how many rotations to it came to nothing. */
  const rotationGuard = (epoch: string): string => `${epoch}/${get<number>(`rotation/${epoch}`) ?? 0}`
  const requireBound = (epoch: string, content: Content): void => {
    const bound = get<RotationBound>(`rotation-bound/${epoch}`)
    const { signers, k } = content as Partial<RotationBound>
    if (bound === null || JSON.stringify([bound.signers, bound.k]) === JSON.stringify([signers, k])) return
    throw new ContentConflictError({
      what: `One chain has epoch ${epoch} with other signers: the other may begin it with the same ${bound.signers.length} alone.`,
      fix: `Propose the rotation again with those signers and k = ${bound.k}.`,
      data: { kind: 'rotate', key: epoch },
    })
  }

  /** Whether a signature of ours, whatever the epoch, covers this very content. */
  const isSigned = ({ kind, guard, content }: Unsigned): boolean =>
    (sql.signed.all(kind, guard) as { epoch: string; digest: string; signature: string }[]).some(
      ({ epoch, digest, signature }) =>
        digestOf(kind, payloadOf(kind, content, epoch), owner.separator) === digest && isOurs(digest, signature),
    )

  const toItem = (row: SignedRow): SignedItem => {
    const payload = payloadOf(row.kind, JSON.parse(row.content) as Content, row.epoch)
    const digest = digestOf(row.kind, payload, owner.separator)
    if (digest !== row.digest || !isOurs(digest, row.signature)) throw forged(row.kind, row.key)
    const { kind, key, epoch, signature, signed_at: signedAt } = row
    return signedItemSchema.parse({ kind, key, payload, epoch, digest, signature, signedAt })
  }

  const journal: Journal = {
    db,
    get,
    set,
    atomically(act) {
      db.exec('BEGIN IMMEDIATE')
      try {
        const result = act()
        db.exec('COMMIT')
        return result
      } catch (error) {
        db.exec('ROLLBACK')
        throw error
      }
    },
    cursor: (chain) => get<BlockRef>(`cursor/${chain}`),
    setCursor: (chain, at) => set(`cursor/${chain}`, at),

    record({ kind, content, source }) {
      const text = contentText(kind, content)
      const key = keyOf(kind, content)
      const guard = kind === 'rotate' ? rotationGuard(key) : key
      const known = sql.entry.get(kind, guard) as Pick<Row, 'content'> | undefined
      if (known === undefined) {
        if (kind === 'rotate') requireBound(key, content)
        const at = [source?.chain ?? null, source?.height ?? null, source?.hash ?? null] as const
        sql.insert.run(kind, guard, key, orderOf(key), text, ...at, now())
      } else if (known.content !== text) {
        sql.refuse.run(kind, key, text, now())
        throw conflict(kind, key)
      } else if (source !== null) sql.reseen.run(source.chain, source.height, source.hash, kind, guard)
      observed.add(`${kind} ${guard} ${text}`)
      return known === undefined
    },
    rotations: () =>
      (sql.rotations.all() as unknown as Row[])
        .filter(({ guard, key }) => guard === rotationGuard(key))
        .map(({ content }) => JSON.parse(content) as Content),
    reopenRotation(epoch, terms) {
      journal.atomically(() => {
        set(`rotation/${epoch}`, (get<number>(`rotation/${epoch}`) ?? 0) + 1)
        set(`rotation-bound/${epoch}`, terms)
      })
    },
    unsignedFrom: (chain) => (sql.oldest.get(chain) as { height: number | null }).height,
    isSigned,

    unsigned(epochOf, limit) {
      const found: (Unsigned & { epoch: string })[] = []
      for (const row of sql.open.iterate() as Iterable<Row & { epochs: string | null }>) {
        const content = JSON.parse(row.content) as Content
        const epoch = epochOf(row.kind, content)
        if (epoch === null || row.epochs?.split(',').includes(epoch)) continue
        found.push({ kind: row.kind, guard: row.guard, content, epoch })
        if (found.length === limit) break
      }
      return found
    },

    begin(entry, epoch) {
      const { kind, guard, content } = entry
      if (!observed.has(`${kind} ${guard} ${contentText(kind, content)}`) && !isSigned(entry)) {
        const { chain, height } = sql.entry.get(kind, guard) as { chain: ChainName | null; height: number }
        const isDue = chain !== null && kind !== 'anchor' && (journal.cursor(chain)?.height ?? -1) >= height
        if (isDue) throw forged(kind, guard)
        return null
      }
      const payload = payloadOf(kind, content, epoch)
      const digest = digestOf(kind, payload, owner.separator)
      sql.begin.run(kind, guard, epoch, digest)
      const row = sql.signature.get(kind, guard, epoch) as { digest: string }
      if (row.digest !== digest) throw forged(kind, guard)
      return { payload, digest }
    },
    finish: ({ kind, guard }, epoch, signature) => void sql.finish.run(signature, now(), kind, guard, epoch),
    settle: ({ kind, guard }) => void sql.settle.run(kind, guard),

    find(kind, key) {
      const row = sql.find.get(kind, orderOf(key)) as SignedRow | undefined
      return row === undefined ? null : toItem(row)
    },
    list(kind, from, limit) {
      const rows = sql.list.all(kind, from === undefined ? '' : orderOf(from), limit + 1) as unknown as SignedRow[]
      return { items: rows.slice(0, limit).map(toItem), next: rows[limit]?.key ?? null }
    },

    sources(chain, newest, older) {
      const recent = sql.newest.all(chain, newest) as unknown as BlockRef[]
      const from = get<number>(`sweep/${chain}`) ?? -1
      const swept = sql.older.all(chain, from, older) as unknown as BlockRef[]
      const next = swept.length < older ? -1 : swept.at(-1)!.height
      if (next !== from) set(`sweep/${chain}`, next)
      return [...recent, ...swept]
    },
    vanish(chain, { height, hash }) {
      const rows = sql.at.all(chain, height, hash) as unknown as Row[]
      sql.vanish.run(chain, height, hash)
      return rows.map(({ kind, key }) => ({ chain, kind, key }))
    },

    halt: (halt) => set('halted', halt),
    halted: () => get<Halt>('halted'),
    clearHalt() {
      journal.atomically(() => {
        for (const key of ['halted', 'cursor/near', 'cursor/evm']) sql.unset.run(key)
        db.exec(FORGET_MARKET)
      })
    },
    close() {
      db.close()
      release()
    },
  }
  return journal
}

/** @example orderOf('near-evm:7') // 'near-evm:00000000000000000007' */
function orderOf(key: string): string {
  const [number, way] = key.split(':').reverse()
  return `${way === undefined ? '' : `${way}:`}${number!.padStart(20, '0')}`
}

const conflict = (kind: PayloadKind, key: string) =>
  kind === 'rotate'
    ? new ContentConflictError({
        what: `Another rotation to epoch ${key} was approved before, and may still come into force: this one is not signed.`,
        fix: 'Have the guardian veto that one on each chain that has it, wait until it is too late for it on the other, then approve again.',
        data: { kind, key },
      })
    : new ContentConflictError({
        what: `${kind} ${key} was taken in with other content before: the new one is refused for ever.`,
        fix: 'Find out which RPC or chain changed its history before anything else is signed for this bridge.',
        data: { kind, key },
      })

const forged = (kind: PayloadKind, key: string) =>
  new JournalForgedError({
    what: `The journal's ${kind} ${key} is neither what this signer observed nor what it signed.`,
    fix: 'Somebody wrote into the journal: take the signer off, look who may write its folder, and restore a backup.',
    data: { kind, key },
  })
