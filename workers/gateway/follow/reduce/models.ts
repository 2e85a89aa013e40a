/** Checkpoints that the chain names: the base that a round's trainers started from, as soon as one shows it. */
import { modelCid } from '../../../../chain/client/content/index.ts'
import type { Call } from '../calls.ts'
import { type ModelRow, type Rows, table } from '../rows.ts'
import { findOf } from './submissions.ts'

export function reduceModels(rows: Rows, call: Call): void {
  for (const { data } of call.of('revealed')) {
    if (!rows.task(data.task).models.has(data.round)) name(rows, call, data, data.base)
  }
  // Before anybody has judged it a base is its trainer's word; an accepted one is what the others started from too.
  for (const { data } of call.of('settled')) {
    if (data.outcome !== 'accepted') continue
    const base = findOf(rows, data, data.account)?.base
    if (base && rows.task(data.task).models.get(data.round)?.hash !== base) name(rows, call, data, base)
  }
}

function name(rows: Rows, call: Call, { task, round }: { task: number; round: number }, hash: string): void {
  const { models } = rows.task(task)
  const row = models.get(round)
  const named: ModelRow = { task, round, hash, cid: cidOfHash(hash), height: call.height, at: call.at }
  if (row === undefined) models.set(round, named)
  else Object.assign(row, named)
  rows.save(table.models, models.get(round)!)
}

/** CIDv1 of raw bytes with this sha256. */
export const cidOfHash = modelCid
