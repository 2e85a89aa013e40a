/** `blyan task cancel N`: ends a task that nobody has been drawn for; the whole bounty comes back to the ledger. */
import { BlyanError, type Fault } from '../../../chain/lib/errors.ts'
import { showBly } from '../amount.ts'
import { parseArgs } from '../args.ts'
import { confirm } from '../ask.ts'
import { EXIT, UsageError } from '../errors.ts'
import { PLACE_FLAGS, SIGN_FLAGS, withSession } from '../session.ts'
import { readTask, taskIdOf } from './find.ts'

/** The task has begun or ended. */
export class TaskBegunError extends BlyanError {
  static override readonly code: string = 'TASK_BEGUN'
  static override readonly fault: Fault = 'user'
}

const SPEC = {
  command: 'task cancel',
  sentence: 'Cancels a task that no trainer has been drawn for; what was set aside comes back.',
  positionals: [{ name: 'N', help: 'the task', required: true }],
  flags: { ...PLACE_FLAGS, ...SIGN_FLAGS },
} as const

export async function run(argv: string[]): Promise<number> {
  const { flags, positionals } = parseArgs(SPEC, argv)
  const id = taskIdOf(positionals[0]!)
  return withSession(flags, async (session) => {
    const task = await readTask(session, id)
    const { account } = session
    if (task.requester !== account) {
      throw new UsageError({
        what: `Task ${id} was ordered by ${task.requester}; the key is ${account}'s.`,
        fix: `Sign as ${task.requester}: --key FILE.`,
        data: { field: 'key' },
      })
    }
    if (task.state !== 'Pending' || task.rounds_settled > 0) {
      throw new TaskBegunError({
        what: `Task ${id} is ${task.state}; only a task for which nobody has been drawn can be cancelled.`,
        fix: task.vested
          ? 'It has ended; nothing is left to cancel.'
          : 'It ends by itself; what is not used comes back then.',
        data: { task: id, state: task.state },
      })
    }
    if (!flags.json) {
      process.stderr.write(
        `Cancel task ${id}: ${showBly(BigInt(task.escrow))} BLY come back to ${account}; no training happens.\n`,
      )
    }
    await confirm(`Sign with ${account}?`, { yes: flags.yes })
    const { txHash } = await session.market.cancel({ task_id: id })
    const after = await readTask(session, id)
    const returnedAtto = `${BigInt(task.escrow) - BigInt(after.escrow)}`
    if (flags.json)
      process.stdout.write(`${JSON.stringify({ task: id, state: after.state, returnedAtto, tx: txHash })}\n`)
    else
      process.stdout.write(
        `Task ${id} is cancelled; ${showBly(BigInt(returnedAtto))} BLY are payable.\nnext  ./blyan claim\n`,
      )
    return EXIT.done
  })
}
