/** `blyan task show N`: one sentence, then rounds and money of a task. */
import { shortBly } from '../../../chain/client/why/index.ts'
import { showBly } from '../amount.ts'
import { parseArgs } from '../args.ts'
import { EXIT } from '../errors.ts'
import { palette, table } from '../print.ts'
import { PLACE_FLAGS, type Session, withSession } from '../session.ts'
import { type RoundView, roundView, type TaskView } from '../views.ts'
import { readTask, taskIdOf } from './find.ts'
import { outcomeText, PHASES, taskSentence } from './words.ts'

const SPEC = {
  command: 'task show',
  sentence: 'Shows a task: what happened or is awaited, each round, and where the money is.',
  positionals: [{ name: 'N', help: 'the task', required: true }],
  flags: { ...PLACE_FLAGS, json: { type: 'boolean', help: 'one JSON document' } },
} as const

export async function run(argv: string[]): Promise<number> {
  const { flags, positionals } = parseArgs(SPEC, argv)
  const id = taskIdOf(positionals[0]!)
  return withSession(flags, async (session) => {
    const head = await session.head()
    const task = await readTask(session, id, head.height)
    const rounds = await readRounds(session, task, head.height)
    const sentence = taskSentence(task, rounds.at(-1) ?? null, head.at)
    if (flags.json) process.stdout.write(`${JSON.stringify({ sentence, task, rounds, asOf: head }, null, 2)}\n`)
    else process.stdout.write(taskText(task, rounds, sentence))
    return EXIT.done
  })
}

async function readRounds({ view }: Session, task: TaskView, height: number): Promise<RoundView[]> {
  const rounds: RoundView[] = []
  for (let round = 0; round <= task.round; round++) {
    const found = await view(roundView.nullable(), 'get_round', { task_id: task.id, round }, height)
    if (found !== null) rounds.push(found)
  }
  return rounds
}

export function taskText(task: TaskView, rounds: readonly RoundView[], sentence: string): string {
  const paint = palette()
  const { spec, quote, spent } = task
  const paid = BigInt(spent.base_pay ?? 0) + BigInt(spent.bonus ?? 0) + BigInt(spent.validators ?? 0)
  const what = [
    `ordered by ${task.requester}: ${spec.rounds} rounds of ${spec.workers} trainers, ${task.samples} samples by each of ${task.validators} validators`,
    `certainty ${spec.certainty} %${spec.small_pool ? `, small pool: ${task.pool} operators` : ''} · pay ${shortBly(BigInt(spec.pay))} BLY a trainer and round, bond ${shortBly(BigInt(quote.trainer_bond))}`,
    `paid ${shortBly(paid)} of ${showBly(BigInt(task.bounty), { as: 'cost' })} BLY · still set aside ${shortBly(BigInt(task.escrow))}`,
  ]
  const rows = rounds.flatMap((round) => [
    ...round.trainers.map((seat, i) => [
      i === 0 ? `${round.round + 1} ${PHASES[round.phase]}` : '',
      seat.account,
      outcomeText(seat),
      seat.gain === null ? '' : `${(Number(seat.gain) / 1e6).toFixed(3)}`,
      seat.outcome === null ? '' : shortBly(BigInt(seat.base_pay) + BigInt(seat.bonus)),
      seat.receipt === null ? '' : `receipt ${seat.receipt}`,
    ]),
    ...round.validators.map((seat) => [
      '',
      seat.account,
      `validator, ${VALIDATOR_STATES[seat.state] ?? seat.state}${seat.faults.length === 0 ? '' : `, ${seat.faults.join(' ')}`}`,
      '',
      round.phase === 'settled' ? shortBly(BigInt(seat.fee)) : '',
      '',
    ]),
  ])
  const right = { align: 'right' } as const
  const rounded = table(
    [
      { title: 'round' },
      { title: 'who' },
      { title: 'what' },
      { title: 'help', ...right },
      { title: 'BLY', ...right },
      { title: 'evidence' },
    ],
    rows,
  )
  const next =
    task.state === 'Completed' ? `./blyan task model ${task.id}` : `./blyan why ${task.requester} --task ${task.id}`
  return `${[paint.strong(sentence), ...what.map((line) => `  ${line}`), ...(rows.length === 0 ? [] : [rounded]), `next  ${next}`].join('\n')}\n`
}

const VALIDATOR_STATES: Readonly<Record<string, string>> = {
  drawn: 'checking',
  committed: 'verdict sealed',
  revealed: 'verdict opened',
  silent: 'no verdict',
}
