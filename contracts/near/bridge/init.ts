/** Sets the bridge up, once: what it holds then is fixed for ever. */
import { requireSelf } from '../lib/access.ts'
import type { Host } from '../lib/host.ts'
import { bridgeSalt, domainSeparator } from '../lib/pure/bridgePayload.ts'
import type { ValuesOf } from '../lib/schema.ts'
import type { ARGS } from './args.ts'
import { createBridge } from './context.ts'
import { requireSignerSet } from './epochs.ts'
import { ensure } from './errors.ts'
import { PREFIX, saveEpoch } from './storage.ts'

/**
 * The contract's own account calls it, with its deployment.
 * @throws CALLBACK_ONLY BRIDGE_INITIALISED BRIDGE_CONFIG_INVALID BRIDGE_SIGNERS_INVALID
 */
export function init(host: Host, args: ValuesOf<(typeof ARGS)['init']>): void {
  requireSelf(host)
  ensure(!host.has(PREFIX.config), 'BRIDGE_INITIALISED', () => 'the bridge has its configuration')
  const { bly, market, guardian, evm_bridge, signers, k, min_amount, hourly_limit, large_amount } = args
  const half = hourly_limit / 2n
  ensure(
    min_amount > 0n && min_amount <= half,
    'BRIDGE_CONFIG_INVALID',
    () => `min_amount is not between 1 and ${half}`,
  )
  ensure(large_amount > 0n, 'BRIDGE_CONFIG_INVALID', () => 'large_amount must be positive')
  requireSignerSet(signers, k)
  const evm_chain_id = `${args.evm_chain_id}`
  const near = { chainId: args.chain_id, genesisHash: args.genesis_hash, account: host.current() }
  const salt = bridgeSalt(host.keccak256, near)
  const now = Number(host.blockTimestampNs() / 1_000_000n)
  saveEpoch(host, 1, { k, validFrom: BigInt(Math.floor(now / 1000)), signers })
  createBridge(
    host,
    {
      ...{ bly, market, guardian, evm_chain_id, evm_bridge, salt },
      separator: domainSeparator(host.keccak256, { chainId: evm_chain_id, verifyingContract: evm_bridge, salt }),
      min_amount: `${min_amount}`,
      hourly_limit: `${hourly_limit}`,
      large_amount: `${large_amount}`,
      veto_delay_s: args.veto_delay_s,
      rotation_delay_s: args.rotation_delay_s,
    },
    {
      ...{ locked: '0', attested: '0', unlocked: '0', credits: '0', pending: '0' },
      ...{ level: '0', level_at: now, locks: 0, links: 0, head: 0, tail: 0, epoch: 1 },
      ...{ paused_until: 0, pauses: 0, guardian_paused: false },
    },
  )
}
