/** Reads of NEAR's bridge contract, parsed at the border and put into the client's own words. */
import { z } from 'zod'
import type { NearClient } from '../near/index.ts'
import type { SignerSet } from './collect.ts'
import type { Deployment } from './deployment.ts'
import { BridgeAnswerError } from './errors.ts'
import type { Arrival, Departure, Limits, LinkRecord, NearSide } from './sides.ts'

const amount = z.string().regex(/^\d{1,39}$/)
const count = z.union([z.string().regex(/^\d{1,20}$/), z.number().int().nonnegative()]).transform(BigInt)
const ms = z.number().nonnegative()

const transferView = z.object({
  nonce: count,
  state: z.enum(['locked', 'paying', 'unlocked', 'credited', 'queued', 'delayed', 'vetoed', 'refunded']),
  sender: z.string().nullable(),
  receiver: z.string(),
  amount,
  ready_at_ms: ms.nullable(),
})
const statusView = z.object({
  locked: amount,
  unlocked: amount,
  credits: amount,
  locks: count,
  links: count,
  paused_until_ms: ms.nullable(),
  queue_length: count,
  epoch: count,
  pending_epoch: count.nullable(),
})
const limitsView = z.object({
  min_amount: amount,
  max_amount: amount,
  hourly_limit: amount,
  capacity: amount,
  large_amount: amount,
  veto_delay_s: z.number(),
})
const signersView = z.object({ epoch: count, signers: z.array(z.string().regex(/^[0-9a-f]{40}$/)), k: z.number() })
const lockView = z.object({ nonce: count, sender: z.string(), receiver: z.string(), height: z.number() })
const blockView = z.object({ header: z.object({ height: z.number(), timestamp_nanosec: z.string() }) })
const linkView = z.object({ nonce: count, account: z.string(), evm: z.string() })

/** Locks that one view returns. */
const PAGE = 100

export function nearSide({ near }: Pick<Deployment, 'near'>, client: NearClient): NearSide {
  const contract = near.bridge

  async function view<S extends z.ZodType>(schema: S, method: string, args: object = {}) {
    const raw = await client.view(contract, method, args)
    const parsed = schema.safeParse(raw)
    if (parsed.success) return parsed.data as z.infer<S>
    const issue = parsed.error.issues[0]
    throw new BridgeAnswerError({
      what: `${contract} answers ${method} with something else at "${issue?.path.join('.')}": ${issue?.message}.`,
      fix: 'Check near.bridge in bridge.json, and use a Blyan of the same version.',
      data: { method },
    })
  }
  const status = () => view(statusView, 'status')

  async function blockAt(which: object): Promise<{ height: number; at: number }> {
    const { header } = blockView.parse(await client.rpc('block', which))
    return { height: header.height, at: Number(BigInt(header.timestamp_nanosec) / 1_000_000n) }
  }
  /** A final block's time never changes. Null where the node has dropped it. */
  const times = new Map<number, Promise<number | null>>()
  function timeAt(height: number): Promise<number | null> {
    let time = times.get(height)
    if (time === undefined) {
      time = blockAt({ block_id: height }).then(
        ({ at }) => at,
        () => null,
      )
      times.set(height, time)
    }
    return time
  }

  return {
    lockCount: async () => (await status()).locks,
    linkCount: async () => (await status()).links,

    async lock(nonce): Promise<Departure | null> {
      const args = { direction: 'near-evm', nonce: String(nonce) }
      const found = await view(transferView.nullable(), 'transfer', args)
      if (found === null) return null
      const [record] = await view(z.array(lockView), 'locks', { from_index: Number(nonce), limit: 1 })
      const final = record !== undefined && record.height <= (await blockAt({ finality: 'final' })).height
      return {
        direction: 'near-evm',
        nonce,
        sender: found.sender ?? '',
        receiver: found.receiver,
        amount: BigInt(found.amount),
        final,
        refunded: found.state === 'refunded' || found.state === 'credited',
        refunding: found.state === 'paying' || found.state === 'queued',
        at: final ? await timeAt(record.height) : null,
        tx: null,
      }
    },

    async locksOf(who, limit) {
      const total = await (async () => (await status()).locks)()
      const mine: bigint[] = []
      for (let until = total; until > 0n && mine.length < limit; ) {
        const from = until > BigInt(PAGE) ? until - BigInt(PAGE) : 0n
        const page = await view(z.array(lockView), 'locks', { from_index: Number(from), limit: Number(until - from) })
        for (const { nonce, sender, receiver } of page.reverse()) {
          if (sender === who || receiver.toLowerCase() === who.toLowerCase()) mine.push(nonce)
        }
        until = from
      }
      return mine.slice(0, limit)
    },

    async unlock(nonce): Promise<Arrival | null> {
      const found = await view(transferView.nullable(), 'transfer', { direction: 'evm-near', nonce: String(nonce) })
      if (found === null) return null
      const { state } = found
      if (state === 'locked' || state === 'refunded') return null
      // While the token has not answered, the money is still on its way: as good as next in the queue.
      const payout = state === 'unlocked' ? 'paid' : state === 'paying' ? 'queued' : state
      return { payout, readyAt: found.ready_at_ms, at: null, tx: null }
    },

    async limits(): Promise<Limits> {
      const limits = await view(limitsView, 'limits')
      const { paused_until_ms: pausedUntil, queue_length: queueLength } = await status()
      return {
        minAmount: BigInt(limits.min_amount),
        maxAmount: BigInt(limits.max_amount),
        hourlyLimit: BigInt(limits.hourly_limit),
        capacity: BigInt(limits.capacity),
        largeAmount: BigInt(limits.large_amount),
        vetoDelayMs: limits.veto_delay_s * 1000,
        queueLength,
        pausedUntil,
      }
    },

    async totals() {
      const { locked, unlocked, credits } = await status()
      return { locked: BigInt(locked), unlocked: BigInt(unlocked), credits: BigInt(credits) }
    },

    async signerSet(which): Promise<SignerSet> {
      const args = which === undefined ? {} : { epoch: String(which) }
      const { epoch, signers, k } = await view(signersView, 'signers', args)
      return { epoch, signers, k }
    },

    async latestEpoch() {
      const { epoch, pending_epoch: pending } = await status()
      return pending ?? epoch
    },

    credit: async (account_id) => BigInt((await view(amount.nullable(), 'credit', { account_id })) ?? 0),

    async links(from, limit): Promise<LinkRecord[]> {
      return view(z.array(linkView), 'links', { from_index: Number(from), limit })
    },
  }
}
