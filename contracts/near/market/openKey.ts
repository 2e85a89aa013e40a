/** Opens the round's held-out set. Keys are a hash chain: each is the SHA-256 preimage of the one before. */
import { fromHex, toHex } from '../lib/pure/index.ts'
import type { Market } from './context.ts'
import { ensure } from './errors.ts'
import { advance, openRound } from './phase.ts'
import { origin, putTask, requirePhase, touch } from './play.ts'

/** Whoever knows the key may open it, once. @throws MARKET_PHASE_WRONG MARKET_SEAT_DONE MARKET_KEY_WRONG */
export function openKey(m: Market, args: { task_id: string; round: number; key: string }): void {
  const p = openRound(m, args.task_id, args.round)
  const { round, task } = p
  requirePhase(p, 'publish')
  ensure(round.key === null, 'MARKET_SEAT_DONE', () => `the key of round ${round.number} is open`)
  // A round whose key stayed closed leaves a gap, which its successor's key spans.
  let hash = args.key
  for (let i = task.key_round; i < round.number; i++) hash = toHex(m.host.sha256(fromHex(hash)))
  ensure(
    hash === task.key_head,
    'MARKET_KEY_WRONG',
    () => `the key hashes to ${hash}, the chain's head is ${task.key_head}`,
  )
  task.key_head = args.key
  task.key_round = round.number
  putTask(m, task)
  round.key = args.key
  touch(p)
  m.emit('key_opened', { ...origin(p), key: args.key })
  advance(p)
}
