/** The youngest tasks of a market that lists them from the oldest on and does not say how many there are. */
import type { TaskView } from '../views.ts'

type List = (fromIndex: number, limit: number) => Promise<readonly TaskView[]>

/**
 * A reader that remembers how many tasks there were.
 * PERF: log₂ of the number of tasks when first asked; later two views, more only when tasks were added.
 * @param count tasks wanted   @returns newest first
 */
export function youngestTasks(list: List, count: number): () => Promise<readonly TaskView[]> {
  let known = 0
  const exists = async (index: number): Promise<boolean> => (await list(index, 1)).length > 0
  return async () => {
    let step = 1
    while (await exists(known + step - 1)) {
      known += step
      step *= 2
    }
    // Somewhere in the last stride lies the end.
    let [low, high] = [known, known + step - 1]
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (await exists(middle)) low = middle + 1
      else high = middle
    }
    known = low
    if (known === 0) return []
    return [...(await list(Math.max(0, known - count), count))].reverse()
  }
}
