/** A chart's figures as CSV (RFC 4180). Cells that a spreadsheet would run as a formula are made text: OWASP, CSV injection. */

export type Cell = string | number | bigint | null

/** Lines end in CRLF; the first holds the columns' names. */
export function toCsv(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [columns, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')
}

/** One cell: numbers stay numbers, everything else that begins like a formula gets a leading apostrophe. */
export function csvCell(cell: Cell): string {
  if (cell === null) return ''
  const text = String(cell)
  if (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text)) return text
  const inert = /^\s*[=+\-@|%]/.test(text) || /^[\t\r\n]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}

/** A file name from a title: letters, digits and hyphens alone. @example fileName('Test loss, task 12') // 'test-loss-task-12' */
export const fileName = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60) || 'figures'
