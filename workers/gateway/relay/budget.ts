/** Daily budgets: reserved in one statement before anything is sent, corrected to what it cost. Amounts are yoctoNEAR. */
import { and, eq, sql } from 'drizzle-orm'
import { relaySpend } from '../database/schema/relay.ts'
import type { Database } from '../types.ts'
import { RelayBudgetError } from './errors.ts'

export interface Budget {
  readonly perDay: bigint
  readonly perAccount: bigint
}

const ALL = '*'
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

/** Takes `yocto` from the account's and the common budget, or from neither. @throws RelayBudgetError */
export async function reserve(db: Database, budget: Budget, at: number, account: string, yocto: bigint): Promise<void> {
  await db.transaction(async (tx) => {
    // The common row first, always: two reservations never wait for each other crosswise.
    for (const [who, limit] of [
      [ALL, budget.perDay],
      [account, budget.perAccount],
    ] as const) {
      if (await add(tx as unknown as Database, dayOf(at), who, yocto, limit)) continue
      throw new RelayBudgetError({
        what: `Today's relay budget ${who === ALL ? 'of all' : `of ${who}`} is spent.`,
        fix: 'Send it as a transaction of your own, or wait for midnight UTC.',
        data: { limitYocto: String(limit) },
      })
    }
  })
}

/** Gives back what was reserved and not used. */
export async function giveBack(db: Database, at: number, account: string, yocto: bigint): Promise<void> {
  if (yocto <= 0n) return
  for (const who of [ALL, account]) {
    await db
      .update(relaySpend)
      .set({ yocto: sql`greatest(${relaySpend.yocto} - ${String(yocto)}::numeric, 0)` })
      .where(and(eq(relaySpend.day, dayOf(at)), eq(relaySpend.account, who)))
  }
}

/** Spent today by all. */
export async function spentOn(db: Database, at: number): Promise<bigint> {
  const [row] = await db
    .select({ yocto: relaySpend.yocto })
    .from(relaySpend)
    .where(and(eq(relaySpend.day, dayOf(at)), eq(relaySpend.account, ALL)))
  return row?.yocto ?? 0n
}

async function add(tx: Database, day: string, account: string, yocto: bigint, limit: bigint): Promise<boolean> {
  if (yocto > limit) return false
  const rows = await tx
    .insert(relaySpend)
    .values({ day, account, yocto })
    .onConflictDoUpdate({
      target: [relaySpend.day, relaySpend.account],
      set: { yocto: sql`${relaySpend.yocto} + ${String(yocto)}::numeric` },
      setWhere: sql`${relaySpend.yocto} + ${String(yocto)}::numeric <= ${String(limit)}::numeric`,
    })
    .returning({ yocto: relaySpend.yocto })
  return rows.length === 1
}
