/** `blyan claim`: collects what is payable. Success is the market's event that the token has answered. */
import { z } from 'zod'
import { clock, shortBly, span } from '../../chain/client/why/index.ts'
import { BlyanError } from '../../chain/lib/errors.ts'
import { showBly } from './amount.ts'
import { parseArgs } from './args.ts'
import { confirm } from './ask.ts'
import { EXIT } from './errors.ts'
import { aboutNear, missingStorage, payStorage, requireEvent } from './money.ts'
import { PLACE_FLAGS, type Session, SIGN_FLAGS, withSession } from './session.ts'
import { ledgerView, type NodeView, nodeView, type TaskView, taskView } from './views.ts'

/** The token refused the payment: the amount is payable again. */
export class ClaimRestoredError extends BlyanError {
  static override readonly code: string = 'CLI_CLAIM_RESTORED'
  static override readonly retryable: boolean = true
}

const SPEC = {
  command: 'claim',
  sentence: 'Collects what you have earned, and stake whose waiting time is over.',
  flags: { ...PLACE_FLAGS, ...SIGN_FLAGS, max: { type: 'bly', value: 'BLY', help: 'collect at most so much' } },
} as const

export async function run(argv: string[]): Promise<number> {
  const { flags } = parseArgs(SPEC, argv)
  return withSession(flags, async (session) => {
    const { account } = session
    const state = await readState(session)
    const available = state.payable + state.ripe
    const amount = flags.max !== undefined && flags.max < available ? flags.max : available
    const rest = waitingText(state)
    if (amount === 0n) return nothing(flags.json, account, state, rest)
    const missing = await missingStorage(session)
    const storage = missing.reduce((sum, { yocto }) => sum + yocto, 0n)
    if (!flags.json) {
      const lines = [
        `Collect ${showBly(amount)} BLY to ${account}${state.ripe > 0n ? `, of it ${showBly(state.ripe)} removed stake` : ''}.`,
        `  forfeits nothing${rest === '' ? '; nothing else is on the way' : `; ${rest}`}`,
        ...(storage > 0n ? [`  storage  ${aboutNear(storage)}, once`] : []),
      ]
      process.stderr.write(`${lines.join('\n')}\n`)
    }
    await confirm(`Sign with ${account}?`, { yes: flags.yes })
    await payStorage(missing)
    if (state.ripe > 0n) await session.market.withdraw()
    const tx = await collect(session, amount)
    const balance = BigInt(await session.bly.ft_balance_of({ account_id: account }))
    if (flags.json) {
      print({ account, claimedAtto: `${amount}`, tx, balanceAtto: `${balance}`, lockedAtto: `${state.locked}` })
    } else {
      process.stdout.write(
        `${account} collected ${showBly(amount)} BLY and now holds ${showBly(balance)}.${rest === '' ? '' : `\n${rest}`}\nnext  ./blyan why ${account}\n`,
      )
    }
    return EXIT.done
  })
}

async function collect(session: Session, amount: bigint): Promise<string> {
  const { account } = session
  const result = await session.market.claim({ amount: `${amount}` })
  if (result.events.some(({ event }) => event === 'claim_restored')) {
    throw new ClaimRestoredError({
      what: `The token refused the payment of ${showBly(amount)} BLY; it is payable again, nothing is lost.`,
      fix: 'Run ./blyan claim once more.',
      data: { tx: result.txHash },
    })
  }
  requireEvent(result, 'claim_paid', account)
  return result.txHash
}

interface State {
  payable: bigint
  locked: bigint
  paying: bigint
  /** Removed stake whose waiting time is over. */
  ripe: bigint
  unbonding: NodeView['unbonding']
  /** Latest time at which a locked task becomes payable; null while one of them still runs. */
  vestAt: number | null
  now: number
}

async function readState(session: Session): Promise<State> {
  const { account } = session
  const ledger = await session.view(ledgerView, 'ledger', { account_id: account })
  const node = await session.view(nodeView.nullable(), 'get_node', { account_id: account })
  const head = await session.head()
  const unbonding = node?.unbonding ?? []
  const ripe = unbonding.filter(({ at }) => at <= head.at).reduce((sum, { amount }) => sum + BigInt(amount), 0n)
  const open = BigInt(ledger.locked) === 0n ? [] : await openTasks(session)
  const times = open.map(({ vest_at }) => vest_at)
  return {
    payable: BigInt(ledger.payable),
    locked: BigInt(ledger.locked),
    paying: BigInt(ledger.paying),
    ripe,
    unbonding: unbonding.filter(({ at }) => at > head.at),
    vestAt: times.length === 0 || times.includes(null) ? null : Math.max(...(times as number[])),
    now: head.at,
  }
}

/** Tasks in which something may be locked: those that are not payable yet. */
async function openTasks(session: Session): Promise<TaskView[]> {
  const active = await session.view(z.array(z.object({ task: z.string() })), 'active')
  const tasks: TaskView[] = []
  for (const { task } of active) tasks.push(await session.view(taskView, 'get_task', { task_id: task }))
  return tasks
}

function waitingText({ locked, paying, unbonding, vestAt, now }: State): string {
  const when =
    vestAt === null
      ? 'until its task has ended and its checking time is over'
      : vestAt > now
        ? `until ${clock(vestAt, now)} (in ${span(vestAt - now)})`
        : 'until someone moves its task on'
  return [
    locked > 0n && `${shortBly(locked)} BLY stay locked ${when}`,
    paying > 0n && `${shortBly(paying)} BLY are on their way`,
    ...unbonding.map(
      ({ amount, at }) =>
        `${shortBly(BigInt(amount))} BLY of removed stake from ${clock(at, now)} (in ${span(at - now)})`,
    ),
  ]
    .filter(Boolean)
    .join('; ')
}

function nothing(json: boolean, account: string, { locked }: State, rest: string): number {
  if (json) print({ account, claimedAtto: '0', tx: null, lockedAtto: `${locked}` })
  else
    process.stdout.write(
      `${account} has nothing to collect now${rest === '' ? '' : `: ${rest}`}.\nnext  ./blyan why ${account}\n`,
    )
  return EXIT.done
}

const print = (json: object): void => void process.stdout.write(`${JSON.stringify(json, null, 2)}\n`)
