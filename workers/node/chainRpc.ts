/** The daemon's way to the chain: HTTP, with the fault point at which a commitment was sent and its answer is unread. */
import { httpRpc, type Rpc } from '../../chain/client/near/rpc.ts'
import { base64ToBytes } from '../../chain/lib/bytes.ts'
import { decodeSignedTransaction } from '../../chain/lib/transaction.ts'
import { faultPoint, isWanted } from './fault.ts'

/** @throws as httpRpc */
export function chainRpc(url: string): Rpc {
  return isWanted('worker.commit-sent') ? httpRpc(url, watched) : httpRpc(url)
}

/** The chain has the bytes and begins to answer; this process dies before it reads a word of that. */
const watched: typeof fetch = async (input, init) => {
  const response = await fetch(input, init)
  if (carriesCommitment(String(init?.body))) faultPoint('worker.commit-sent')
  return response
}

/** `commit`, `verdict_commit` and `jury_commit`: what must never be said twice in two ways. */
function carriesCommitment(body: string): boolean {
  const { method, params } = JSON.parse(body) as { method: string; params: { signed_tx_base64?: string } }
  if (method !== 'send_tx' || params.signed_tx_base64 === undefined) return false
  const { actions } = decodeSignedTransaction(base64ToBytes(params.signed_tx_base64)).transaction
  return actions.some((action) => action.kind === 'functionCall' && /(^|_)commit$/.test(action.methodName))
}
