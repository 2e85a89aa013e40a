/** The requester's duty in a round: open the key of the sealed test text, once everybody has handed in. */
import type { Case, Operator } from '../operator.ts'

/** Keys of the task's rounds, hex, as `sealHeldOut` made them; journalled under the chain's head before the task exists. */
export const keysKey = (head: string): string => `keys/${head}`

export async function openKey(operator: Operator, { task, round }: Case): Promise<void> {
  const keys = operator.journal.get<string[]>(keysKey(task.spec.heldout.head))
  const key = keys?.[round.round]
  if (!key) return
  await operator.call('open_key', { task_id: task.id, round: round.round, key })
}
