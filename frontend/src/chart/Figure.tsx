/** What every chart stands in: a sentence as its title, the picture, what is pointed at, the same figures as table and CSV. */
import { type ReactNode, useId } from 'react'
import './chart.css'
import { type Cell, fileName, toCsv } from './csv.ts'
import { download } from './download.ts'
import { useWidth } from './useWidth.ts'

export interface FigureTable {
  columns: readonly { title: string; figure?: boolean }[]
  /** As shown. */
  rows: readonly (readonly string[])[]
  /** Every digit, for the file; as shown unless given. */
  exact?: readonly (readonly Cell[])[]
}

export interface FigureProps {
  /** A sentence that says what the picture shows. */
  title: string
  /** How to read it, beneath the title: axes and their units. */
  note?: ReactNode
  /** Where the figures come from. */
  source: { href: string; label: string }
  table: FigureTable
  /** What the mark in focus says. */
  readout: string | null
  legend?: ReactNode
  /** @param label id of the title, for the picture's name */
  children: (width: number, label: string) => ReactNode
}

export function Figure({ title, note, source, table, readout, legend, children }: FigureProps) {
  const label = useId()
  const [ref, width] = useWidth<HTMLDivElement>()
  const names = table.columns.map((column) => column.title)
  const save = () =>
    download(`${fileName(title)}.csv`, 'text/csv;charset=utf-8', toCsv(names, table.exact ?? table.rows))
  return (
    <figure className="chart">
      <figcaption>
        <h2 className="chart-title" id={label}>
          {title}
        </h2>
        {note === undefined ? null : <p className="chart-note">{note}</p>}
      </figcaption>
      {legend}
      <div className="chart-plot" ref={ref}>
        {children(width, label)}
      </div>
      <p className="chart-readout" aria-hidden="true">
        {readout ?? '\u00a0'}
      </p>
      <div className="chart-foot">
        <details className="chart-table">
          <summary>Figures as a table</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <section className="chart-scroll" tabIndex={0} aria-label={`Table: ${title}`}>
            <table>
              <thead>
                <tr>
                  {table.columns.map((column) => (
                    <th key={column.title} scope="col" className={column.figure ? 'chart-figure' : undefined}>
                      {column.title}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {table.rows.map((row, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity and never move
                  <tr key={i}>
                    {row.map((cell, column) => (
                      <td key={names[column]} className={table.columns[column]?.figure ? 'chart-figure' : undefined}>
                        {cell}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </details>
        <button type="button" className="chart-save" onClick={save}>
          Download CSV
        </button>
        <a href={source.href}>{source.label}</a>
      </div>
    </figure>
  )
}
