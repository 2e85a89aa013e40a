/** A task by its number, or the error that says which there are. */
import { InvalidArgumentError } from '../../../chain/lib/errors.ts'
import { UsageError } from '../errors.ts'
import type { Session } from '../session.ts'
import { type TaskView, taskView } from '../views.ts'

/** There is no such task. */
export class TaskMissingError extends InvalidArgumentError {
  static override readonly code: string = 'TASK_MISSING'
}

/** @throws UsageError */
export function taskIdOf(text: string): string {
  if (/^[1-9]\d{0,19}$/.test(text)) return text
  throw new UsageError({
    what: `${JSON.stringify(text.slice(0, 40))} is no task.`,
    fix: 'Give its number, as ./blyan task list shows it.',
    data: { field: 'N' },
  })
}

/** @param height as of this block  @throws TaskMissingError */
export async function readTask({ view, ids }: Session, id: string, height?: number): Promise<TaskView> {
  const task = await view(taskView.nullable(), 'get_task', { task_id: id }, height)
  if (task !== null) return task
  throw new TaskMissingError({
    what: `There is no task ${id} at ${ids.market}.`,
    fix: 'See ./blyan task list.',
    data: { field: 'N', task: id },
  })
}
