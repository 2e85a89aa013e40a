/** Asks the market itself, at one height, where the index alone would only agree with itself. */
import { z } from 'zod'
import { decodeValue } from '../../../chain/client/near/result.ts'
import { bytesToBase64, utf8ToBytes } from '../../../chain/lib/bytes.ts'
import type { Parts } from '../types.ts'

const answer = z.object({ result: z.array(z.number().int().min(0).max(255)) })
/** A chain that does not answer must not hold a read up, ms. */
const PATIENCE_MS = 1_500

/** What a view says; undefined while the chain is away or no longer knows the height. */
export async function askView<S extends z.ZodType>(
  { chain, config, signal }: Parts,
  schema: S,
  method: string,
  args: object,
  height?: number,
): Promise<z.infer<S> | undefined> {
  const at = height === undefined ? { finality: 'final' } : { block_id: height }
  try {
    const reply = await chain.rpc(
      'query',
      {
        request_type: 'call_function',
        ...at,
        account_id: config.contracts.market,
        method_name: method,
        args_base64: bytesToBase64(utf8ToBytes(JSON.stringify(args))),
      },
      AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
    )
    return schema.parse(decodeValue(Uint8Array.from(answer.parse(reply).result)))
  } catch {
    return undefined
  }
}
