/** What the market logged, as a sentence about somebody. */

/** One item of an event's data, as the contract sends it. */
export type EventItem = Readonly<Record<string, unknown>>

export interface Told {
  readonly who: string
  readonly what: string
}

/** @param short how accounts are called in this place  @returns null where the event says nothing that people wait for */
export function eventSentence(event: string, item: EventItem, short = (account: string) => account): Told | null {
  const text = (name: string): string => String(item[name] ?? '')
  const who = (name: string): string => short(text(name))
  const round = Number(item.round ?? 0) + 1
  switch (event) {
    case 'task_created':
      return { who: who('requester'), what: `orders task ${text('task')}` }
    case 'dispute_opened':
      return {
        who: who('disputer'),
        what:
          item.kind === 'leaf'
            ? `disputes sample ${text('leaf')} of ${who('trainer')}`
            : `differs from ${who('trainer')} on the check value of sample ${text('leaf')}`,
      }
    case 'slashed':
      return { who: who('account'), what: `loses part of its bond in round ${round}: ${text('reason')}` }
    case 'round_settled':
      return { who: 'market', what: `round ${round} is settled` }
    case 'task_completed':
      return { who: 'market', what: `task ${text('task')} is completed` }
    case 'task_failed':
      return { who: 'market', what: `task ${text('task')} failed: ${text('reason')}` }
    case 'vested':
      return { who: 'market', what: 'pay is free to collect' }
    default:
      return null
  }
}

const list = (value: unknown, short: (account: string) => string): string =>
  Array.isArray(value) ? value.map((each) => short(String(each))).join(', ') : ''

/** As `eventSentence`, with the smaller steps too: for a task's own page, where each line is evidence. */
export function outcomeSentence(event: string, item: EventItem, short = (account: string) => account): Told | null {
  const told = eventSentence(event, item, short)
  if (told !== null) return told
  const text = (name: string): string => String(item[name] ?? '')
  const account = short(text('account'))
  const round = Number(item.round ?? 0) + 1
  switch (event) {
    case 'round_assigned':
      return { who: 'market', what: `round ${round}: ${list(item.trainers, short) || 'nobody'} drawn to train` }
    case 'judges_drawn':
      return { who: 'market', what: `round ${round}: ${list(item.validators, short) || 'nobody'} drawn to check` }
    case 'seat_accepted':
      return { who: account, what: `took its seat in round ${round}` }
    case 'seat_declined':
      return { who: account, what: `gave its seat in round ${round} back` }
    case 'seat_replaced':
      return { who: account, what: `took a seat that came free in round ${round}` }
    case 'committed':
      return { who: account, what: `handed in round ${round}, sealed` }
    case 'revealed':
      return { who: account, what: `opened its hand-in of round ${round}` }
    case 'published':
      return { who: account, what: `serves its drawn samples of round ${round}` }
    case 'answered':
      return { who: account, what: `opened the check values of its samples in round ${round}` }
    case 'verdict_revealed':
      return { who: account, what: `opened its verdict on round ${round}` }
    case 'dispute_upheld':
      return { who: 'jury', what: `found sample ${text('leaf')} of ${short(text('trainer'))} false` }
    case 'dispute_rejected':
      return { who: 'jury', what: `found sample ${text('leaf')} of ${short(text('trainer'))} right` }
    case 'dispute_undecided':
      return { who: 'jury', what: `could not decide on sample ${text('leaf')} of ${short(text('trainer'))}` }
    case 'settled':
      return { who: account, what: `round ${round}: its work was ${OUTCOMES[text('outcome')] ?? text('outcome')}` }
    case 'receipt':
      return { who: short(text('worker')), what: `got receipt ${text('index')} for round ${round}` }
    case 'task_cancelled':
      return { who: 'market', what: `task ${text('task')} was cancelled by who ordered it` }
    default:
      return null
  }
}

const OUTCOMES: Readonly<Record<string, string>> = {
  accepted: 'accepted',
  rejected: 'refused',
  missing: 'not handed in',
  undecided: 'left undecided',
}
