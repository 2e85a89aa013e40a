/** What carries one operator's duties: chain, storage, compute, journal, and its way of working. Handed to every role. */
import type { MarketContract } from '../../chain/client/near/market.gen.ts'
import type { ContentStore } from '../storage/types.ts'
import type { Compute } from './compute/types.ts'
import type { Journal } from './journal.ts'
import type { Strategy } from './strategy.ts'
import type { TaskContext } from './taskContext.ts'
import type { MarketViews, RoundView, TaskView } from './views.ts'

/** Methods that a worker key may call: none takes a deposit. */
export type WorkerMethod =
  | 'accept'
  | 'commit'
  | 'reveal'
  | 'publish'
  | 'answer'
  | 'verdict_commit'
  | 'verdict_reveal'
  | 'jury_commit'
  | 'jury_reveal'
  | 'open_key'
  | 'crank'

/** Calls a method of the market with this operator's worker key. Resolves when the call has been executed. */
export type Call = <M extends WorkerMethod>(method: M, args: Parameters<MarketContract[M]>[0]) => Promise<void>

export type Log = (what: string, data?: Record<string, unknown>) => void

export interface Operator {
  readonly account: string
  readonly dir: string
  readonly views: MarketViews
  readonly call: Call
  readonly store: ContentStore
  readonly compute: Compute
  readonly journal: Journal
  readonly strategy: Strategy
  readonly log: Log
  readonly signal: AbortSignal
}

/** One task and round, as a duty finds it. */
export interface Case {
  readonly task: TaskView
  readonly round: RoundView
  readonly context: TaskContext
}

/** Key under which the journal keeps something of this round. */
export const roundKey = ({ task, round }: Pick<Case, 'task' | 'round'>): string => `${task.id}/${round.round}`
