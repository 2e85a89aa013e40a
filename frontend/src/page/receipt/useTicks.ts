/** Lets what has been found appear one by one, so that the eye can follow; at once where motion is reduced. */
import { useEffect, useState } from 'react'

const STEP_MS = 140

/** @param reached how many may be shown  @param key starts from none when it changes  @returns how many are shown now */
export function useTicks(reached: number, key: unknown): number {
  const [state, setState] = useState({ key, shown: 0 })
  const shown = state.key === key ? Math.min(state.shown, reached) : 0
  useEffect(() => {
    if (shown >= reached) return
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches
    const timer = setTimeout(() => setState({ key, shown: still ? reached : shown + 1 }), still ? 0 : STEP_MS)
    return () => clearTimeout(timer)
  }, [shown, reached, key])
  return shown
}
