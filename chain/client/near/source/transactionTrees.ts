/** Which transactions reached the wanted contracts, and what they did there, learnt from chunks and transaction states. */
import { eventsIn } from '../../../lib/nep297.ts'
import { eventData } from './ask.ts'
import type { ChunkReply, OutcomeReply, TransactionReply } from './nearReplies.ts'
import type { SourceEvent } from './types.ts'

/** A recent transaction: the origin of what it leads to. */
interface Tracked {
  readonly hash: string
  readonly signerId: string
  /** Account and key: all that a receipt tells of its origin. */
  readonly signer: string
  readonly height: number
  /** It may have reached a wanted contract, so its state is asked for until it is final. */
  suspected: boolean
  complete: boolean
  receiptIds: ReadonlySet<string>
  executed: readonly Executed[]
  /** Receipts whose events were given out. */
  readonly given: Set<string>
}

/** A receipt that ran at a wanted contract. */
interface Executed {
  readonly receiptId: string
  readonly blockHash: string
  /** Turns from the root down: sorts outcomes by their place in the block's tree. */
  readonly place: string
  readonly events: Omit<SourceEvent, 'index'>[]
}

/** Events that could not be given in their turn. */
export interface MissedReceipt {
  receiptId: string
  signerId: string
  contract: string
}

interface Orphan extends MissedReceipt {
  readonly signer: string
  readonly height: number
}

export interface TransactionTrees {
  /** Takes note of a block's chunk; again does no harm. */
  see(height: number, chunk: ChunkReply): void
  /** Transactions whose state must be learnt before the blocks seen can be told. */
  asked(): { hash: string; signerId: string }[]
  learn(hash: string, reply: TransactionReply): void
  /** Tells receipts of no transaction that was learnt, and those learnt after their block was given: again until `tell` returns. */
  missed(tell: (receipt: MissedReceipt) => void): void
  /** Events that the wanted contracts logged in a block, in order of execution. */
  eventsOf(blockHash: string, height: number): SourceEvent[]
  /** Forgets what began below a height and is at its end. */
  forget(belowHeight: number): void
}

export function transactionTrees(contracts: readonly string[]): TransactionTrees {
  const wanted = new Set(contracts)
  const tracked = new Map<string, Tracked>()
  const bySigner = new Map<string, Set<Tracked>>()
  const byReceipt = new Map<string, Tracked>()
  const byBlock = new Map<string, Set<Tracked>>()
  const orphans = new Map<string, Orphan>()
  /** Blocks whose events were given out, with their heights. */
  const given = new Map<string, number>()
  const late = new Set<MissedReceipt>()

  const unlearn = (transaction: Tracked): void => {
    for (const id of transaction.receiptIds) byReceipt.delete(id)
    for (const { blockHash } of transaction.executed) removeFrom(byBlock, blockHash, transaction)
  }

  return {
    see(height, { transactions, receipts }) {
      for (const { hash, signer_id: signerId, public_key: key, receiver_id: receiverId } of transactions) {
        if (tracked.has(hash)) continue
        const transaction: Tracked = {
          hash,
          signerId,
          signer: `${signerId} ${key}`,
          height,
          suspected: wanted.has(receiverId),
          complete: false,
          receiptIds: new Set(),
          executed: [],
          given: new Set(),
        }
        tracked.set(hash, transaction)
        addTo(bySigner, transaction.signer, transaction)
      }
      for (const { receipt_id: receiptId, receiver_id: contract, receipt } of receipts) {
        if (!wanted.has(contract) || byReceipt.has(receiptId) || !receipt.Action?.actions.some(isCall)) continue
        const { signer_id: signerId, signer_public_key: key } = receipt.Action
        orphans.set(receiptId, { receiptId, signerId, contract, signer: `${signerId} ${key}`, height })
      }
    },
    asked() {
      // Any transaction of that key may be the origin, but for those whose whole tree is known.
      for (const { signer, height } of orphans.values()) {
        for (const transaction of bySigner.get(signer) ?? []) transaction.suspected ||= transaction.height <= height
      }
      return [...tracked.values()].filter(({ suspected, complete }) => suspected && !complete)
    },
    learn(hash, { final_execution_status: status, transaction_outcome: first, receipts_outcome: outcomes }) {
      const transaction = tracked.get(hash)!
      unlearn(transaction)
      transaction.complete = status === 'FINAL'
      transaction.receiptIds = new Set([first, ...outcomes].flatMap(({ outcome }) => outcome.receipt_ids))
      transaction.executed = outcomes
        .filter(({ outcome }) => wanted.has(outcome.executor_id))
        .map((outcome) => executedOf(hash, outcome))
      for (const id of transaction.receiptIds) {
        byReceipt.set(id, transaction)
        orphans.delete(id)
      }
      for (const { blockHash, receiptId, events } of transaction.executed) {
        addTo(byBlock, blockHash, transaction)
        if (!given.has(blockHash) || transaction.given.has(receiptId) || events.length === 0) continue
        transaction.given.add(receiptId)
        late.add({ receiptId, signerId: transaction.signerId, contract: events[0]!.contract })
      }
    },
    missed(tell) {
      for (const { receiptId, signerId, contract } of orphans.values()) {
        tell({ receiptId, signerId, contract })
        orphans.delete(receiptId)
      }
      for (const receipt of late) {
        tell(receipt)
        late.delete(receipt)
      }
    },
    eventsOf(blockHash, height) {
      given.set(blockHash, height)
      const here = [...(byBlock.get(blockHash) ?? [])].flatMap((transaction) => {
        const executed = transaction.executed.filter((each) => each.blockHash === blockHash)
        for (const { receiptId } of executed) transaction.given.add(receiptId)
        return executed
      })
      here.sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0))
      return here.flatMap(({ events }) => events).map((event, index) => ({ ...event, index }))
    },
    forget(belowHeight) {
      for (const [blockHash, height] of given) if (height < belowHeight) given.delete(blockHash)
      for (const transaction of tracked.values()) {
        const { hash, signer, height, suspected, complete } = transaction
        if (height >= belowHeight || (suspected && !complete)) continue
        unlearn(transaction)
        tracked.delete(hash)
        removeFrom(bySigner, signer, transaction)
      }
    },
  }
}

/** What a failed receipt logged was undone with it. */
function executedOf(txHash: string, { id, block_hash: blockHash, proof, outcome }: OutcomeReply): Executed {
  const failed = typeof outcome.status === 'object' && outcome.status !== null && 'Failure' in outcome.status
  const events = failed ? [] : eventsIn(outcome.logs)
  return {
    receiptId: id,
    blockHash,
    // The sibling's side is the other one: a sibling on the left means a turn to the right.
    place: proof
      .map(({ direction }) => (direction === 'Left' ? 'R' : 'L'))
      .reverse()
      .join(''),
    events: events.map(({ standard, event, data }) => ({
      txHash,
      receiptId: id,
      contract: outcome.executor_id,
      standard,
      event,
      data: eventData(data),
    })),
  }
}

/** nearcore writes an action without arguments as a string. */
const isCall = (action: unknown): boolean => typeof action === 'object' && action !== null && 'FunctionCall' in action

function addTo<T>(map: Map<string, Set<T>>, key: string, value: T): void {
  const set = map.get(key)
  if (set === undefined) map.set(key, new Set([value]))
  else set.add(value)
}

function removeFrom<T>(map: Map<string, Set<T>>, key: string, value: T): void {
  const set = map.get(key)
  if (set?.delete(value) && set.size === 0) map.delete(key)
}
