/**
 * Where records lie: one prefix a table, one small record a seat, nothing that grows with the number of nodes or past
 * tasks. Records are JSON or plain text, read at most once and written at most once a call, and only when the call succeeded.
 */
import type { Host } from '../lib/host.ts'

/** Layout of the records below; a change of it needs a migration. */
export const LAYOUT_VERSION = 1

/** Every prefix of the contract; a test finds them unique and none the beginning of another. */
export const PREFIX = {
  config: 'CF',
  totals: 'TT',
  lists: 'LN',
  storage: 'SB:',
  node: 'N:',
  nodeAt: 'NA:',
  seats: 'SP:',
  beacon: 'B:',
  ledger: 'L:',
  nonce: 'O:',
  task: 'T:',
  job: 'J:',
  spec: 'S:',
  active: 'A:',
  round: 'R:',
  trainer: 'W:',
  reveal: 'WR:',
  middles: 'WM:',
  last: 'WL:',
  validator: 'V:',
  verdicts: 'VV:',
  answers: 'VM:',
  disputes: 'DB:',
  dispute: 'D:',
  juror: 'DJ:',
  receipts: 'RC',
  receipt: 'RR:',
  receiptPage: 'RP:',
} as const

export const keys = {
  node: (account: string) => PREFIX.node + account,
  nodeAt: (index: number) => PREFIX.nodeAt + index,
  seats: (list: string, page: number) => `${PREFIX.seats}${list}:${page}`,
  beacon: (n: number) => PREFIX.beacon + n,
  ledger: (account: string) => PREFIX.ledger + account,
  nonce: (account: string, nonce: string) => `${PREFIX.nonce}${account}:${nonce}`,
  task: (task: string) => PREFIX.task + task,
  job: (task: string) => PREFIX.job + task,
  spec: (task: string) => PREFIX.spec + task,
  active: (slot: number) => PREFIX.active + slot,
  round: (task: string, round: number) => `${PREFIX.round}${task}:${round}`,
  trainer: (task: string, round: number, i: number) => `${PREFIX.trainer}${task}:${round}:${i}`,
  reveal: (task: string, round: number, i: number) => `${PREFIX.reveal}${task}:${round}:${i}`,
  middles: (task: string, round: number, i: number) => `${PREFIX.middles}${task}:${round}:${i}`,
  last: (task: string, account: string) => `${PREFIX.last}${task}:${account}`,
  validator: (task: string, round: number, i: number) => `${PREFIX.validator}${task}:${round}:${i}`,
  verdicts: (task: string, round: number, i: number) => `${PREFIX.verdicts}${task}:${round}:${i}`,
  answers: (task: string, round: number, i: number) => `${PREFIX.answers}${task}:${round}:${i}`,
  disputes: (task: string, round: number) => `${PREFIX.disputes}${task}:${round}`,
  dispute: (id: string) => PREFIX.dispute + id,
  juror: (id: string, i: number) => `${PREFIX.juror}${id}:${i}`,
  receipt: (index: number) => PREFIX.receipt + index,
  receiptPage: (page: number) => PREFIX.receiptPage + page,
}

/** Records in memory for one call. */
export interface Store {
  /** The record, or null. The object may be changed in place, but counts as changed only after `put`. */
  get<T>(key: string): T | null
  put(key: string, value: object): void
  /** A record that is kept as text, as it is: what need not be parsed, or has a shorter form than JSON. */
  getText(key: string): string | null
  putText(key: string, text: string): void
  remove(key: string): void
  /** Writes what changed. A call that failed never gets here. */
  flush(): void
}

export function openStore(host: Host): Store {
  const records = new Map<string, unknown>()
  const changed = new Set<string>()
  return {
    get<T>(key: string): T | null {
      const known = records.get(key)
      if (known !== undefined) return known as T | null
      const text = host.read(key)
      const value = text === null ? null : JSON.parse(text)
      records.set(key, value)
      return value
    },
    put(key, value) {
      records.set(key, value)
      changed.add(key)
    },
    getText(key) {
      const known = records.get(key)
      if (known !== undefined) return known as string | null
      const text = host.read(key)
      records.set(key, text)
      return text
    },
    putText(key, text) {
      records.set(key, text)
      changed.add(key)
    },
    remove(key) {
      records.set(key, null)
      changed.add(key)
    },
    flush() {
      for (const key of changed) {
        const value = records.get(key)
        if (value === null || value === undefined) host.remove(key)
        else host.write(key, typeof value === 'string' ? value : JSON.stringify(value))
      }
      changed.clear()
    },
  }
}
