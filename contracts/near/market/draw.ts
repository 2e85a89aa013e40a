/** Draws operators by their seats: a pure function of (seats as of T, beacon), bounded in tries. */
import { drawOrder, drawSeed } from '../lib/pure/index.ts'
import type { Market } from './context.ts'
import { getNode } from './nodes.ts'
import { lengthAt, operatorAt } from './seats.ts'
import type { NodeRecord } from './types.ts'

/** Permutations dealt one after the other, 64 tries each: small pools with unequal stakes need more than one. */
const BATCHES = 4

export interface DrawRequest {
  list: string
  /** T: seats count as they were then. */
  at: number
  beacon: string
  task: string
  round: number
  purpose: string
  attempt: number
  need: number
  /** Whether an operator may sit; asked once each. */
  eligible: (node: NodeRecord) => boolean
}

/** At most `need` distinct operators in the order of the draw. */
export function drawOperators(m: Market, r: DrawRequest): NodeRecord[] {
  const length = lengthAt(m, r.list, r.at)
  const asked = new Set<string>()
  const drawn: NodeRecord[] = []
  for (let batch = 0; batch < BATCHES && drawn.length < r.need; batch++) {
    const purpose = batch === 0 ? r.purpose : `${r.purpose}/${batch}`
    const seed = drawSeed(m.host.sha256, { ...r, purpose })
    for (const index of drawOrder(m.host.sha256, seed, length, length)) {
      if (drawn.length === r.need) break
      const account = operatorAt(m, r.list, index, r.at)
      if (account === null || asked.has(account)) continue
      asked.add(account)
      const node = getNode(m, account)
      if (r.eligible(node)) drawn.push(node)
    }
    if (length <= 64) break
  }
  return drawn
}
