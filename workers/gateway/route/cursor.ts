/** Where a list goes on: the key of the last row, opaque to callers, checked when it comes back. */
import { RequestInvalidError } from '../http/errors.ts'

/** @param list name of the list, so that a cursor of one is refused by another */
export const encodeCursor = (list: string, ...key: readonly number[]): string =>
  Buffer.from([list, ...key].join(':')).toString('base64url')

/** The numbers of the key; null without a cursor. @throws RequestInvalidError */
export function decodeCursor(list: string, parts: number, cursor: string | undefined): number[] | null {
  if (cursor === undefined) return null
  const [name, ...key] = Buffer.from(cursor, 'base64url').toString('utf8').split(':')
  const numbers = key.map((text) => (/^\d{1,15}$/.test(text) ? Number(text) : Number.NaN))
  if (name === list && numbers.length === parts && numbers.every(Number.isSafeInteger)) return numbers
  throw new RequestInvalidError({
    what: 'The cursor is none of this list.',
    fix: 'Send `next` of the page before as it was, or begin without a cursor.',
    data: { field: 'cursor', place: 'query' },
  })
}

/** A page out of one row more than asked for. @param keyOf numbers by which the list is ordered */
export function pageOf<R, I>(
  rows: readonly R[],
  limit: number,
  list: string,
  keyOf: (row: R) => readonly number[],
  toItem: (row: R) => I,
): { items: I[]; next: string | null } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const next = rows.length > limit && last !== undefined ? encodeCursor(list, ...keyOf(last)) : null
  return { items: shown.map(toItem), next }
}
