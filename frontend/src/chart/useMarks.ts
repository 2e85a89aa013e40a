/** Marks of a chart under one tab stop: arrows, Home and End move among them, and the one in focus is read out. */
import { type KeyboardEvent, type SVGProps, useRef, useState } from 'react'

export interface Marks {
  /** What the mark in focus, or under the pointer, says; null where none is. */
  readout: string | null
  /** Attributes of mark `index`. @param text its whole meaning: figure, unit, state */
  mark: (index: number, text: string) => SVGProps<SVGGElement> & { 'data-mark': number }
}

export function useMarks(count: number): Marks {
  const [active, setActive] = useState<number | null>(null)
  const [stop, setStop] = useState(0)
  const texts = useRef<string[]>([])
  const current = Math.min(stop, Math.max(0, count - 1))

  const onKeyDown = (event: KeyboardEvent<SVGGElement>) => {
    const next = nextMark(event.key, current, count)
    if (next === null) return
    event.preventDefault()
    setStop(next)
    const svg = event.currentTarget.ownerSVGElement
    svg?.querySelector<SVGGElement>(`[data-mark="${next}"]`)?.focus()
  }
  const mark: Marks['mark'] = (index, text) => {
    texts.current[index] = text
    return {
      'data-mark': index,
      role: 'img',
      'aria-label': text,
      tabIndex: index === current ? 0 : -1,
      className: 'chart-mark',
      onKeyDown,
      onFocus: () => {
        setStop(index)
        setActive(index)
      },
      onBlur: () => setActive(null),
      onPointerEnter: () => setActive(index),
      onPointerLeave: () => setActive(null),
    }
  }
  return { readout: active === null || active >= count ? null : (texts.current[active] ?? null), mark }
}

/** @returns the mark that a key leads to; null when the key is none of the chart's */
export function nextMark(key: string, current: number, count: number): number | null {
  const to = {
    ArrowRight: current + 1,
    ArrowDown: current + 1,
    ArrowLeft: current - 1,
    ArrowUp: current - 1,
    Home: 0,
    End: count - 1,
  }[key]
  return to === undefined ? null : Math.max(0, Math.min(count - 1, to))
}
