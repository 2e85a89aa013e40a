/**
 * Receipts: put together from the rows of their round, and right exactly if they hash to what the chain says; the chain
 * is therefore not asked for any. Source: contracts/near/market/receipts.ts.
 */
import { type Receipt, receiptHash, ZERO_HASH } from '../../../../chain/client/protocol.ts'
import { keccak256 } from '../../../../chain/lib/hash.ts'
import type { Call } from '../calls.ts'
import { IndexedReceiptError } from '../errors.ts'
import type { ReceiptRow, Rows, TaskFacts } from '../rows.ts'
import { judges } from './phases.ts'
import { findOf } from './submissions.ts'

/** @throws IndexedReceiptError */
export function reduceReceipts(rows: Rows, call: Call): void {
  for (const { data } of call.of('receipt')) {
    const t = rows.task(data.task)
    const round = t.rounds.get(data.round)
    const submission = findOf(rows, data, data.worker)
    const { spec } = t.task as { spec: TaskFacts['spec'] }
    const receipt: Receipt = {
      version: 1,
      index: data.index.toString(),
      task: data.task.toString(),
      round: data.round,
      worker: data.worker,
      base: submission?.base ?? ZERO_HASH,
      delta: submission?.delta ?? '-',
      gain: data.gain === null ? null : data.gain.toString(),
      validators: round === undefined ? 0 : judges(t, round, 'revealed'),
      samples: t.task.samples,
      certainty: t.task.certainty,
      pool: round?.pool ?? 0,
      smallPool: t.task.smallPool,
      profile: spec.profile === 'native' ? 'native' : 'canonical',
      beacon: 'near',
      reward: data.reward.toString(),
      settledAt: call.at,
      previous: rows.receipts.last ?? ZERO_HASH,
    }
    const hash = receiptHash(keccak256, receipt)
    if (hash !== data.hash || data.index !== rows.receipts.size) throw differs(data, hash, rows.receipts.size)
    rows.receipts = { size: data.index + 1, last: hash }
    rows.inserted.receipts.push(rowOf(receipt, data, call))
  }
}

function rowOf(
  receipt: Receipt,
  data: { index: number; hash: string; task: number; reward: bigint; gain: bigint | null },
  call: Call,
): ReceiptRow {
  const { version: _, ...fields } = receipt
  const { index, hash, task, reward, gain } = data
  return { ...fields, index, hash, task, reward, gain, height: call.height, tx: call.tx }
}

const differs = ({ index, hash }: { index: number; hash: string }, got: string, wanted: number) =>
  new IndexedReceiptError({
    what: `Receipt ${index} hashes to ${got} by what the index knows, the chain says ${hash}; the next one is ${wanted}.`,
    fix: 'Run `blyan index rebuild`; if it stops here again, this version does not fit the deployed market.',
    data: { index, expected: hash, got },
  })
