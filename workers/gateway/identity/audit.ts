/**
 * The audit log: what happened with identities, in order, each entry sealed with the hash of the one before. The database
 * refuses changes and deletions; whoever can switch that off breaks the chain of hashes, and whoever cuts the end off is
 * shown by the last hash, which a file beside the database keeps.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asc, desc, eq, gt, sql } from 'drizzle-orm'
import { z } from 'zod'
import { audit as table } from '../database/schema/identity.ts'
import type { Database } from '../types.ts'
import { IdentityFileError } from './errors.ts'

export const AUDIT_EVENTS = [
  'login',
  'login-failed',
  'logout',
  'link',
  'unlink',
  'key-made',
  'key-revoked',
  'refresh-reused',
  'session-ended',
  'signing-key-rotated',
  'admin',
] as const
export type AuditEvent = (typeof AUDIT_EVENTS)[number]

export interface AuditEntry {
  readonly seq: number
  readonly at: number
  readonly event: string
  readonly user: string | null
  readonly data: Readonly<Record<string, string | number | null | readonly string[]>>
}
export type Act = Omit<AuditEntry, 'seq' | 'at'> & { readonly event: AuditEvent }

export interface AuditCheck {
  readonly entries: number
  /** Of the last entry, hex; zeros while there is none. */
  readonly head: string
  /** First entry that does not fit, and why; null: all is as it was written. */
  readonly broken: { readonly seq: number; readonly why: string } | null
}

export interface Audit {
  /** Work and the entries that tell of it, in one transaction: neither is without the other. */
  transact<T>(work: (tx: Database, write: (act: Act) => Promise<void>) => Promise<T>): Promise<T>
  /** Newest first. @param before `seq` to start under */
  list(limit: number, before?: number): Promise<(AuditEntry & { hash: string })[]>
  verify(): Promise<AuditCheck>
}

/** One number for the lock by which entries follow one another. */
const LOCK = 0x61756474
const START = '0'.repeat(64)
const PAGE = 1_000

const headFile = z.object({ seq: z.number().int(), hash: z.string() })

/** @param dir folder that keeps the last hash */
export function createAudit(db: Database, { dir, now }: { dir: string; now: () => number }): Audit {
  const path = join(dir, 'audit.head.json')
  let kept = readHead(path)

  const keep = (last: { seq: number; hash: string }): void => {
    if (kept !== null && kept.seq >= last.seq) return
    kept = last
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    writeFileSync(`${path}.tmp`, JSON.stringify(kept), { mode: 0o600 })
    renameSync(`${path}.tmp`, path)
  }

  return {
    async transact(work) {
      let written: { seq: number; hash: string } | null = null
      const result = await db.transaction(async (inner) => {
        const tx = inner as unknown as Database
        return work(tx, async (act) => {
          written = await append(tx, act)
        })
      })
      if (written !== null) keep(written)
      return result
    },

    async list(limit, before) {
      const rows = await db
        .select()
        .from(table)
        .where(before === undefined ? undefined : sql`${table.seq} < ${before}`)
        .orderBy(desc(table.seq))
        .limit(limit)
      return rows.map(({ previous: _, data, ...row }) => ({ ...row, data: JSON.parse(data) }))
    },

    async verify() {
      let [seq, head] = [0, START]
      for (;;) {
        const rows = await db.select().from(table).where(gt(table.seq, seq)).orderBy(asc(table.seq)).limit(PAGE)
        for (const row of rows) {
          const why = faultOf(row, seq, head)
          if (why !== null) return { entries: seq, head, broken: { seq: row.seq, why } }
          seq = row.seq
          head = row.hash
        }
        if (rows.length < PAGE) break
      }
      const cut = await whyCut(seq)
      if (cut !== null) return { entries: seq, head, broken: cut }
      if (seq > 0) keep({ seq, hash: head })
      return { entries: seq, head, broken: null }
    },
  }

  async function append(tx: Database, act: Act): Promise<{ seq: number; hash: string }> {
    await tx.execute(sql`select pg_advisory_xact_lock(${sql.raw(String(LOCK))})`)
    const [last] = await tx.select().from(table).orderBy(desc(table.seq)).limit(1)
    const entry = { seq: (last?.seq ?? 0) + 1, at: now(), ...act }
    const previous = last?.hash ?? START
    const hash = seal(previous, entry)
    await tx.insert(table).values({ ...entry, data: canonical(entry.data), previous, hash })
    return { seq: entry.seq, hash }
  }

  async function whyCut(entries: number): Promise<AuditCheck['broken']> {
    if (kept === null) return null
    if (kept.seq > entries) return { seq: entries + 1, why: `the log once had ${kept.seq} entries` }
    const [row] = await db.select().from(table).where(eq(table.seq, kept.seq))
    return row?.hash === kept.hash ? null : { seq: kept.seq, why: 'this entry was another one before' }
  }
}

type Row = typeof table.$inferSelect

function faultOf(row: Row, before: number, head: string): string | null {
  if (row.seq !== before + 1) return `entry ${before + 1} is missing`
  if (row.previous !== head) return 'it does not follow the entry before it'
  try {
    const entry = { seq: row.seq, at: row.at, event: row.event, user: row.user, data: JSON.parse(row.data) }
    return seal(head, entry) === row.hash ? null : 'its content does not have its hash'
  } catch {
    return 'its content is no JSON'
  }
}

/** sha256 of the previous hash and the entry as canonical JSON, hex. */
const seal = (previous: string, entry: AuditEntry): string =>
  createHash('sha256')
    .update(`${previous}\n${canonical(entry)}`)
    .digest('hex')

/** JSON with sorted keys and no spaces. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

function readHead(path: string): z.infer<typeof headFile> | null {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return null // none yet
  }
  try {
    return headFile.parse(JSON.parse(text))
  } catch (cause) {
    throw new IdentityFileError({
      what: `${path} is damaged: whether the end of the audit log was cut off cannot be told.`,
      fix: 'Look who could write there; then delete it, and it is made anew.',
      data: { path },
      cause,
    })
  }
}
