/** One block as a pure function of state, incoming receipts and transactions. Source: nearcore Runtime::apply, shard of one. */
import type { SignedTransaction } from '../lib/transaction.ts'
import { applyReceipt } from './applyReceipt.ts'
import type { BlockContext, RuntimeDeps } from './context.ts'
import { popDelayed, pushDelayed } from './delayedQueue.ts'
import type { InvalidTxError, Outcome } from './outcome.ts'
import { runtimeParams } from './params.ts'
import { isReadyElsePostpone, receiveData } from './promises.ts'
import type { ActionReceipt, Receipt } from './receipt.ts'
import { Overlay, type StateChanges, type StateView } from './state.ts'
import { chargeTransaction } from './transaction.ts'

export interface BlockInput {
  /** Receipts that earlier blocks sent, in order. */
  incoming: readonly Receipt[]
  /** Transactions whose form was checked by `invalidForm`. */
  transactions: readonly SignedTransaction[]
}

export interface BlockResult {
  changes: StateChanges
  included: SignedTransaction[]
  /** Transactions that no longer fit the state; they leave no trace on chain. */
  rejected: { transaction: SignedTransaction; error: InvalidTxError }[]
  /** Transactions' first, then receipts', in the order of execution. */
  outcomes: Outcome[]
  /** For the next block. */
  outgoing: Receipt[]
  /** Every action and data receipt born in this block, for look-up by id. */
  born: Receipt[]
  /** Gas units. */
  gasUsed: bigint
  /** yoctoNEAR. */
  burnt: bigint
  subsidized: bigint
}

export function applyBlock(
  state: StateView,
  { incoming, transactions }: BlockInput,
  block: BlockContext,
  deps: RuntimeDeps,
): BlockResult {
  const params = runtimeParams(block.protocolVersion)
  const overlay = new Overlay(state)
  const result: BlockResult = {
    changes: overlay.changes,
    included: [],
    rejected: [],
    outcomes: [],
    outgoing: [],
    born: [],
    gasUsed: 0n,
    burnt: 0n,
    subsidized: 0n,
  }
  const local: ActionReceipt[] = []

  for (const transaction of transactions) {
    const verdict = chargeTransaction(transaction, overlay, block, params)
    if (!verdict.ok) {
      result.rejected.push({ transaction, error: verdict.error })
      continue
    }
    for (const [key, value] of verdict.changes) overlay.set(key, value!)
    overlay.commit()
    const { receipt, cost } = verdict
    result.included.push(transaction)
    result.gasUsed += cost.gasBurnt
    result.burnt += cost.burntAmount
    result.born.push(receipt)
    result.outcomes.push({
      id: transaction.id,
      kind: 'transaction',
      executorId: receipt.signerId,
      logs: [],
      receiptIds: [receipt.receiptId],
      gasBurnt: cost.gasBurnt,
      tokensBurnt: cost.burntAmount,
      status: { kind: 'receipt', receiptId: receipt.receiptId },
      profile: null,
    })
    if (receipt.signerId === receipt.receiverId) local.push(receipt)
    else result.outgoing.push(receipt)
  }

  const execute = (receipt: ActionReceipt): void => {
    const done = applyReceipt(receipt, overlay, block, params, deps)
    result.outcomes.push(done.outcome)
    result.born.push(...done.receipts)
    result.gasUsed += done.outcome.gasBurnt
    result.burnt += done.burnt
    result.subsidized += done.subsidized
    for (const child of done.receipts) {
      if (isInstant(child)) execute(child)
      else result.outgoing.push(child)
    }
  }
  const processReceipt = (receipt: Receipt): void => {
    if (receipt.kind === 'data') {
      const ready = receiveData(overlay, receipt)
      if (ready !== null) execute(ready)
    } else if (isReadyElsePostpone(overlay, receipt)) execute(receipt)
  }
  const isFull = (): boolean => result.gasUsed >= block.gasLimit
  const processOrDelay = (receipt: Receipt): void => {
    if (isFull()) pushDelayed(overlay, receipt)
    else processReceipt(receipt)
  }

  local.forEach(processOrDelay)
  while (!isFull()) {
    const receipt = popDelayed(overlay)
    if (receipt === null) break
    processReceipt(receipt)
  }
  incoming.forEach(processOrDelay)
  return result
}

/** A lone DeleteAccount is run at once, so that nothing can arrive in between. */
function isInstant(receipt: Receipt): receipt is ActionReceipt {
  return (
    receipt.kind === 'action' &&
    receipt.inputDataIds.length === 0 &&
    receipt.actions.length === 1 &&
    receipt.actions[0]!.kind === 'deleteAccount'
  )
}
