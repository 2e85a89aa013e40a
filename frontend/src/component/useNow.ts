/** The time, told again at each step. Nothing ticks while the page is hidden. */
import { useEffect, useState } from 'react'

export function useNow(stepMs = 1_000): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) setNow(Date.now())
    }, stepMs)
    return () => clearInterval(timer)
  }, [stepMs])
  return now
}
