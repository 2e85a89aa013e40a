/** The states between asking and knowing: loading, empty, failed, stale. Each keeps its place so that nothing jumps. */
import { type ReactNode, useEffect, useState } from 'react'
import type { Asked } from '../api/queries.ts'
import { clockText } from '../format/time.ts'
import { useReach } from '../shell/services.tsx'
import { Problem } from './Problem.tsx'

const QUIET_MS = 200
const WORDS_MS = 3_000

/** Nothing for 200 ms, then the shape of what comes, after 3 s also words. @param lines rows of text it stands for */
export function Skeleton({ lines = 3, what }: { lines?: number; what: string }) {
  const [shown, setShown] = useState(0)
  useEffect(() => {
    const timers = [QUIET_MS, WORDS_MS].map((ms, i) => setTimeout(() => setShown(i + 1), ms))
    return () => timers.forEach(clearTimeout)
  }, [])
  return (
    <div className="skeleton" data-shown={shown}>
      {Array.from({ length: lines }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines that never move
        <span key={i} className="skeleton-line" aria-hidden="true" />
      ))}
      <p className="detail" role="status">
        {shown >= 2 ? `Still fetching ${what}.` : ''}
      </p>
    </div>
  )
}

/** Why there is nothing, and what to do first. */
export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <p>{children}</p>
      {action}
    </div>
  )
}

export interface LoadedProps<T> {
  asked: Asked<T>
  /** What is fetched, for the words after three seconds. */
  what: string
  lines?: number
  children: (data: T) => ReactNode
}

/** Loading, failed or there. What was there once stays while it is asked again, with the problem above it. */
export function Loaded<T>({ asked, what, lines, children }: LoadedProps<T>) {
  const { state } = useReach()
  if (asked.data === undefined) {
    if (asked.problem !== null)
      return <Problem problem={asked.problem} action={{ label: 'Ask again', run: asked.again }} />
    return <Skeleton lines={lines} what={what} />
  }
  return (
    <div className={state === 'away' || asked.problem !== null ? 'stale' : undefined}>
      {asked.problem !== null && state !== 'away' ? (
        <Problem problem={asked.problem} action={{ label: 'Ask again', run: asked.again }} />
      ) : null}
      {children(asked.data)}
    </div>
  )
}

/** One line over everything while the gateway or its stream is away. */
export function StaleBanner() {
  const { state, heardAt } = useReach()
  return (
    <div role="status" className="banner" hidden={state === 'ok'}>
      {state === 'ok'
        ? ''
        : `As of ${clockText(heardAt)}, reconnecting. Money buttons wait until then; the market itself goes on.`}
    </div>
  )
}
