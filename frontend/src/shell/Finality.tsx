/** The finality dot: up to which final block everything on this page is right. */
import { useSyncExternalStore } from 'react'
import { useNetworkHealth } from '../api/queries.ts'
import { useNow } from '../component/useNow.ts'
import { countText } from '../format/amount.ts'
import { spanText } from '../format/time.ts'
import { useReach, useServices } from './services.tsx'

export function Finality() {
  const health = useNetworkHealth()
  const reach = useReach()
  const { head } = useServices()
  const newest = useSyncExternalStore(head.subscribe, head.current)
  const now = useNow(5_000)
  const data = health.data
  const away = reach.state === 'away' || data === undefined || data.chain !== 'ok' || data.asOf.stale
  const words =
    data === undefined
      ? 'asking the chain'
      : away
        ? `no word from the chain for ${spanText(now - data.asOf.at)}`
        : `final to block ${countText(Math.max(newest?.height ?? 0, data.asOf.height))}`
  return (
    <span
      className="finality"
      data-state={away ? 'away' : 'ok'}
      title="Everything shown here is final up to this block."
    >
      {words}
    </span>
  )
}
