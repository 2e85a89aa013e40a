/** What a feeder counts, in Prometheus' format; names are an interface. */
import { Counter, Gauge, Registry } from 'prom-client'
import type { AssetState } from './feeder.ts'

export interface FeederMetrics {
  text(): Promise<string>
  readonly contentType: string
  /** One round is over. */
  round(ok: boolean): void
}

export function feederMetrics(states: () => readonly AssetState[], now: () => number): FeederMetrics {
  const registry = new Registry()
  const registers = [registry]
  new Gauge({
    name: 'blyan_price_age_seconds',
    help: 'Time since the oracle last had a price of the asset.',
    labelNames: ['asset'],
    registers,
    collect() {
      for (const { asset_id, pricedAt } of states())
        this.set({ asset: asset_id }, Math.max(0, (now() - pricedAt) / 1000))
    },
  })
  new Gauge({
    name: 'blyan_feeder_source_up',
    help: '1 where the source gave a price in the last round.',
    labelNames: ['asset', 'source'],
    registers,
    collect() {
      for (const { asset_id, sources } of states()) {
        for (const { name, price } of sources) this.set({ asset: asset_id, source: name }, price === null ? 0 : 1)
      }
    },
  })
  const rounds = new Counter({
    name: 'blyan_feeder_rounds_total',
    help: 'Rounds, by whether every asset was reported.',
    labelNames: ['outcome'],
    registers,
  })
  return {
    text: () => registry.metrics(),
    contentType: registry.contentType,
    round: (ok) => rounds.inc({ outcome: ok ? 'reported' : 'failed' }),
  }
}
