/** Who has signed in, and which EVM address stands for which NEAR account: one to one, both having proved it. */
import { eq } from 'drizzle-orm'
import type { Profile } from '../../../chain/client/gateway/index.ts'
import { links, users } from '../database/schema/identity.ts'
import type { Database } from '../types.ts'
import type { Kind } from './challenge.ts'
import { LinkTakenError, NotLinkedError } from './errors.ts'

export interface Person {
  /** `near:alice.near` or `evm:0x…`. */
  readonly user: string
  readonly kind: Kind
  /** The NEAR account that signs for the market. */
  readonly account: string | null
  readonly address: string | null
}

/** @param user as `userOf` writes it */
export function splitUser(user: string): { kind: Kind; own: string } {
  const at = user.indexOf(':')
  return { kind: user.slice(0, at) as Kind, own: user.slice(at + 1) }
}

export async function personOf(db: Database, user: string): Promise<Person> {
  const { kind, own } = splitUser(user)
  const [link] = await db
    .select()
    .from(links)
    .where(eq(kind === 'near' ? links.near : links.evm, own))
  return kind === 'near'
    ? { user, kind, account: own, address: link?.evm ?? null }
    : { user, kind, account: link?.near ?? null, address: own }
}

export async function profileOf(db: Database, user: string): Promise<Profile> {
  const [row] = await db.select().from(users).where(eq(users.id, user))
  return { ...(await personOf(db, user)), createdAt: row?.createdAt ?? 0 }
}

/** Notes that `user` has proved to be there. */
export async function seeUser(tx: Database, user: string, now: number): Promise<void> {
  const row = { id: user, kind: splitUser(user).kind, createdAt: now, seenAt: now }
  await tx
    .insert(users)
    .values(row)
    .onConflictDoUpdate({ target: users.id, set: { seenAt: now } })
}

/** @returns false where exactly this link was there already  @throws LinkTakenError */
export async function link(tx: Database, evm: string, near: string, now: number): Promise<boolean> {
  const made = await tx.insert(links).values({ evm, near, linkedAt: now }).onConflictDoNothing().returning()
  if (made.length > 0) return true
  const [present] = await tx.select().from(links).where(eq(links.evm, evm))
  if (present?.near === near) return false
  const [whose, other] = present === undefined ? [near, 'another address'] : [evm, 'another account']
  throw new LinkTakenError({
    what: `${whose} is linked to ${other} already.`,
    fix: `Sign in as ${whose} and unlink first.`,
    data: { whose },
  })
}

/** @throws NotLinkedError */
export async function unlink(tx: Database, user: string): Promise<{ evm: string; near: string }> {
  const { kind, own } = splitUser(user)
  const [gone] = await tx
    .delete(links)
    .where(eq(kind === 'near' ? links.near : links.evm, own))
    .returning()
  if (gone !== undefined) return gone
  throw new NotLinkedError({ what: `${own} is linked to nothing.`, fix: 'Link it on the page’s account menu first.' })
}
