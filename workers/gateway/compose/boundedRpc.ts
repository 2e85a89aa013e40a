/** The gateway's way to the node, which gives up: a node that takes requests and answers none is away too. */
import { httpRpc, type Rpc } from '../../../chain/client/near/rpc.ts'

/** Longest wait for an answer, ms: views take milliseconds, so what takes this long does not come. */
const QUICK_MS = 10_000
/** Of what waits for blocks (nearcore gives up after 10 s), or brings many. */
const SLOW_MS = 30_000
const SLOW: ReadonlySet<string> = new Set(['send_tx', 'tx', 'EXPERIMENTAL_tx_status', 'blyan_events', 'chunk'])

/** Late answers are RpcUnreachableError, as lost ones are. */
export function boundedRpc(url: string, { quickMs = QUICK_MS, slowMs = SLOW_MS } = {}): Rpc {
  const [quick, slow] = [httpRpc(url, fetchWithin(quickMs)), httpRpc(url, fetchWithin(slowMs))]
  return (method, params, signal) => (SLOW.has(method) ? slow : quick)(method, params, signal)
}

const fetchWithin =
  (ms: number): typeof fetch =>
  (input, init) => {
    const late = AbortSignal.timeout(ms)
    return fetch(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, late]) : late })
  }
