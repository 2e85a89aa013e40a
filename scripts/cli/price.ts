/** `blyan price`: what the oracle says of an asset, how old that is, who said what, and the pool's time-weighted price. */
import { z } from 'zod'
import { ContractError, connect, fixesOf } from '../../chain/client/near/index.ts'
import { ORACLE_ERRORS, type OracleContract, oracleContract } from '../../chain/client/near/oracle.gen.ts'
import { span } from '../../chain/client/why/index.ts'
import { NETWORKS } from '../../near.config.ts'
import { formatDecimal, fromOraclePrice, spreadOf } from '../../oracle/feeder/index.ts'
import { parseArgs } from './args.ts'
import { EXIT } from './errors.ts'
import { palette, table } from './print.ts'

const { rpcUrl, contracts } = NETWORKS.embedded

const SPEC = {
  command: 'price',
  sentence: 'Shows the oracle’s price of BLY: its age, its sources, and how far they are apart.',
  flags: {
    rpc: { type: 'string', value: 'URL', help: 'NEAR RPC', default: rpcUrl },
    oracle: { type: 'string', value: 'ACCOUNT', help: 'the oracle contract', default: contracts.oracle },
    asset: { type: 'string', value: 'ID', help: 'which asset', default: contracts.bly },
    json: { type: 'boolean', help: 'one JSON document' },
  },
} as const

const FIXES = fixesOf(ORACLE_ERRORS)
/** Shown where a token says nothing of itself. */
const USUAL_DECIMALS = 18
const metadataSchema = z.object({ decimals: z.int().min(0).max(36) })

type WirePrice = { multiplier: string; decimals: number }

export interface PriceReport {
  readonly asset: string
  /** As the oracle gives it, for one smallest unit; null without a quorum of fresh reports. */
  readonly price: WirePrice | null
  /** Of the oldest fresh report, ms of the chain's clock; null without a price. */
  readonly ageMs: number | null
  /** Feeders, newest report first; old ones do not count. */
  readonly sources: readonly { name: string; price: WirePrice; ageMs: number; fresh: boolean }[]
  /** Between fresh reports, ten-thousandths of the cheapest. */
  readonly spreadBps: number | null
  readonly quorum: number
  readonly twap: Awaited<ReturnType<OracleContract['get_twap']>>
  readonly tokenDecimals: number
}

export async function run(argv: string[]): Promise<number> {
  const { flags } = parseArgs(SPEC, argv)
  const near = connect({ rpcUrl: flags.rpc, fixes: FIXES, patienceMs: 5_000 })
  const decimals = await near.view(flags.asset, 'ft_metadata', {}).then(
    (raw) => metadataSchema.safeParse(raw).data?.decimals ?? USUAL_DECIMALS,
    () => USUAL_DECIMALS, // an asset need not be a contract
  )
  const report = await readPrice(oracleContract(near, flags.oracle), flags.asset, decimals)
  process.stdout.write(flags.json ? `${JSON.stringify(report, null, 2)}\n` : priceText(report))
  return EXIT.done
}

/** @throws ContractError when the account is no oracle */
export async function readPrice(oracle: OracleContract, asset: string, tokenDecimals: number): Promise<PriceReport> {
  const [data, listed, { quorum }, twap] = await Promise.all([
    oracle.get_price_data({ asset_ids: [asset] }),
    oracle.get_asset({ asset_id: asset }),
    oracle.get_config(),
    oracle.get_twap(),
  ])
  if (listed === null) {
    throw new ContractError({
      what: `${oracle.contractId} lists no asset ${asset}.`,
      fix: 'Name one of its assets with --asset.',
      data: { field: 'asset', asset },
    })
  }
  const nowNs = BigInt(data.timestamp)
  const sources = listed.reports
    .map(({ oracle_id, timestamp, price }) => {
      const ageMs = Math.max(0, Number((nowNs - BigInt(timestamp)) / 1_000_000n))
      return { name: oracle_id, price, ageMs, fresh: ageMs <= data.recency_duration_sec * 1_000 }
    })
    .toSorted((a, b) => a.ageMs - b.ageMs)
  const price = data.prices[0]?.price ?? null
  const fresh = sources.filter((each) => each.fresh)
  return {
    asset,
    price,
    ageMs: price === null ? null : Math.max(...fresh.map(({ ageMs }) => ageMs)),
    sources,
    spreadBps: spreadOf(fresh.map((each) => fromOraclePrice(each.price, tokenDecimals))),
    quorum,
    twap: twap?.base === asset ? twap : null,
    tokenDecimals,
  }
}

/** The first line alone tells the price, or why there is none. */
export function priceText(report: PriceReport): string {
  const paint = palette()
  const { asset, price, ageMs, sources, spreadBps, quorum, twap, tokenDecimals } = report
  const shown = (each: WirePrice): string => formatDecimal(fromOraclePrice(each, tokenDecimals))
  const fresh = sources.filter((each) => each.fresh).length
  const apart = spreadBps === null ? '' : `, at most ${(spreadBps / 100).toFixed(2)} % apart`
  const head =
    price === null
      ? `${asset} has no price now: ${fresh} fresh ${fresh === 1 ? 'report' : 'reports'}${apart}; ${quorum} that agree are needed.`
      : `${asset} is worth ${shown(price)} dollars, ${span(ageMs ?? 0)} old, from ${fresh} feeders${apart}.`
  const rows = sources.map((each) => [
    each.name,
    shown(each.price),
    span(each.ageMs),
    each.fresh ? '' : paint.wait('too old'),
  ])
  const columns = [
    { title: 'feeder' },
    { title: 'price', align: 'right' },
    { title: 'age', align: 'right' },
    { title: '' },
  ] as const
  const average =
    twap === null
      ? 'time-weighted  none: fewer than 30 snapshots of the pool in the last hour, or none of late'
      : `time-weighted  ${shown(twap.price)} ${twap.quote}, ${twap.snapshots} snapshots of pool ${twap.pool_id}`
  return `${[paint.strong(head), ...(rows.length > 0 ? [table(columns, rows)] : []), average].join('\n')}\n`
}
