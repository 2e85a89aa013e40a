/**
 * Which receipts may be anchored on EVM: the longest run from the first one whose tasks have all vested, with those among them
 * whose work a dispute proved false. A candidate arises at the end of each block in which the run grew, so that all signers
 * propose the same sizes; it is offered for signing once the market's own root confirms the leaves.
 */
import type { DatabaseSync } from 'node:sqlite'
import { appendMmr, EMPTY_MMR, type HashHex, type Mmr, mmrRoot, taintedRoot } from '../../../chain/client/protocol.ts'
import { keccak256 } from '../../../chain/lib/hash.ts'
import { ReceiptsDifferError } from '../errors.ts'
import type { Observation } from '../types.ts'
import type { MarketBlock, MarketEvent } from './marketEvents.ts'

export interface VestedReceipts {
  /**
   * Takes blocks in, inside the journal's transaction. Blocks taken before are passed over. Receipts that do not hold together
   * are told once, and none is anchored from then on: the bridge goes on without them.
   */
  apply(blocks: readonly MarketBlock[], tell: (error: ReceiptsDifferError) => void): void
  /** Leaves read so far. */
  size(): number
  /** Whether a candidate waits for confirmation. */
  isWaiting(): boolean
  /** Candidates whose leaves the market's size and root confirm; none while sizes differ. @param tell as for `apply` */
  confirmed(market: { size: number; root: HashHex }, tell: (error: ReceiptsDifferError) => void): Observation[]
  /** Forgets a candidate whose signature is on disk. */
  done(size: number): void
}

/** @param every receipts between two anchors, the same at all signers of a bridge */
export function vestedReceipts(db: DatabaseSync, every = 1): VestedReceipts {
  const sql = statements(db)
  /** Folded in this process from the leaves, so that no stored peak must be believed. */
  let range: Mmr = EMPTY_MMR
  const number = (statement: ReturnType<DatabaseSync['prepare']>, ...args: (string | number)[]): number =>
    (statement.get(...args) as { n: number }).n

  const rangeOf = (size: number): Mmr => {
    if (range.size > size) range = EMPTY_MMR
    for (const { hash } of sql.leaves.iterate(range.size, size) as Iterable<{ hash: HashHex }>) {
      range = appendMmr(keccak256, range, hash)
    }
    return range
  }

  const isWrong = (): boolean => sql.wrong.get() !== undefined
  /** Runs `act` unless something was wrong before; what it finds wrong is kept and told. */
  const guarded = <T>(tell: (error: ReceiptsDifferError) => void, otherwise: T, act: () => T): T => {
    if (isWrong()) return otherwise
    try {
      return act()
    } catch (error) {
      range = EMPTY_MMR
      if (!(error instanceof ReceiptsDifferError)) throw error
      sql.setWrong.run(JSON.stringify(error.what))
      tell(error)
      return otherwise
    }
  }

  const take = (event: MarketEvent): void => {
    switch (event.name) {
      case 'receipt': {
        const size = number(sql.size)
        if (event.index > size) throw differs(`receipt ${event.index} came after ${size} receipts`)
        if (event.index === size) sql.leaf.run(event.index, event.hash, event.task, event.round, event.worker)
        return
      }
      case 'vested':
        sql.vest.run(event.task)
        return
      case 'dispute_opened':
        sql.open.run(event.task, event.dispute, event.round, event.trainer)
        return
      case 'dispute_upheld':
        sql.taint.run(event.task, event.round, event.dispute)
    }
  }

  return {
    apply: (blocks, tell) =>
      guarded(tell, undefined, () => {
        const read = number(sql.height)
        for (const { height, hash, events } of blocks) {
          if (height <= read) continue
          for (const event of events) take(event)
          if (!events.some(({ name }) => name === 'vested')) continue
          const size = number(sql.run)
          if (size < number(sql.lastCandidate) + every) continue
          const tainted = (sql.tainted.all(size) as { number: number }[]).map((row) => row.number)
          const root = mmrRoot(keccak256, rangeOf(size))
          sql.candidate.run(size, root, taintedRoot(keccak256, size, tainted), height, hash)
          sql.setLast.run(String(size))
        }
        const last = blocks.at(-1)
        if (last !== undefined && last.height > read) sql.setHeight.run(String(last.height))
      }),

    size: () => number(sql.size),
    isWaiting: () => number(sql.waiting) > 0 && !isWrong(),

    confirmed: ({ size, root }, tell) =>
      guarded(tell, [], () => {
        if (size !== number(sql.size)) return []
        const own = mmrRoot(keccak256, rangeOf(size))
        if (own !== root) throw differs(`${size} receipts give the root ${own}, the market states ${root}`)
        const waiting = sql.candidates.all() as {
          size: number
          root: string
          tainted: string
          height: number
          hash: string
        }[]
        return waiting.map(({ size, root, tainted, height, hash }) => {
          if (mmrRoot(keccak256, rangeOf(size)) !== root)
            throw differs(`the journal’s anchor of ${size} receipts has another root`)
          return {
            kind: 'anchor',
            content: { size: String(size), root, tainted },
            source: { chain: 'near', height, hash },
          }
        })
      }),

    done: (size) => void sql.done.run(size),
  }
}

const statements = (db: DatabaseSync) => ({
  height: db.prepare("SELECT coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'market'), -1) AS n"),
  setHeight: db.prepare("INSERT INTO meta VALUES ('market', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"),
  lastCandidate: db.prepare(
    "SELECT coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'anchored'), 0) AS n",
  ),
  setLast: db.prepare("INSERT INTO meta VALUES ('anchored', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"),
  wrong: db.prepare("SELECT value FROM meta WHERE key = 'receipts-wrong'"),
  setWrong: db.prepare("INSERT OR IGNORE INTO meta VALUES ('receipts-wrong', ?)"),
  size: db.prepare('SELECT count(*) AS n FROM leaves'),
  leaf: db.prepare('INSERT INTO leaves (number, hash, task, round, worker) VALUES (?, ?, ?, ?, ?)'),
  leaves: db.prepare('SELECT hash FROM leaves WHERE number >= ? AND number < ? ORDER BY number'),
  vest: db.prepare('INSERT OR IGNORE INTO vested VALUES (?)'),
  open: db.prepare('INSERT OR IGNORE INTO disputes (task, dispute, round, trainer) VALUES (?, ?, ?, ?)'),
  taint: db.prepare(`UPDATE leaves SET tainted = 1 WHERE (task, round, worker) IN
    (SELECT task, round, trainer FROM disputes WHERE task = ? AND round = ? AND dispute = ?)`),
  /** The first receipt of a task that has not vested ends the run. */
  run: db.prepare(`SELECT coalesce(
    (SELECT min(number) FROM leaves WHERE task NOT IN (SELECT task FROM vested)), (SELECT count(*) FROM leaves)) AS n`),
  tainted: db.prepare('SELECT number FROM leaves WHERE tainted = 1 AND number < ? ORDER BY number'),
  candidate: db.prepare('INSERT OR IGNORE INTO candidates VALUES (?, ?, ?, ?, ?)'),
  candidates: db.prepare('SELECT size, root, tainted, height, hash FROM candidates ORDER BY size'),
  waiting: db.prepare('SELECT count(*) AS n FROM candidates'),
  done: db.prepare('DELETE FROM candidates WHERE size = ?'),
})

const differs = (why: string): ReceiptsDifferError =>
  new ReceiptsDifferError({
    what: `The market's receipts do not hold together: ${why}. Nothing is anchored.`,
    fix: 'Compare both NEAR RPCs; if they agree, the market contract is at fault. --clear-halt reads its receipts anew.',
  })
