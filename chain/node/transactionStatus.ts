/** How far a transaction has come, read from the outcomes of its whole tree. Source: nearcore chain/client view_client. */
import { SYSTEM_ACCOUNT } from '../lib/accountId.ts'
import type { SignedTransaction } from '../lib/transaction.ts'
import type { Outcome, OutcomeStatus } from '../runtime/outcome.ts'
import type { Block } from './block.ts'
import type { Ledger } from './ledger.ts'

/** nearcore's TxExecutionStatus, from least to most. */
export const WAIT_LEVELS = ['NONE', 'INCLUDED', 'EXECUTED_OPTIMISTIC', 'INCLUDED_FINAL', 'EXECUTED', 'FINAL'] as const
export type WaitLevel = (typeof WAIT_LEVELS)[number]

export interface PlacedOutcome {
  outcome: Outcome
  block: Block
}

export interface TransactionResult {
  transaction: SignedTransaction
  transactionOutcome: PlacedOutcome
  /** Receipts' outcomes, parents before children. */
  receiptOutcomes: PlacedOutcome[]
  /** Where the chain of SuccessReceiptId ends; null while that receipt has not run. */
  final: Exclude<OutcomeStatus, { kind: 'receipt' }> | null
  level: Extract<WaitLevel, 'INCLUDED_FINAL' | 'EXECUTED' | 'FINAL'>
}

export function transactionResult(ledger: Ledger, hash: string): TransactionResult | null {
  const place = ledger.transaction(hash)
  if (place === undefined) return null
  const transactionOutcome = ledger.outcome(hash)!
  const receiptOutcomes: PlacedOutcome[] = []
  let waiting = false
  let waitingForRefund = false
  const walk = (id: string): void => {
    const placed = ledger.outcome(id)
    if (placed === undefined) {
      if (ledger.receipt(id)?.predecessorId === SYSTEM_ACCOUNT) waitingForRefund = true
      else waiting = true
      return
    }
    if (placed.outcome.kind === 'receipt') receiptOutcomes.push(placed)
    placed.outcome.receiptIds.forEach(walk)
  }
  walk(hash)
  return {
    transaction: place.block.transactions[place.index]!,
    transactionOutcome,
    receiptOutcomes,
    final: finalStatus(ledger, transactionOutcome.outcome),
    level: waiting ? 'INCLUDED_FINAL' : waitingForRefund ? 'EXECUTED' : 'FINAL',
  }
}

function finalStatus(ledger: Ledger, outcome: Outcome): TransactionResult['final'] {
  let { status } = outcome
  while (status.kind === 'receipt') {
    const next = ledger.outcome(status.receiptId)
    if (next === undefined) return null
    status = next.outcome.status
  }
  return status
}

/** One producer and no forks: what is included is final, what is executed stays so. */
export function satisfies(level: TransactionResult['level'], wanted: WaitLevel): boolean {
  switch (wanted) {
    case 'NONE':
    case 'INCLUDED':
    case 'INCLUDED_FINAL':
      return true
    case 'EXECUTED_OPTIMISTIC':
    case 'EXECUTED':
      return level !== 'INCLUDED_FINAL'
    case 'FINAL':
      return level === 'FINAL'
    default:
      return wanted satisfies never
  }
}
