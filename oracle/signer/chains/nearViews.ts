/** What contracts on NEAR show, asked of every RPC at its final block; only what no later block changes may be asked. */
import { z } from 'zod'
import { decodeValue } from '../../../chain/client/near/result.ts'
import type { Rpc } from '../../../chain/client/near/rpc.ts'
import { bytesToBase64, utf8ToBytes } from '../../../chain/lib/bytes.ts'
import { agree } from './agree.ts'

export type NearView = <T>(
  contract: string,
  method: string,
  args: object,
  schema: z.ZodType<T>,
  at?: { block_id: number },
) => Promise<T>

const reply = z.object({ result: z.array(z.number().int().min(0).max(255)) })

/** @throws ZodError when the contract shows something else, RpcsDisagreeError, and what the RPC throws */
export const nearViews =
  (rpcs: readonly Rpc[]): NearView =>
  (contract, method, args, schema, at) =>
    agree(rpcs, `${method} of ${contract}`, async (rpc) => {
      const { result } = reply.parse(
        await rpc('query', {
          request_type: 'call_function',
          ...(at ?? { finality: 'final' }),
          account_id: contract,
          method_name: method,
          args_base64: bytesToBase64(utf8ToBytes(JSON.stringify(args))),
        }),
      )
      return schema.parse(decodeValue(Uint8Array.from(result)))
    })

const decimal = z.string().regex(/^(?:0|[1-9]\d{0,38})$/)

export const bridgeStatus = z.object({ epoch: decimal, pending_epoch: decimal.nullable(), separator: z.string() })
export const bridgeLimits = z.object({ rotation_delay_s: z.number().int().nonnegative() })
export const transferView = z
  .object({ state: z.string(), sender: z.string().nullable(), receiver: z.string(), amount: decimal })
  .nullable()
export const linksView = z.array(z.object({ nonce: decimal, account: z.string(), evm: z.string() }))
export const receiptRoot = z.object({ size: z.number().int().nonnegative(), root: z.string() })
export const receiptView = z.object({
  version: z.literal(1),
  index: decimal,
  task: decimal,
  round: z.number(),
  worker: z.string(),
  base: z.string(),
  delta: z.string(),
  gain: z.string().nullable(),
  validators: z.number(),
  samples: z.number(),
  certainty: z.number(),
  pool: z.number(),
  smallPool: z.boolean(),
  profile: z.enum(['canonical', 'native']),
  beacon: z.enum(['near', 'drand']),
  reward: decimal,
  settledAt: z.number(),
  previous: z.string(),
})
export const taskView = z.object({ id: decimal, vested: z.boolean() })
