/** What one event says to whom: a pure function of its row, so that a resumed stream is the stream that was missed. */
import type { ServerMessage, Topic } from '../../../chain/client/gateway/index.ts'
import { encodeCursor, type Position } from './cursor.ts'

/** A row of the index's events. */
export interface EventRow {
  readonly height: number
  readonly index: number
  readonly tx: string
  readonly name: string
  readonly data: unknown
  readonly at: number
  readonly task: number | null
  readonly round: number | null
  readonly accounts: readonly string[]
}

export interface LiveMessage {
  readonly topic: Topic
  /** Narrower topics, `topic:key`, under which the message goes out too. */
  readonly keys: readonly string[]
  readonly position: Position
  /** As it is sent, serialised once for all. */
  readonly text: string
}

/** Events that change what an operator's page shows at once. */
const OF_NODES = new Set([
  'node_registered',
  'stake_changed',
  'worker_key_set',
  'node_resumed',
  'seat_parked',
  'slashed',
  'ledger_changed',
  'claim_paid',
  'claim_restored',
])
/** Events of money alone: they belong to a task, but no cell of its round card changes. */
const NOT_OF_ROUNDS = new Set(['ledger_changed', 'burned_pending', 'treasury_changed', 'stake_changed'])

/** Every message of one event, in order. @param genesisHash of the chain, for cursors */
export function messagesOf(genesisHash: string, row: EventRow): LiveMessage[] {
  const { height, index, tx, name, data, at, task, round, accounts } = row
  const topics: { topic: Topic; keys: string[] }[] = []
  if (task !== null) topics.push({ topic: 'task_update', keys: [String(task)] })
  if (task !== null && round !== null && !NOT_OF_ROUNDS.has(name)) topics.push({ topic: 'round', keys: [String(task)] })
  if (OF_NODES.has(name)) topics.push({ topic: 'node_status', keys: [...accounts] })
  return topics.map(({ topic, keys }, part) => {
    const position = { height, index, part }
    const message: ServerMessage = {
      type: topic,
      at,
      cursor: encodeCursor(genesisHash, position),
      data: { event: name, height, tx, task: task === null ? null : String(task), round, accounts, data },
    }
    return { topic, keys: keys.map((key) => `${topic}:${key}`), position, text: JSON.stringify(message) }
  })
}
