/**
 * What became of the one receipt that logged an event, by NEAR's standard methods alone: `EXPERIMENTAL_receipt` says who was
 * called by whom, `EXPERIMENTAL_tx_status` says how it ended. Who found the event need not be believed.
 */
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { decodeValue } from '../../../chain/client/near/result.ts'
import type { Rpc } from '../../../chain/client/near/rpc.ts'
import { eventData } from '../../../chain/client/near/source/ask.ts'
import type { SourceBlock, SourceEvent } from '../../../chain/client/near/source/index.ts'
import { transactionReply } from '../../../chain/client/near/source/nearReplies.ts'
import { base64ToBytes } from '../../../chain/lib/bytes.ts'
import { eventsIn } from '../../../chain/lib/nep297.ts'
import { EventRefusedError } from '../errors.ts'
import { agree, disagreement } from './agree.ts'

const receiptReply = z.object({
  receiver_id: z.string(),
  predecessor_id: z.string(),
  receipt: z.object({ Action: z.object({ signer_id: z.string(), actions: z.array(z.unknown()) }) }),
})
const functionCall = z.object({ FunctionCall: z.object({ method_name: z.string() }) })
const succeeded = z.object({ SuccessValue: z.string() })

export interface CheckedOutcome {
  /** Who called: the token for a lock, the account itself for a link. */
  predecessor: string
  /** Methods called by the receipt, in order. */
  methods: string[]
  /** What it returned, decoded. */
  value: unknown
}

/**
 * @throws EventRefusedError when the receipt failed, ran elsewhere, or logged no such event; RpcsDisagreeError while the RPCs
 *   differ or do not have it yet
 */
export async function checkOutcome(
  rpcs: readonly Rpc[],
  block: Pick<SourceBlock, 'hash' | 'height'>,
  event: SourceEvent,
  contract: string,
): Promise<CheckedOutcome> {
  const { receiptId, txHash } = event
  const refuse = (why: string) => refusal(why, event, block.height)
  const receipt = await agree(rpcs, `NEAR receipt ${receiptId}`, async (rpc) =>
    receiptReply.parse(await rpc('EXPERIMENTAL_receipt', { receipt_id: receiptId })),
  )
  const asked = { tx_hash: txHash, sender_account_id: receipt.receipt.Action.signer_id, wait_until: 'INCLUDED' }
  const outcome = await agree(rpcs, `NEAR transaction ${txHash}`, async (rpc) => {
    const { receipts_outcome: all } = transactionReply.parse(await rpc('EXPERIMENTAL_tx_status', asked))
    const own = all.find(({ id }) => id === receiptId)
    if (own === undefined) return null
    const { executor_id: executor, status, logs } = own.outcome
    return { hash: own.block_hash, executor, status, logs }
  })
  if (outcome === null || outcome.hash !== block.hash) throw disagreement(`the block of NEAR receipt ${receiptId}`)
  if (outcome.executor !== contract || receipt.receiver_id !== contract) throw refuse('it ran in another contract')
  const status = succeeded.safeParse(outcome.status)
  if (!status.success) throw refuse('its receipt failed, or has not answered')
  const isLogged = eventsIn(outcome.logs).some(
    ({ standard, event: name, data }) =>
      standard === event.standard && name === event.event && isDeepStrictEqual(eventData(data), event.data),
  )
  if (!isLogged) throw refuse('its receipt logged no such event')
  const calls = receipt.receipt.Action.actions.flatMap((action) => functionCall.safeParse(action).data ?? [])
  return {
    predecessor: receipt.predecessor_id,
    methods: calls.map(({ FunctionCall }) => FunctionCall.method_name),
    value: decodeValue(base64ToBytes(status.data.SuccessValue)),
  }
}

export const refusal = (why: string, { receiptId, txHash, event }: SourceEvent, height: number): EventRefusedError =>
  new EventRefusedError({
    what: `An event on NEAR is passed over: ${why}.`,
    fix: 'Nothing was signed. Both RPCs gave it: look whether they are independent, and whether the bridge’s account is right.',
    data: { receiptId, txHash, event, height },
  })
