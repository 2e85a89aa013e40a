/** The receipt strip: paper with a torn edge. For receipts, quotes and whatever else adds up to a signed sum. */
import type { ReactNode } from 'react'

export function Strip({ title, children, foot }: { title: ReactNode; children: ReactNode; foot?: ReactNode }) {
  return (
    <section className="strip">
      <h2 className="strip-title">{title}</h2>
      {children}
      {foot === undefined ? null : <div className="strip-foot">{foot}</div>}
    </section>
  )
}

export interface StripLine {
  what: ReactNode
  /** Right column, a figure. */
  figure: ReactNode
  /** A rule above: this is the sum of what stands over it. */
  sum?: boolean
  /** Indented detail of the line before. */
  part?: boolean
}

export function StripLines({ lines }: { lines: readonly StripLine[] }) {
  return (
    <dl className="strip-lines">
      {lines.map((line, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a quote's lines keep their places
        <div key={i} className={line.sum === true ? 'sum' : line.part === true ? 'part' : undefined}>
          <dt>{line.what}</dt>
          <dd>{line.figure}</dd>
        </div>
      ))}
    </dl>
  )
}
