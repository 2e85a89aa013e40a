/** Keys of test texts that this browser opens itself. Without them a round goes on, but the deposit is lost. */
import { z } from 'zod'

const ringSchema = z.object({
  head: z.string(),
  account: z.string(),
  keys: z.array(z.string()),
  task: z.string().nullable(),
})
export type Ring = z.infer<typeof ringSchema>

const PREFIX = 'blyan.keys.'

export function keepKeys(storage: Pick<Storage, 'setItem'>, ring: Ring): void {
  storage.setItem(PREFIX + ring.head, JSON.stringify(ring))
}

/** The keys of a task by the head that its spec names. */
export function findKeys(storage: Pick<Storage, 'getItem'>, head: string): Ring | null {
  try {
    return ringSchema.parse(JSON.parse(storage.getItem(PREFIX + head) ?? 'null'))
  } catch {
    return null
  }
}
