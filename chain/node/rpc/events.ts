/** `blyan_events`: the NEP-297 events of executed receipts, block by block, for whoever rebuilds tables or explains balances. */
import { z } from 'zod'
import { eventsIn } from '../../lib/nep297.ts'
import type { Outcome } from '../../runtime/outcome.ts'
import type { Chain } from '../chain.ts'
import { parseParams, type RpcMethod } from './request.ts'

/** Heights looked at in one request, so that an answer stays quick on a chain of many empty blocks. */
const MAX_SCANNED = 100_000

export const events: RpcMethod = (chain, params) => {
  const asked = parseParams(
    z.object({
      from_height: z.number().int().nonnegative().default(0),
      limit: z.number().int().min(1).max(1_000).default(100),
      account_ids: z.array(z.string()).nullish(),
    }),
    params ?? {},
  )
  const wanted = asked.account_ids ? new Set(asked.account_ids) : null
  const blocks: unknown[] = []
  let next = BigInt(asked.from_height)
  let scanned = 0
  for (const block of chain.ledger.blocksFrom(next)) {
    if (blocks.length >= asked.limit || scanned++ >= MAX_SCANNED) break
    next = block.header.height + 1n
    const receipts = block.outcomes.flatMap((outcome) =>
      wanted === null || wanted.has(outcome.executorId) ? (eventsOf(chain, outcome) ?? []) : [],
    )
    if (receipts.length === 0) continue
    const { height, hash, prevHash, timestampNs } = block.header
    const header = { height: Number(height), hash, prev_hash: prevHash, timestamp_nanosec: timestampNs.toString() }
    blocks.push({ ...header, receipts })
  }
  const { header } = chain.ledger.head
  return { head: { height: Number(header.height), hash: header.hash }, next_height: Number(next), blocks }
}

/** Null for a receipt without events; a failed one has none, because what it logged was undone. */
function eventsOf(chain: Chain, outcome: Outcome) {
  if (outcome.kind !== 'receipt' || outcome.status.kind === 'failure') return null
  const found = eventsIn(outcome.logs)
  if (found.length === 0) return null
  const receipt = chain.ledger.receipt(outcome.id)
  return {
    receipt_id: outcome.id,
    tx_hash: chain.ledger.originOf(outcome.id) ?? null,
    executor_id: outcome.executorId,
    predecessor_id: receipt?.predecessorId ?? null,
    signer_id: receipt?.kind === 'action' ? receipt.signerId : null,
    gas_burnt: outcome.gasBurnt.toString(),
    events: found,
  }
}
