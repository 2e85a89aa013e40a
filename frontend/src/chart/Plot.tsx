/** The picture of a chart: named by its title, with marks that are read and decor that is not. */
import type { ReactNode } from 'react'

export function Plot({
  width,
  height,
  label,
  children,
}: {
  width: number
  height: number
  label: string
  children: ReactNode
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of marks within a picture; a fieldset cannot stand in SVG
    <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="group" aria-labelledby={label}>
      {children}
    </svg>
  )
}

/** Axes, lines and labels: the marks and the table say the same in words. */
export function Decor({ anchor, children }: { anchor?: 'start' | 'middle' | 'end'; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus
    <g aria-hidden="true" textAnchor={anchor}>
      {children}
    </g>
  )
}
