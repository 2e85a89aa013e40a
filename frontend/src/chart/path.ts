/** SVG path data of the charts: straight lines only, nothing smoothed. Source: SVG 2 §9.3. */

export interface Point {
  x: number
  y: number
}

/** Pixels with two decimals, short in the document. */
export const px = (value: number): number => Math.round(value * 100) / 100

/** A line through the points in order; a gap (null) lifts the pen. One point alone draws nothing. */
export function linePath(points: readonly (Point | null)[]): string {
  let pen = false
  return points
    .map((point) => {
      if (point === null) {
        pen = false
        return ''
      }
      const text = `${pen ? 'L' : 'M'}${px(point.x)} ${px(point.y)}`
      pen = true
      return text
    })
    .filter((text) => text !== '')
    .join('')
}

/** A cross of so many pixels to each side. */
export const crossPath = (x: number, y: number, size: number): string =>
  `M${px(x - size)} ${px(y - size)}L${px(x + size)} ${px(y + size)}M${px(x - size)} ${px(y + size)}L${px(x + size)} ${px(y - size)}`

/** A square standing on its corner. */
export const diamondPath = (x: number, y: number, size: number): string =>
  `M${px(x)} ${px(y - size)}L${px(x + size)} ${px(y)}L${px(x)} ${px(y + size)}L${px(x - size)} ${px(y)}Z`
