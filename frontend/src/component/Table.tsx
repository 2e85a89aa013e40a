/** A ledger's table: rules instead of boxes, figures to the right; below 640 px each row is a card led by its first cell. */
import type { ReactNode } from 'react'

export interface Column<T> {
  /** Stable name of the column. */
  key: string
  head: ReactNode
  cell: (row: T, index: number) => ReactNode
  align?: 'left' | 'right'
}

export interface TableProps<T> {
  caption: string
  columns: readonly Column<T>[]
  rows: readonly T[]
  rowKey: (row: T, index: number) => string
  /** Last row, such as a total, under a double rule. */
  foot?: readonly ReactNode[]
  /** Hides the caption from sight, where a heading says it. */
  quietCaption?: boolean
}

export function Table<T>({ caption, columns, rows, rowKey, foot, quietCaption = true }: TableProps<T>) {
  return (
    <div className="table-wrap">
      <table className="table">
        <caption className={quietCaption ? 'hidden-visually' : undefined}>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ key, head, align = 'left' }) => (
              <th key={key} scope="col" className={align}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={rowKey(row, index)}>
              {columns.map(({ key, head, cell, align = 'left' }) => (
                <td key={key} className={align} data-head={typeof head === 'string' ? head : ''}>
                  {cell(row, index)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {foot === undefined ? null : (
          <tfoot>
            <tr>
              {foot.map((cell, i) => (
                <td key={columns[i]?.key ?? i} className={columns[i]?.align ?? 'left'}>
                  {cell}
                </td>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  )
}
