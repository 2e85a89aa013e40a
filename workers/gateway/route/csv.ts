/** Rows as CSV that no spreadsheet takes for formulas. Source: RFC 4180; OWASP, CSV injection. */

/** @example csvOf(['a'], [{ a: '=1+1' }]) // 'a\r\n\'=1+1\r\n' */
export function csvOf<N extends string>(
  columns: readonly N[],
  rows: readonly Readonly<Record<N, string | number | null>>[],
): string {
  const lines = [columns, ...rows.map((row) => columns.map((name) => row[name]))]
  return `${lines.map((line) => line.map(cell).join(',')).join('\r\n')}\r\n`
}

/** A cell that begins like a formula gets an apostrophe, unless it is a plain number. */
function cell(value: string | number | null): string {
  const text = value === null ? '' : String(value)
  const isFormula = /^[=+\-@\t\r|%]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text)
  const safe = isFormula ? `'${text}` : text
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
