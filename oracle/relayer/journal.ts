/**
 * The relayer's memory across a crash: what is still to be carried, and each signed EVM transaction before it is sent. The
 * chains remain the truth; the journal only says where to look. SQLite with a full sync at each commit.
 */
import { DatabaseSync } from 'node:sqlite'
import { RelayerJournalError } from './errors.ts'

/** `lock` and `burn` follow a transfer to its end on both chains; `link` and `anchor` end on EVM. */
export const JOB_KINDS = ['lock', 'burn', 'link', 'anchor'] as const
export type JobKind = (typeof JOB_KINDS)[number]

export interface Job {
  kind: JobKind
  /** Nonce, or an anchor's size. */
  key: bigint
  /** As last read from the chains. */
  state: string
  /** Submissions that failed in a row. */
  attempts: number
  /** ms before which it rests. */
  nextAt: number
  firstSeenAt: number
  endedAt: number | null
  /** Why it does not move, for people. */
  note: string | null
}

/** One nonce of the relayer's EVM account and everything sent with it. */
export interface EvmTx {
  nonce: number
  /** `lock:7` */
  job: string
  to: `0x${string}`
  data: `0x${string}`
  gas: bigint
  /** Same nonce, rising fees; at most one of them is ever mined. */
  sent: readonly SentTx[]
  outcome: 'open' | 'mined' | 'reverted' | 'lost'
}

export interface SentTx {
  hash: `0x${string}`
  raw: `0x${string}`
  maxFeePerGas: bigint
  maxPriorityFeePerGas: bigint
  at: number
}

