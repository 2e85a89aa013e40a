/** The price at which a pool of a dex would trade now. One swap moves it: alone it is never reported. */
import { z } from 'zod'
import type { NearCaller } from '../../../chain/client/near/caller.ts'
import type { PoolSourceConfig } from '../config.ts'
import { PRICE_DIGITS } from '../decimal.ts'
import { SourceReplyError, SourceUnreachableError } from '../errors.ts'
import type { Source } from './types.ts'

const amount = z.string().regex(/^(0|[1-9]\d{0,38})$/)
/** Ref Finance's `get_pool`, as far as a price needs it. */
const poolSchema = z.object({ token_account_ids: z.array(z.string()).length(2), amounts: z.array(amount).length(2) })

export function poolSource(config: PoolSourceConfig, near: Pick<NearCaller, 'view'>): Source {
  const { name, dex, pool_id } = config
  const data = { source: name, dex, pool_id }
  return {
    name,
    async read(signal) {
      const raw = await near.view(dex, 'get_pool', { pool_id }, { signal }).catch((cause: unknown) => {
        const fix = 'Check the RPC, the dex and the pool in the configuration.'
        throw new SourceUnreachableError({ what: `${name}: ${dex} does not show pool ${pool_id}.`, fix, data, cause })
      })
      const parsed = poolSchema.safeParse(raw)
      const price = parsed.success ? spotOf(parsed.data, config) : null
      if (price !== null) return price
      const fix = 'Check base and quote of the source; an empty pool has no price.'
      throw new SourceReplyError({
        what: `${name}: pool ${pool_id} is no pool of these tokens with something in it.`,
        fix,
        data,
      })
    },
  }
}

function spotOf({ token_account_ids, amounts }: z.infer<typeof poolSchema>, config: PoolSourceConfig): bigint | null {
  const at = token_account_ids.indexOf(config.base)
  if (at < 0 || token_account_ids[1 - at] !== config.quote) return null
  const [base, quote] = [BigInt(amounts[at]!), BigInt(amounts[1 - at]!)]
  if (base === 0n) return null
  const price =
    (quote * 10n ** BigInt(PRICE_DIGITS + config.base_decimals)) / (base * 10n ** BigInt(config.quote_decimals))
  return price > 0n ? price : null
}
