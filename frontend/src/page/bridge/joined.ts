/** One request where several parts of the page ask a chain the same at once. */
import type { Transport } from 'viem'

export type AskChain = (method: string, params: unknown, signal?: AbortSignal) => Promise<unknown>

/** What changes nothing on either chain and is asked by more than one part of the page. */
const READS: ReadonlySet<string> = new Set([
  'query',
  'block',
  'eth_blockNumber',
  'eth_call',
  'eth_getBlockByNumber',
  'eth_getLogs',
])

/** Long enough for the reads that one render starts, too short for anyone to see. */
const aMoment = () => new Promise<void>((resolve) => setTimeout(resolve, 15))

/**
 * Reads wait a moment and leave once for all who asked alike meanwhile. What left already is joined by nobody: whoever
 * asks after a transaction was carried out reads what came of it.
 */
export function joined(ask: AskChain, moment: () => Promise<void> = aMoment): AskChain {
  const waiting = new Map<string, Promise<unknown>>()
  return (method, params, signal) => {
    // One who may give up alone asks alone.
    if (!READS.has(method) || signal !== undefined) return ask(method, params, signal)
    const key = JSON.stringify([method, params])
    const same = waiting.get(key)
    if (same !== undefined) return same
    const answer = moment().then(() => {
      waiting.delete(key)
      return ask(method, params)
    })
    waiting.set(key, answer)
    return answer
  }
}

/** The same for viem's way to an EVM chain. */
export const joinedTransport =
  (transport: Transport): Transport =>
  (options) => {
    const way = transport(options)
    const ask = joined((method, params) => way.request({ method, params }))
    const request: typeof way.request = ({ method, params }) => ask(method, params) as Promise<never>
    return { ...way, request }
  }
