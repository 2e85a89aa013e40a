/** What `blyan gateway admin` prints. */
import { palette, table } from './print.ts'

interface Key {
  id: string
  user: string
  name: string
  scopes: string[]
  createdAt: number
  lastUsedAt: number | null
  revokedAt: number | null
}
interface Entry {
  seq: number
  at: number
  event: string
  user: string | null
  data: Record<string, unknown>
}
export interface AuditFound {
  entries: number
  head: string
  broken: { seq: number; why: string } | null
  newest: Entry[]
}

export function keysText({ keys }: { keys: readonly Key[] }): string {
  if (keys.length === 0) return 'Nobody has made an API key.'
  const titles = ['key', 'user', 'scopes', 'made', 'last used', 'state', 'name'].map((title) => ({ title }))
  return table(
    titles,
    keys.map(({ id, user, scopes, createdAt, lastUsedAt, revokedAt, name }) => [
      id,
      user,
      scopes.join(' '),
      minute(createdAt),
      lastUsedAt === null ? 'never' : minute(lastUsedAt),
      revokedAt === null ? 'works' : `revoked ${minute(revokedAt)}`,
      inert(name),
    ]),
  )
}

export function auditText({ entries, head, broken, newest }: AuditFound): string {
  const paint = palette()
  const verdict =
    broken === null
      ? paint.ok(`All ${entries} entries are as they were written.`)
      : paint.bad(`CHANGED at entry ${broken.seq}: ${broken.why}. ${entries} entries before it are good.`)
  const rows = newest.map(({ seq, at, event, user, data }) => [
    String(seq),
    minute(at),
    event,
    user ?? '',
    inert(JSON.stringify(data)),
  ])
  const titles = ['entry', 'when', 'what', 'who', 'more'].map((title) => ({ title }))
  return [verdict, `last hash  ${head}`, ...(rows.length > 0 ? ['', table(titles, rows)] : [])].join('\n')
}

export function plainText(found: Record<string, unknown>): string {
  const rows = Object.entries(found).map(([name, value]) => [
    name,
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  ])
  return table([{ title: '' }, { title: '' }], rows)
}

const minute = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ')

/** Names are users' own words: no escape sequence of theirs reaches the terminal. */
const inert = (text: string): string => text.replace(/[\p{C}]/gu, '·')
