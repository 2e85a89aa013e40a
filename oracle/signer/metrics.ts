/** What a signer counts, for Prometheus. */
import { Counter, Gauge, Registry } from 'prom-client'
import type { Now } from './types.ts'

export interface SignerMetrics {
  readonly registry: Registry
  signed(kind: string): void
  failed(code: string): void
  refused(code: string): void
  /** Blocks that both RPCs have and that were read. */
  read(chain: string, height: number): void
}

/** @param lastSeen when both chains were last read whole, ms  @param isHalted whether it has stopped signing */
export function signerMetrics(now: Now, lastSeen: () => number, isHalted: () => boolean): SignerMetrics {
  const registry = new Registry()
  const registers = [registry]
  const signed = new Counter({
    name: 'blyan_signer_signatures_total',
    help: 'Signatures made, by kind of payload.',
    labelNames: ['kind'],
    registers,
  })
  const failures = new Counter({
    name: 'blyan_signer_failures_total',
    help: 'Rounds that ended early, by error: RPCs away or contradicting each other, external signer away.',
    labelNames: ['code'],
    registers,
  })
  const refused = new Counter({
    name: 'blyan_signer_refused_total',
    help: 'Events and payloads that are never signed, by error.',
    labelNames: ['code'],
    registers,
  })
  const height = new Gauge({
    name: 'blyan_signer_height',
    help: 'Final block up to which a chain was read.',
    labelNames: ['chain'],
    registers,
  })
  new Gauge({
    name: 'blyan_signer_last_seen_seconds',
    help: 'Seconds since both chains were last read whole.',
    registers,
    collect() {
      this.set((now() - lastSeen()) / 1000)
    },
  })
  new Gauge({
    name: 'blyan_signer_halted',
    help: '1 while the signer has stopped and waits for an operator.',
    registers,
    collect() {
      this.set(isHalted() ? 1 : 0)
    },
  })
  return {
    registry,
    signed: (kind) => signed.inc({ kind }),
    failed: (code) => failures.inc({ code }),
    refused: (code) => refused.inc({ code }),
    read: (chain, at) => height.set({ chain }, at),
  }
}
