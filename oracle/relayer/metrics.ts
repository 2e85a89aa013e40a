/** What a relayer shows to Prometheus; names are an interface, and deploy/prometheus/bridge.yml asks for them. */
import { Gauge, Registry } from 'prom-client'
import type { Relayer } from './relayer.ts'

export function relayerMetrics(relayer: Pick<Relayer, 'view'>, now: () => number, startedAt: number): Registry {
  const registry = new Registry()
  const registers = [registry]
  const gauge = (name: string, help: string, read: (set: (value: number) => void) => void): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        read((value) => this.set(value))
      },
    })
  }
  gauge(
    'blyan_bridge_queue_age_seconds',
    'Age of the oldest transfer that waits for signers, gas or its turn.',
    (set) => set(relayer.view().queueAgeSeconds),
  )
  gauge('blyan_bridge_locked_atto', 'Locked on NEAR less what was paid out again.', (set) =>
    set(Number(relayer.view().backing?.lockedAtto ?? 0n)),
  )
  gauge('blyan_bridge_minted_atto', 'Minted on EVM less what was burned.', (set) =>
    set(Number(relayer.view().backing?.mintedAtto ?? 0n)),
  )
  // The two above are rounded to 53 bits; this one is the exact difference, so that one atto too many is seen.
  gauge(
    'blyan_bridge_excess_atto',
    'Minted on EVM beyond what is locked on NEAR: anything but 0 is an emergency.',
    (set) => set(Number(relayer.view().backing?.excessAtto ?? 0n)),
  )
  gauge('blyan_bridge_open_transfers', 'Transfers that have not ended.', (set) =>
    set(
      relayer.view().jobs.filter(({ kind, endedAt }) => (kind === 'lock' || kind === 'burn') && endedAt === null)
        .length,
    ),
  )
  gauge('blyan_signers_needed', 'How many signers a transfer needs.', (set) => set(relayer.view().needed))
  new Gauge({
    name: 'blyan_signer_last_seen_seconds',
    help: 'Time since a signer had last read both chains, by its own address; since the start where it was never heard.',
    labelNames: ['address'],
    registers,
    collect() {
      for (const { address, lastSeenAt } of relayer.view().signers) {
        this.set({ address }, Math.max(0, now() - (lastSeenAt ?? startedAt)) / 1000)
      }
    },
  })
  new Gauge({
    name: 'blyan_signer_halted',
    help: '1 while a signer refuses to sign and wants an operator.',
    labelNames: ['address'],
    registers,
    collect() {
      for (const { address, halted } of relayer.view().signers) this.set({ address }, halted === null ? 0 : 1)
    },
  })
  return registry
}
