/** A contract's view over plain JSON-RPC, parsed: what the page reads from the chain itself instead of from the gateway. */
import { z } from 'zod'
import type { Rpc } from '../../../chain/client/near/rpc.ts'
import { bytesToBase64, bytesToUtf8, utf8ToBytes } from '../../../chain/lib/bytes.ts'
import { BlyanError, type Fault } from '../../../chain/lib/errors.ts'

/** The RPC's reply is not what the contract's view would say. */
export class ViewReplyError extends BlyanError {
  static override readonly code: string = 'PAGE_VIEW_REPLY'
  static override readonly fault: Fault = 'peer'
}

const MAX_RESULT_BYTES = 1 << 20
const reply = z.object({
  result: z.array(z.number().int().min(0).max(255)).max(MAX_RESULT_BYTES),
  block_height: z.number().int(),
})

export interface ViewRequest<S extends z.ZodType> {
  contract: string
  method: string
  args?: Readonly<Record<string, unknown>>
  schema: S
  /** The newest final block unless told. */
  height?: number
  signal?: AbortSignal
}

/** @throws RpcUnreachableError · NearRpcError · ViewReplyError */
export async function readView<S extends z.ZodType>(
  rpc: Rpc,
  { contract, method, args = {}, schema, height, signal }: ViewRequest<S>,
): Promise<{ value: z.infer<S>; height: number }> {
  const answer = reply.safeParse(
    await rpc(
      'query',
      {
        request_type: 'call_function',
        ...(height === undefined ? { finality: 'final' } : { block_id: height }),
        account_id: contract,
        method_name: method,
        args_base64: bytesToBase64(utf8ToBytes(JSON.stringify(args))),
      },
      signal,
    ),
  )
  const view = answer.success ? schema.safeParse(parseJson(answer.data.result)) : null
  if (answer.success && view?.success === true) return { value: view.data, height: answer.data.block_height }
  throw new ViewReplyError({
    what: `The RPC answered ${method} of ${contract} with something else than that view says.`,
    fix: 'Check the RPC’s address and network, or choose another one.',
    data: { contract, method },
  })
}

function parseJson(result: number[]): unknown {
  try {
    return JSON.parse(bytesToUtf8(Uint8Array.from(result)))
  } catch {
    return null
  }
}
