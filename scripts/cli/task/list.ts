/** `blyan task list`: the newest tasks, one sentence each. */
import { showBly } from '../amount.ts'
import { parseArgs } from '../args.ts'
import { EXIT } from '../errors.ts'
import { PLACE_FLAGS, withSession } from '../session.ts'
import { roundView, type TaskView, taskView } from '../views.ts'
import { taskSentence } from './words.ts'

const SPEC = {
  command: 'task list',
  sentence: 'Lists tasks, newest first, with what happened or is awaited.',
  flags: {
    ...PLACE_FLAGS,
    by: { type: 'string', value: 'ACCOUNT', help: 'only those that this account ordered' },
    limit: { type: 'integer', help: 'at most so many', default: '20', min: 1, max: 1000 },
    json: { type: 'boolean', help: 'one JSON document' },
  },
} as const

const PAGE = 50

export async function run(argv: string[]): Promise<number> {
  const { flags } = parseArgs(SPEC, argv)
  return withSession(flags, async (session) => {
    const head = await session.head()
    const all: TaskView[] = []
    for (;;) {
      const args = { from_index: all.length, limit: PAGE }
      const page = await session.view(taskView.array(), 'get_tasks', args, head.height)
      all.push(...page)
      if (page.length < PAGE) break
    }
    const by = flags.by === undefined ? undefined : session.accountId(flags.by)
    const tasks = all
      .filter(({ requester }) => by === undefined || requester === by)
      .reverse()
      .slice(0, flags.limit)
    const lines = []
    for (const task of tasks) {
      const at = { task_id: task.id, round: task.round }
      const round = await session.view(roundView.nullable(), 'get_round', at, head.height)
      lines.push({ task, sentence: taskSentence(task, round, head.at) })
    }
    if (flags.json) {
      const json = lines.map(({ task, sentence }) => ({ ...task, sentence }))
      process.stdout.write(`${JSON.stringify({ tasks: json, total: all.length, asOf: head }, null, 2)}\n`)
    } else if (lines.length === 0) {
      process.stdout.write(
        `No tasks${by === undefined ? '' : ` of ${by}`} yet.\nnext  ./blyan task create --key FILE\n`,
      )
    } else {
      for (const { task, sentence } of lines) {
        const bounty = showBly(BigInt(task.bounty), { as: 'cost' })
        process.stdout.write(`${sentence}\n    ${bounty} BLY, ordered by ${task.requester}\n`)
      }
    }
    return EXIT.done
  })
}
