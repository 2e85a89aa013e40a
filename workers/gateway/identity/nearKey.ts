/** Whether a key may do everything for a NEAR account, as of the last final block: a dApp's function-call key may not sign in. */
import { z } from 'zod'
import { NearRpcError, type Rpc } from '../../../chain/client/near/index.ts'
import { InvalidKeyError } from '../../../chain/lib/key.ts'
import { SignInChainError } from './errors.ts'

const TIMEOUT_MS = 5_000
const GONE = ['UNKNOWN_ACCOUNT', 'UNKNOWN_ACCESS_KEY', 'INVALID_ACCOUNT']

const reply = z.union([
  z.object({ permission: z.union([z.literal('FullAccess'), z.object({ FunctionCall: z.unknown() })]) }),
  // Older nodes put what is missing into the result.
  z.object({ error: z.string() }),
])

/** @throws SignInChainError while the chain does not answer */
export type IsFullAccess = (account: string, publicKey: string) => Promise<boolean>

export function fullAccessOver(rpc: Rpc, signal?: AbortSignal): IsFullAccess {
  return async (account, publicKey) => {
    const patience = AbortSignal.timeout(TIMEOUT_MS)
    const params = { request_type: 'view_access_key', finality: 'final', account_id: account, public_key: publicKey }
    try {
      const answer = await rpc('query', params, signal === undefined ? patience : AbortSignal.any([signal, patience]))
      const key = reply.parse(answer)
      return 'permission' in key && key.permission === 'FullAccess'
    } catch (cause) {
      if (cause instanceof InvalidKeyError) return false
      if (cause instanceof NearRpcError && GONE.includes(String(cause.data.cause))) return false
      throw new SignInChainError({
        what: 'The chain does not say which keys the account has.',
        fix: 'Try again in a while, with a new nonce.',
        data: { account },
        cause,
      })
    }
  }
}
