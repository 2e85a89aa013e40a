/** The bridge as this page reads it, kept fresh; what is read is checked here before it is shown. */
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Limits, SignerSet } from '../../../../chain/client/bridge/index.ts'
import { toBlyanError } from '../../api/errors.ts'
import { type Asked, useAsk, useNetwork } from '../../api/queries.ts'
import { type Bridge, openBridge } from './open.ts'
import { bridgeReply, nearStatusView, requireSameSides } from './place.ts'
import { problemOf } from './problems.ts'

export type { Bridge } from './open.ts'

export function useBridge(): Asked<Bridge> {
  const network = useNetwork()
  const asked = useAsk('/api/v1/bridge', bridgeReply, { token: 'none', everyMs: 60_000 })
  const made = useMemo(() => {
    if (network.data === undefined || asked.data === undefined) return null
    try {
      return { bridge: openBridge(asked.data.deployment, network.data), problem: null }
    } catch (error) {
      return { bridge: undefined, problem: toBlyanError(error) }
    }
  }, [network.data, asked.data])
  const bridge = made?.bridge
  const sides = useQuery({
    queryKey: ['bridge', 'sides', bridge?.deployment.near.bridge, bridge?.deployment.evm.bridge],
    queryFn: async () => {
      const status = await bridge!.nearClient.view(bridge!.deployment.near.bridge, 'status', {})
      requireSameSides(bridge!.deployment, nearStatusView.parse(status))
      return true
    },
    enabled: bridge !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    networkMode: 'always',
  })
  return {
    data: sides.data === true ? bridge : undefined,
    problem:
      made?.problem ?? asked.problem ?? network.problem ?? (sides.error === null ? null : problemOf(sides.error)),
    loading: asked.loading || network.loading || sides.isPending,
    again() {
      asked.again()
      network.again()
      void sides.refetch()
    },
  }
}

export interface BothSides {
  near: Limits
  evm: Limits
  /** Who signs; the same on both sides but for the moment of a rotation. */
  signers: SignerSet
  /** attoBLY that wait on NEAR: what unlocks could take in all. */
  heldAtto: bigint
}

/** Limits, pauses, signers and totals of both sides. */
export function useBothSides(bridge: Bridge): Asked<BothSides> {
  return useRead(bridge, ['limits'], 10_000, async ({ near, evm }) => {
    const [nearLimits, evmLimits, signers, { locked, unlocked }] = await Promise.all([
      near.limits(),
      evm.limits(),
      near.signerSet(),
      near.totals(),
    ])
    return { near: nearLimits, evm: evmLimits, signers, heldAtto: locked - unlocked }
  })
}

/** One read of the bridge, kept fresh. @param everyMs null asks once */
export function useRead<T>(
  bridge: Bridge,
  key: readonly unknown[],
  everyMs: number | null | ((data: T | undefined) => number | null),
  read: (bridge: Bridge) => Promise<T>,
  enabled = true,
): Asked<T> {
  const asked = useQuery({
    queryKey: ['bridge', bridge.deployment.near.bridge, bridge.deployment.near.genesisHash, ...key],
    queryFn: () => read(bridge),
    refetchInterval: (query) => {
      const every = typeof everyMs === 'function' ? everyMs(query.state.data as T | undefined) : everyMs
      return every ?? false
    },
    enabled,
    retry: 1,
    networkMode: 'always',
  })
  return {
    data: asked.data as T | undefined,
    problem: asked.error === null ? null : problemOf(asked.error),
    loading: asked.isPending && enabled,
    again: () => void asked.refetch(),
  }
}
