/** One feeder: reads its sources, reports what they agree on, watches the oracle's own price and tells when it grows old. */
import { setTimeout as delay } from 'node:timers/promises'
import type { GetPriceDataResult, OracleContract } from '../../chain/client/near/oracle.gen.ts'
import { BlyanError } from '../../chain/lib/errors.ts'
import { agree, spreadOf } from './agree.ts'
import { waitMs } from './backoff.ts'
import type { AssetConfig, FeederConfig } from './config.ts'
import { crashPoint } from './crashPoint.ts'
import { formatDecimal, toOraclePrice } from './decimal.ts'
import type { Source } from './source/index.ts'

export interface FeederLog {
  info(what: string, data?: Record<string, unknown>): void
  warn(what: string, data?: Record<string, unknown>): void
  error(what: string, data?: Record<string, unknown>): void
}

export interface FeederDeps {
  readonly config: FeederConfig
  /** By asset, in the order of the configuration. */
  readonly sources: readonly (readonly Source[])[]
  readonly oracle: Pick<OracleContract, 'report_prices' | 'get_price_data' | 'get_pools' | 'observe'>
  readonly log: FeederLog
  /** ms since the Unix epoch. */
  readonly now: () => number
  readonly random: (bytes: number) => Uint8Array
  /** Told after each round. */
  readonly onRound?: (ok: boolean) => void
}

/** The oracle takes one snapshot a minute. */
const SNAPSHOT_MS = 60_000

export interface SourceState {
  readonly name: string
  /** Decimal text of the whole token's price; null when it failed. */
  readonly price: string | null
  readonly at: number
  /** Code of its error. */
  readonly error: string | null
}

export interface AssetState {
  readonly asset_id: string
  readonly sources: readonly SourceState[]
  /** Ten-thousandths between the cheapest and the dearest that answered. */
  readonly spreadBps: number | null
  /** What was reported last, and when. */
  readonly reported: { price: string; at: number } | null
  /** When the oracle itself last had a price, ms; the feeder's start before that. */
  readonly pricedAt: number
  readonly alarm: boolean
}

export interface Feeder {
  /** Reads, reports and looks, once. @returns whether every asset was reported */
  round(signal: AbortSignal): Promise<boolean>
  /** Rounds until the signal. */
  run(signal: AbortSignal): Promise<void>
  state(): readonly AssetState[]
  failures(): number
}

