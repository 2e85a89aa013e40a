/** The round card: operators down, steps across, filled by what the chain says. On a pipe: one line an event. */
import { type EventItem, PHASE_WORDS, eventSentence as sentenceOf } from '../../chain/client/words/index.ts'
import type { DisputeView, RoundView, TaskView } from '../../workers/node/views.ts'
import { isLive, lifeLine, type Palette, palette, table, terminalWidth } from '../cli/print.ts'
import type { ChainEvent } from './story.ts'

export interface Progress {
  /** Steps done by account, as the trainer itself says. */
  readonly steps: ReadonlyMap<string, { done: number; of: number }>
}

export interface Card {
  /** Something happened: a line on a pipe, remembered below the card on a terminal. */
  note(who: string, what: string): void
  draw(task: TaskView, round: RoundView, disputes: readonly DisputeView[], progress: Progress): void
  end(): void
}

/** @param startedAt ms, what the clock of each line counts from */
export function createCard(stream: NodeJS.WriteStream, startedAt: number, now: () => number): Card {
  const live = isLive(stream)
  const paint = palette(stream)
  const notes: string[] = []
  let drawn = 0
  let last = ''
  const erase = (): void => {
    if (drawn > 0) stream.write(`\x1b[${drawn}A\x1b[J`)
    drawn = 0
  }
  return {
    note: (who, what) => {
      const line = lifeLine(now() - startedAt, who, what)
      if (!live) {
        stream.write(`${line}\n`)
        return
      }
      notes.push(line)
      if (notes.length > 4) notes.shift()
    },
    draw: (task, round, disputes, progress) => {
      if (!live) {
        const line = headline(task, round)
        if (line !== last) stream.write(`${lifeLine(now() - startedAt, 'round', line)}\n`)
        last = line
        return
      }
      const text = [
        `blyan up · task ${task.id} · ${headline(task, round)}`,
        cardTable(round, disputes, progress, paint),
        ...notes,
      ]
      const width = terminalWidth(stream)
      const lines = text
        .join('\n')
        .split('\n')
        .map((line) => (line.length > width + 40 ? line.slice(0, width) : line))
      erase()
      stream.write(`${lines.join('\n')}\n`)
      drawn = lines.length
    },
    end: erase,
  }
}

function headline(task: TaskView, round: RoundView): string {
  const waits = waitsFor(round)
  return `round ${round.round + 1} of ${task.spec.rounds} · ${PHASE_WORDS[round.phase].toUpperCase()}${waits ? ` · waits for ${waits}` : ''}`
}

/** Whom the phase waits for, in words; nobody in particular gives ''. */
function waitsFor({ phase, trainers, validators }: RoundView): string {
  const still = (seats: readonly { account: string; state: string }[], states: string[]): string =>
    seats
      .filter(({ state }) => states.includes(state))
      .map(({ account }) => short(account))
      .join(', ')
  if (phase === 'accept') return still(trainers, ['drawn'])
  if (phase === 'commit') return still(trainers, ['accepted'])
  if (phase === 'reveal') return still(trainers, ['committed'])
  if (phase === 'publish') return still(trainers, ['revealed'])
  if (phase === 'verdict_commit') return still(validators, ['drawn'])
  if (phase === 'verdict_reveal') return still(validators, ['committed'])
  if (phase === 'answer') return still(trainers, ['published'])
  return ''
}

function cardTable(round: RoundView, disputes: readonly DisputeView[], { steps }: Progress, paint: Palette): string {
  const trainers = round.trainers.map((each) => {
    const at = steps.get(each.account)
    const dispute = disputes.find((entry) => entry.submission === each.index && entry.kind === 'leaf')
    const verdict =
      dispute?.result === 'upheld' || each.outcome === 'rejected'
        ? paint.bad('its work was false')
        : dispute
          ? paint.wait(`sample ${dispute.leaf} is redone by a jury`)
          : each.outcome === 'accepted'
            ? paint.ok('accepted')
            : each.state === 'answered'
              ? 'ok so far'
              : ''
    return [
      short(each.account),
      each.state === 'out' ? paint.bad('out') : 'ok',
      at ? `${at.done}/${at.of}*` : '',
      each.delta ? 'yes' : '',
      verdict,
    ]
  })
  const validators = round.validators.map(({ account, state, faults }) => [
    short(account),
    'ok',
    '',
    '',
    faults.length > 0
      ? paint.bad(faults.join(', '))
      : state === 'revealed'
        ? 'opened'
        : state === 'committed'
          ? 'sealed'
          : state,
  ])
  const columns = ['', 'chosen', 'trained', 'handed in', 'verdict'].map((title) => ({ title }))
  return `${table(columns, [...trainers, ...validators])}\n${paint.dim('* reported by itself')}`
}

/** An event as a sentence, or null where the card shows it anyway. */
export const eventSentence = ({ event, data }: ChainEvent): { who: string; what: string } | null =>
  sentenceOf(event, (data[0] ?? {}) as EventItem, short)

const short = (account: string): string => account.replace(/\.test\.near$/, '')
