/** Draws that an account could have been in: how many it was, and why the others passed it by. */
import type { MarketEvent } from './events.ts'
import { evidenceOf } from './lines.ts'
import { shortBly } from './text.ts'
import type { PassedOver, TaskFacts } from './types.ts'

interface Standing {
  roles: readonly string[]
  stake: bigint
  parked: boolean
  /** Bonds held, attoBLY, by task, round and role. */
  bonds: Map<string, bigint>
}

export interface Draws {
  drawn: number
  passedOver: PassedOver[]
}

/**
 * Follows the account's stake and bonds through the events. What was free at a draw is told as of the events before it, so
 * stake that came too late for the draw counts as free here.
 */
export function followDraws(
  account: string,
  events: readonly MarketEvent[],
  tasks: ReadonlyMap<string, TaskFacts>,
): Draws {
  const self: Standing = { roles: [], stake: 0n, parked: false, bonds: new Map() }
  const trainersOf = new Map<string, readonly string[]>()
  const out: Draws = { drawn: 0, passedOver: [] }
  const opened = new Set<string>()

  const pass = (event: MarketEvent, at: { task: string; round: number }, role: PassedOver['role'], spare: boolean) => {
    const facts = tasks.get(at.task)
    const ours = self.roles.includes(role) && self.stake > 0n && facts !== undefined && facts.requester !== account
    if (!ours) return
    const bond = role === 'trainer' ? facts.trainerBond : facts.validatorBond
    const held = [...self.bonds.values()].reduce((sum, each) => sum + each, 0n)
    const free = self.stake > held ? self.stake - held : 0n
    const reason = spare ? 'SPARE' : self.parked ? 'PARKED' : free < bond ? 'STAKE_FREE_TOO_LOW' : 'LOT'
    out.passedOver.push({
      task: at.task,
      round: at.round,
      role,
      reason,
      what: WORDS[reason](shortBly(free), shortBly(bond)),
      free,
      bond,
      evidence: evidenceOf(event),
    })
  }
  const take = (at: { task: string; round: number }, role: PassedOver['role']) => {
    const facts = tasks.get(at.task)
    out.drawn += 1
    if (facts) self.bonds.set(keyOf(at, role), role === 'trainer' ? facts.trainerBond : facts.validatorBond)
  }
  const free = (at: { task: string; round: number }, role: PassedOver['role']) => self.bonds.delete(keyOf(at, role))

  for (const event of events) {
    switch (event.name) {
      case 'node_registered':
        if (event.data.account === account) self.roles = event.data.roles
        break
      case 'stake_changed':
        if (event.data.account === account) self.stake = BigInt(event.data.stake)
        break
      case 'seat_parked':
        if (event.data.account === account) self.parked = true
        break
      case 'node_resumed':
        if (event.data.account === account) self.parked = false
        break
      case 'round_assigned': {
        const { data } = event
        trainersOf.set(`${data.task}/${data.round}`, data.trainers)
        if (data.trainers.includes(account)) take(data, 'trainer')
        else pass(event, data, 'trainer', data.spares.includes(account))
        break
      }
      case 'seat_replaced':
        if (event.data.account === account) take(event.data, 'trainer')
        break
      case 'seat_declined':
        if (event.data.account === account) free(event.data, 'trainer')
        break
      case 'judges_drawn': {
        const { data } = event
        if (data.validators.includes(account)) take(data, 'validator')
        else if (!trainersOf.get(`${data.task}/${data.round}`)?.includes(account)) pass(event, data, 'validator', false)
        break
      }
      case 'verdict_revealed':
        if (event.data.account === account) opened.add(keyOf(event.data, 'validator'))
        break
      case 'settled':
        if (event.data.account === account && event.data.outcome !== 'accepted') free(event.data, 'trainer')
        break
      case 'round_settled':
        if (!opened.has(keyOf(event.data, 'validator'))) free(event.data, 'validator')
        break
      case 'slashed': {
        const { account: who, task, round, role, amount } = event.data
        if (who !== account || task == null || round == null) break
        const key = keyOf({ task, round }, role as PassedOver['role'])
        const held = self.bonds.get(key)
        if (held !== undefined) self.bonds.set(key, held - BigInt(amount))
        break
      }
      case 'vested':
      case 'task_failed':
        for (const key of self.bonds.keys()) if (key.startsWith(`${event.data.task}/`)) self.bonds.delete(key)
        break
    }
  }
  return out
}

const WORDS: Record<PassedOver['reason'], (free: string, bond: string) => string> = {
  PARKED: () => 'did not answer an earlier draw, and has not reported back since',
  STAKE_FREE_TOO_LOW: (free, bond) => `${free} free, bond ${bond}`,
  SPARE: () => 'stood by, and nobody’s seat came free',
  LOT: () => 'the lot fell on others',
}

const keyOf = ({ task, round }: { task: string; round: number }, role: string): string => `${task}/${round}/${role}`
