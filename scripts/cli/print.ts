/** How results look on a terminal and in a pipe: colour, tables, bars, errors. Results go to stdout, life to stderr. */
import { styleText } from 'node:util'
import type { BlyanError } from '../../chain/lib/errors.ts'

/** Meanings, not colours: paid, accepted · waiting · lost, failed · links, commands · detail. */
const STYLES = { ok: 'green', wait: 'yellow', bad: 'red', link: 'blue', dim: 'dim', strong: 'bold' } as const
export type Meaning = keyof typeof STYLES
export type Palette = Record<Meaning, (text: string) => string>

interface Output {
  isTTY?: boolean
  columns?: number
}

/** Colour only on a terminal; NO_COLOR and --no-color (which sets it) win over it, FORCE_COLOR adds it to pipes.
 *  @source https://no-color.org */
export function wantsColour(stream: Output, env: NodeJS.ProcessEnv = process.env): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0'
  return stream.isTTY === true && env.TERM !== 'dumb'
}

/** True where the cursor may move: a terminal that is neither dumb nor a CI log. */
export function isLive(stream: Output, env: NodeJS.ProcessEnv = process.env): boolean {
  return stream.isTTY === true && env.TERM !== 'dumb' && !env.CI
}

export function palette(stream: Output = process.stdout, env: NodeJS.ProcessEnv = process.env): Palette {
  const on = wantsColour(stream, env)
  const paint = (meaning: Meaning) => (text: string) =>
    on ? styleText(STYLES[meaning], text, { validateStream: false }) : text
  return {
    ok: paint('ok'),
    wait: paint('wait'),
    bad: paint('bad'),
    link: paint('link'),
    dim: paint('dim'),
    strong: paint('strong'),
  }
}

export interface Column {
  title: string
  align?: 'left' | 'right'
}

/** Rows under titles. Too wide for `width`, the last column folds under its line, indented.
 *  @param width terminal columns; 100 in a pipe */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width = terminalWidth(),
): string {
  const titled = columns.some(({ title }) => title !== '') ? [columns.map(({ title }) => title), ...rows] : rows
  const widths = columns.map((_, i) => Math.max(0, ...titled.map((row) => visibleLength(row[i] ?? ''))))
  const folds = columns.length > 1 && widths.reduce((sum, w) => sum + w + 2, -2) > width
  const last = columns.length - 1
  const lines: string[] = []
  for (const row of titled) {
    const cells = columns.map(({ align }, i) => pad(row[i] ?? '', widths[i]!, align ?? 'left'))
    if (!folds) lines.push(cells.join('  ').trimEnd())
    else {
      lines.push(cells.slice(0, last).join('  ').trimEnd())
      if ((row[last] ?? '') !== '') lines.push(`    ${row[last]}`)
    }
  }
  return lines.join('\n')
}

/** @returns e.g. `[#####---------------]`; `done` above `total` shows as full */
export function bar(done: number, total: number, cells = 20): string {
  const filled = total <= 0 ? 0 : Math.min(cells, Math.floor((done / total) * cells))
  return `[${'#'.repeat(filled)}${'-'.repeat(cells - filled)}]`
}

/** Three lines that every error has; `note` says what became of the request, e.g. that nothing was sent. */
export function errorText(error: BlyanError, { paint, note = '' }: { paint: Palette; note?: string }): string {
  const head = `error ${error.code}`
  const first =
    note === '' ? paint.bad(head) : `${paint.bad(head)}${' '.repeat(Math.max(2, 65 - head.length))}${paint.dim(note)}`
  const id = error.id === null ? '' : paint.dim(`   id ${error.id}`)
  return `${first}\n  what  ${error.what}\n  fix   ${error.fix}${id}\n`
}

/** One line of life on stderr: `+MM:SS  who  what`. */
export function lifeLine(sinceMs: number, who: string, what: string): string {
  const seconds = Math.floor(sinceMs / 1000)
  const two = (n: number) => String(n).padStart(2, '0')
  return `+${two(Math.floor(seconds / 60))}:${two(seconds % 60)}  ${who.padEnd(12)}  ${what}`
}

export function terminalWidth(stream: Output = process.stdout): number {
  return stream.isTTY === true && stream.columns ? stream.columns : 100
}

/** Characters that take room: colour codes do not. */
export function visibleLength(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what a colour code starts with
  return [...text.replace(/\x1b\[[0-9;]*m/g, '')].length
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - visibleLength(text)))
  return align === 'right' ? space + text : text + space
}
