/** How the actors sit on a jury: in time, well-formed, and without having looked. */
import type { Strategy } from '../../../workers/node/strategy.ts'
import { inventHash } from './invent.ts'

export const nonsense: Strategy['judge'] = async (_context, facts, leaf) => ({
  middle: inventHash('juror middle', facts.task, facts.round, facts.account, leaf),
  end: inventHash('juror end', facts.task, facts.round, facts.account, leaf),
})
