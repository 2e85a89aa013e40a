/** A time: how long ago or until, the absolute one with its zone on focus and hover. */
import { absoluteText, spanText, whenText } from '../format/time.ts'
import { useNow } from './useNow.ts'

export function When({ at, prefix }: { at: number; prefix?: string }) {
  const now = useNow(Math.abs(Date.now() - at) < 120_000 ? 1_000 : 30_000)
  return (
    <time dateTime={new Date(at).toISOString()} title={absoluteText(at)} className="when">
      {prefix === undefined ? '' : `${prefix} `}
      {whenText(at, now)}
    </time>
  )
}

/** Until a deadline: counts silently, so that nobody is told each second. */
export function Until({ at, past = 'any moment' }: { at: number; past?: string }) {
  const now = useNow(at - Date.now() < 120_000 ? 1_000 : 30_000)
  return (
    <time dateTime={new Date(at).toISOString()} title={absoluteText(at)} className="when">
      {at > now ? spanText(at - now) : past}
    </time>
  )
}
