/** Follows a task to its end: the card while it runs, all its events afterwards. */
import { setTimeout as delay } from 'node:timers/promises'
import type { NearClient } from '../../chain/client/near/index.ts'
import type { MarketViews } from '../../workers/node/views.ts'
import { type Card, eventSentence } from './card.ts'
import { eventReader } from './events.ts'
import type { ChainEvent } from './story.ts'

/** @returns the events of both contracts since the network began */
export async function watchTask({
  client,
  views,
  market,
  bly,
  taskId,
  card,
  progress,
  signal,
}: {
  client: NearClient
  views: MarketViews
  market: string
  bly: string
  taskId: string
  card: Card
  progress: ReadonlyMap<string, { done: number; of: number }>
  signal: AbortSignal
}): Promise<ChainEvent[]> {
  const reader = eventReader(client.rpc, [market, bly])
  const events: ChainEvent[] = []
  for (;;) {
    signal.throwIfAborted()
    for (const event of await reader.next(signal)) {
      events.push(event)
      const sentence = event.contract === market ? eventSentence(event) : null
      if (sentence) card.note(sentence.who, sentence.what)
    }
    const task = await views.task(taskId)
    if (task.vested) break
    const round = await views.round(taskId, task.round)
    const disputes = await Promise.all(round.disputes.map((id) => views.dispute(id)))
    card.draw(task, round, disputes, { steps: progress })
    await delay(300, undefined, { signal })
  }
  events.push(...(await reader.next(signal)))
  return events
}
