/** Follows one transfer to its end: a line for each state, and after 30 s of quiet one that says what it waits for. */
import { setTimeout as delay } from 'node:timers/promises'
import { isEnded, readTransfer, type Transfer } from '../../../chain/client/bridge/index.ts'
import { lifeLine } from '../print.ts'
import type { BridgeSession } from './session.ts'
import { awaitedText, STATE_WORDS, transferJson } from './text.ts'

const POLL_MS = 500
const QUIET_MS = 30_000

export interface FollowOptions {
  json: boolean
  /** ms after which to stop following; the transfer goes on without us. */
  forMs?: number
  onState?: (transfer: Transfer) => void
}

/** @returns the transfer as it was last seen */
export async function follow(
  { transfers }: Pick<BridgeSession, 'transfers'>,
  id: string,
  { json, forMs = Number.POSITIVE_INFINITY, onState }: FollowOptions,
): Promise<Transfer> {
  const startedAt = Date.now()
  let shown = ''
  let spokeAt = startedAt
  for (;;) {
    const transfer = await readTransfer(transfers, id)
    const waiting = awaitedText(transfer, Date.now())
    const quiet = Date.now() - spokeAt >= QUIET_MS
    if (transfer.state !== shown || quiet) {
      if (json)
        print({ type: transfer.state === shown ? 'waiting' : 'state', at: Date.now(), ...transferJson(transfer) })
      else {
        const words = transfer.state === shown ? waiting : STATE_WORDS[transfer.state]
        const more = transfer.state === shown || waiting === '' ? '' : ` · ${waiting}`
        process.stderr.write(`${lifeLine(Date.now() - startedAt, id, `${words}${more}`)}\n`)
      }
      if (transfer.state !== shown) onState?.(transfer)
      shown = transfer.state
      spokeAt = Date.now()
    }
    if (isEnded(transfer.state) || Date.now() - startedAt >= forMs) return transfer
    await delay(POLL_MS)
  }
}

export const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`)
