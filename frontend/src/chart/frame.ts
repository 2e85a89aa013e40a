/** The plot's place in a chart's picture. */
import type { Span } from './scale.ts'

export interface Frame {
  width: number
  height: number
  left: number
  right: number
  top: number
  bottom: number
}

/** A frame as wide as its column, never narrower than a phone's. */
export const frame = (width: number, height: number, edges: Partial<Omit<Frame, 'width' | 'height'>> = {}): Frame => ({
  width: Math.max(240, Math.round(width)),
  height,
  left: 40,
  right: 12,
  top: 16,
  bottom: 28,
  ...edges,
})

export const across = ({ width, left, right }: Frame): Span => [left, width - right]
/** Upwards, since SVG counts from the top. */
export const upward = ({ height, top, bottom }: Frame): Span => [height - bottom, top]