export function createFeeder({ config, sources, oracle, log, now, random, onRound }: FeederDeps): Feeder {
  const startedAt = now()
  let failures = 0
  const states: AssetState[] = config.assets.map(({ asset_id }) => ({
    asset_id,
    sources: [],
    spreadBps: null,
    reported: null,
    pricedAt: startedAt,
    alarm: false,
  }))

  /** What the sources of one asset agree on, as the oracle wants it; null when nothing is to be reported. */
  async function priced(index: number, asset: AssetConfig, signal: AbortSignal) {
    const read = await Promise.all(sources[index]!.map((source) => readOne(source, signal)))
    const quotes = read.flatMap(({ name, price }) => (price === null ? [] : [{ name, price }]))
    const spreadBps = spreadOf(quotes.map(({ price }) => price))
    states[index] = {
      ...states[index]!,
      sources: read.map(({ price, ...rest }) => ({ ...rest, price: price === null ? null : formatDecimal(price) })),
      spreadBps,
    }
    const agreement = agree(quotes, asset.spread_bps)
    const price =
      agreement === null
        ? null
        : toOraclePrice(agreement.price, { digits: asset.digits, tokenDecimals: asset.token_decimals })
    if (agreement !== null && price !== null) return { asset_id: asset.asset_id, price, whole: agreement.price }
    log.warn('sources do not agree: nothing is reported', {
      asset: asset.asset_id,
      answered: quotes.length,
      spreadBps,
      allowedBps: asset.spread_bps,
      failed: read.filter(({ error }) => error !== null).map(({ name, error }) => `${name} ${error}`),
    })
    return null
  }

  async function readOne(source: Source, signal: AbortSignal) {
    try {
      return { name: source.name, price: await source.read(signal), at: now(), error: null }
    } catch (error) {
      return { name: source.name, price: null, at: now(), error: codeOf(error) }
    }
  }

  async function report(found: readonly NonNullable<Awaited<ReturnType<typeof priced>>>[]): Promise<void> {
    crashPoint('after-read')
    const { txHash } = await oracle.report_prices({ prices: found.map(({ asset_id, price }) => ({ asset_id, price })) })
    crashPoint('after-report')
    for (const { asset_id, whole } of found) {
      const index = states.findIndex((state) => state.asset_id === asset_id)
      states[index] = { ...states[index]!, reported: { price: formatDecimal(whole), at: now() } }
    }
    log.info('reported', {
      prices: found.map(({ asset_id, whole }) => `${asset_id} ${formatDecimal(whole)}`),
      tx: txHash,
    })
  }

  /** Whether the oracle has a price, and an alarm when it has had none for too long. */
  function look(data: GetPriceDataResult): void {
    for (const [index, state] of states.entries()) {
      const priced = data.prices.find(({ asset_id }) => asset_id === state.asset_id)?.price ?? null
      const pricedAt = priced === null ? state.pricedAt : now()
      setAlarm(index, pricedAt)
    }
  }

  function setAlarm(index: number, pricedAt: number): void {
    const state = states[index]!
    const ageSec = Math.floor((now() - pricedAt) / 1000)
    const alarm = ageSec > config.alarm_sec
    if (alarm && !state.alarm) log.error('the oracle has had no price for too long', { asset: state.asset_id, ageSec })
    if (!alarm && state.alarm) log.info('the oracle has a price again', { asset: state.asset_id })
    states[index] = { ...state, pricedAt, alarm }
  }

  /** Asks for a snapshot of each pool that has none of the last minute: a refused call would cost gas all the same. */
  async function observe(): Promise<void> {
    if (config.observe.length === 0) return
    try {
      for (const { pool_id, last } of await oracle.get_pools()) {
        const age = last === null ? Infinity : now() - Number(BigInt(last.timestamp) / 1_000_000n)
        if (config.observe.includes(pool_id) && age > SNAPSHOT_MS) await oracle.observe({ pool_id })
      }
    } catch (error) {
      // Another feeder was faster, which is as good.
      if (codeOf(error) !== 'ORACLE_TOO_SOON') log.warn('no snapshot', { code: codeOf(error) })
    }
  }

  const feeder: Feeder = {
    async round(signal) {
      const found = (await Promise.all(config.assets.map((asset, index) => priced(index, asset, signal)))).filter(
        (each) => each !== null,
      )
      let ok = found.length === config.assets.length
      try {
        if (found.length > 0) await report(found)
      } catch (error) {
        ok = false
        log.warn('the report was not taken', { code: codeOf(error), what: (error as Error).message })
      }
      await observe()
      try {
        look(await oracle.get_price_data({ asset_ids: states.map(({ asset_id }) => asset_id) }))
      } catch (error) {
        ok = false
        for (const [index, { pricedAt }] of states.entries()) setAlarm(index, pricedAt)
        log.warn('the oracle does not answer', { code: codeOf(error) })
      }
      crashPoint('after-look')
      failures = ok ? 0 : failures + 1
      onRound?.(ok)
      return ok
    },
    async run(signal) {
      while (!signal.aborted) {
        await feeder.round(signal)
        const waited = delay(waitMs(config.interval_sec * 1_000, failures, random), undefined, { signal })
        if (failures > 0) crashPoint('backing-off')
        await waited.catch(() => undefined)
      }
    },
    state: () => states,
    failures: () => failures,
  }
  return feeder
}

const codeOf = (error: unknown): string => (error instanceof BlyanError ? error.code : 'FEEDER_INTERNAL')
