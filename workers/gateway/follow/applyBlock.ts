/** One block after the other onto the rows in hand: pure, but for the rows. */

import type { SourceBlock } from '../../../chain/client/near/source/index.ts'
import { accountsIn, type Call, type Contracts, callsOf, roundIn, taskIn } from './calls.ts'
import { reduceDisputes } from './reduce/disputes.ts'
import { reduceEscrow } from './reduce/escrow.ts'
import { reduceLedger } from './reduce/ledger.ts'
import { reduceModels } from './reduce/models.ts'
import { reduceNodes } from './reduce/nodes.ts'
import { reduceReceipts } from './reduce/receipts.ts'
import { endRounds, passTime, reduceRounds } from './reduce/rounds.ts'
import { reduceSeats } from './reduce/seats.ts'
import { reduceSubmissions } from './reduce/submissions.ts'
import { reduceSupply } from './reduce/supply.ts'
import { reduceNewTasks, reduceTaskEnds } from './reduce/tasks.ts'
import { reduceToken } from './reduce/token.ts'
import { reduceTransfers, transferKey } from './reduce/transfers.ts'
import { reduceVerdicts } from './reduce/verdicts.ts'
import type { Rows } from './rows.ts'

/** In the order in which the contract acts: time first, then the acts, then what they closed, then money's books. */
const REDUCERS: readonly ((rows: Rows, call: Call) => void)[] = [
  reduceToken,
  reduceNewTasks,
  passTime,
  reduceRounds,
  reduceSubmissions,
  reduceVerdicts,
  reduceDisputes,
  reduceReceipts,
  reduceModels,
  reduceSeats,
  reduceLedger,
  reduceNodes,
  reduceEscrow,
  reduceSupply,
  reduceTransfers,
  endRounds,
  reduceTaskEnds,
]

/** A block with its events as calls. */
export interface ReadBlock {
  readonly block: SourceBlock
  readonly calls: readonly Call[]
}

/** @throws EventInvalidError */
export function readBlock(block: SourceBlock, contracts: Contracts): ReadBlock {
  return { block, calls: callsOf(block, contracts) }
}

/** Applies a block whose rows are loaded. @throws IndexedReceiptError */
export function applyBlock(rows: Rows, { block, calls }: ReadBlock): void {
  let events = 0
  for (const call of calls) {
    for (const { index, name, data } of call.raw) {
      events += 1
      rows.inserted.events.push({
        height: block.height,
        index,
        tx: call.tx,
        receipt: call.receiptId,
        contract: call.contract,
        name,
        data,
        at: block.at,
        task: taskIn(data),
        round: roundIn(data),
        accounts: accountsIn(data),
      })
    }
    for (const reduce of REDUCERS) reduce(rows, call)
  }
  rows.inserted.blocks.push({ height: block.height, hash: block.hash, at: block.at, events })
}

/** Keys of the rows that blocks touch: to load them before, and to tell listeners after. */
export function touchedBy(blocks: readonly ReadBlock[]) {
  const tasks = new Set<number>()
  const created = new Set<number>()
  const accounts = new Set<string>()
  const staked = new Set<string>()
  const transfers = new Set<string>()
  for (const { calls } of blocks) {
    for (const call of calls) {
      for (const { data } of call.raw) {
        const task = taskIn(data)
        if (task !== null) tasks.add(task)
        for (const account of accountsIn(data)) accounts.add(account)
      }
      for (const name of ['unlocked', 'delayed', 'vetoed'] as const) {
        for (const { data } of call.of(name)) transfers.add(transferKey('evm-near', data.nonce))
      }
      for (const { data } of call.of('refunded')) transfers.add(transferKey('near-evm', data.nonce))
      for (const name of ['queued', 'credited'] as const) {
        for (const { data } of call.of(name)) transfers.add(transferKey(data.direction, data.nonce))
      }
      for (const { data } of call.of('task_created')) created.add(data.task)
      for (const { data } of call.of('stake_changed')) if (data.reason === 'STAKE') staked.add(data.account)
    }
  }
  return { tasks, created, accounts, staked, transfers }
}