export interface RelayerJournal {
  /** Adds jobs that are not known yet. */
  add(kind: JobKind, keys: readonly bigint[], now: number): void
  /** Keys below this are known, so that counting on begins here. */
  known(kind: JobKind): bigint
  open(): Job[]
  /** Open and ended jobs, newest first. */
  list(limit: number): Job[]
  get(kind: JobKind, key: bigint): Job | null
  update(job: Job): void
  saveTx(tx: EvmTx): void
  openTxs(): EvmTx[]
  /** Number of submitted EVM transactions, replacements counted. */
  sentCount(): number
  close(): void
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS jobs (
    kind TEXT NOT NULL, key TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, next_at INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL, ended_at INTEGER, note TEXT, PRIMARY KEY (kind, key)) STRICT;
  CREATE INDEX IF NOT EXISTS jobs_open ON jobs (ended_at, first_seen_at);
  CREATE TABLE IF NOT EXISTS known (kind TEXT PRIMARY KEY, next TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS evm_txs (
    nonce INTEGER PRIMARY KEY, job TEXT NOT NULL, "to" TEXT NOT NULL, data TEXT NOT NULL, gas TEXT NOT NULL,
    sent TEXT NOT NULL, outcome TEXT NOT NULL) STRICT;
`

/** @param path a file, or ':memory:'  @throws RelayerJournalError, also while another relayer has it open */
export function openRelayerJournal(path: string): RelayerJournal {
  let db: DatabaseSync
  try {
    db = new DatabaseSync(path)
    // Exclusive from the first write on: two relayers on one journal would fight over one EVM nonce.
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')
    db.exec(`BEGIN EXCLUSIVE; ${SCHEMA} COMMIT;`)
  } catch (cause) {
    throw new RelayerJournalError({
      what: `The relayer's journal ${path} cannot be used: ${(cause as Error).message}.`,
      fix: 'Stop the other relayer of this folder, or free disk space; then start again.',
      data: { path },
      cause,
    })
  }
  const insert = db.prepare(
    `INSERT INTO jobs (kind, key, state, attempts, next_at, first_seen_at) VALUES (?, ?, 'new', 0, 0, ?)
     ON CONFLICT DO NOTHING`,
  )
  const setKnown = db.prepare(
    'INSERT INTO known (kind, next) VALUES (?, ?) ON CONFLICT (kind) DO UPDATE SET next = excluded.next',
  )
  const getKnown = db.prepare('SELECT next FROM known WHERE kind = ?')
  const openJobs = db.prepare(
    'SELECT * FROM jobs WHERE ended_at IS NULL ORDER BY first_seen_at, kind, length(key), key',
  )
  const recent = db.prepare('SELECT * FROM jobs ORDER BY first_seen_at DESC, kind, length(key) DESC, key DESC LIMIT ?')
  const one = db.prepare('SELECT * FROM jobs WHERE kind = ? AND key = ?')
  const put = db.prepare(
    'UPDATE jobs SET state = ?, attempts = ?, next_at = ?, ended_at = ?, note = ? WHERE kind = ? AND key = ?',
  )
  const putTx = db.prepare(
    `INSERT INTO evm_txs (nonce, job, "to", data, gas, sent, outcome) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (nonce) DO UPDATE SET job = excluded.job, "to" = excluded."to", data = excluded.data,
       gas = excluded.gas, sent = excluded.sent, outcome = excluded.outcome`,
  )
  const selectTxs = db.prepare(`SELECT * FROM evm_txs WHERE outcome = 'open' ORDER BY nonce`)
  const countSent = db.prepare('SELECT coalesce(sum(json_array_length(sent)), 0) AS n FROM evm_txs')

  const known = (kind: JobKind): bigint => {
    const row = getKnown.get(kind) as { next: string } | undefined
    return BigInt(row?.next ?? 0)
  }
  return {
    known,
    add(kind, keys, now) {
      if (keys.length === 0) return
      db.exec('BEGIN')
      let next = known(kind)
      for (const key of keys) {
        insert.run(kind, String(key), now)
        if (key >= next) next = key + 1n
      }
      setKnown.run(kind, String(next))
      db.exec('COMMIT')
    },
    open: () => (openJobs.all() as unknown as JobRow[]).map(jobOf),
    list: (limit) => (recent.all(limit) as unknown as JobRow[]).map(jobOf),
    get: (kind, key) => {
      const row = one.get(kind, String(key)) as unknown as JobRow | undefined
      return row === undefined ? null : jobOf(row)
    },
    update: ({ kind, key, state, attempts, nextAt, endedAt, note }) =>
      void put.run(state, attempts, nextAt, endedAt, note, kind, String(key)),
    saveTx: ({ nonce, job, to, data, gas, sent, outcome }) =>
      void putTx.run(nonce, job, to, data, String(gas), JSON.stringify(sent, bigintText), outcome),
    openTxs: () => (selectTxs.all() as unknown as TxRow[]).map(txOf),
    sentCount: () => (countSent.get() as { n: number }).n,
    close: () => db.close(),
  }
}

interface JobRow {
  kind: JobKind
  key: string
  state: string
  attempts: number
  next_at: number
  first_seen_at: number
  ended_at: number | null
  note: string | null
}
interface TxRow {
  nonce: number
  job: string
  to: `0x${string}`
  data: `0x${string}`
  gas: string
  sent: string
  outcome: EvmTx['outcome']
}

const jobOf = (row: JobRow): Job => ({
  kind: row.kind,
  key: BigInt(row.key),
  state: row.state,
  attempts: row.attempts,
  nextAt: row.next_at,
  firstSeenAt: row.first_seen_at,
  endedAt: row.ended_at,
  note: row.note,
})

type SentJson = Omit<SentTx, 'maxFeePerGas' | 'maxPriorityFeePerGas'> &
  Record<'maxFeePerGas' | 'maxPriorityFeePerGas', string>

const txOf = ({ gas, sent, ...row }: TxRow): EvmTx => ({
  ...row,
  gas: BigInt(gas),
  sent: (JSON.parse(sent) as SentJson[]).map((each) => ({
    ...each,
    maxFeePerGas: BigInt(each.maxFeePerGas),
    maxPriorityFeePerGas: BigInt(each.maxPriorityFeePerGas),
  })),
})

const bigintText = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value)
