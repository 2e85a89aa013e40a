/** A place in the stream of messages: chain, block, event in the block, message of the event. Total order, printable. */
import { LiveCursorError } from './errors.ts'

export interface Position {
  readonly height: number
  readonly index: number
  /** Place among the messages of one event. */
  readonly part: number
}

/** After every event of a block, after every message of an event. */
export const LAST_INDEX = 999_999_999
export const LAST_PART = 999

/** Before everything. */
export const START: Position = { height: -1, index: -1, part: -1 }

/** Negative, 0 or positive as `a` comes before, at or after `b`. */
export function comparePositions(a: Position, b: Position): number {
  return a.height - b.height || a.index - b.index || a.part - b.part
}

/** @param genesisHash of the chain: a cursor of another network is not mistaken for one of this */
export function encodeCursor(genesisHash: string, { height, index, part }: Position): string {
  return `${genesisHash.slice(0, 8)}.${height}.${index}.${part}`
}

const SHAPE = /^([A-Za-z0-9]{1,8})\.(-1|\d{1,15})\.(-1|\d{1,9})\.(-1|\d{1,3})$/

/** @throws LiveCursorError */
export function decodeCursor(genesisHash: string, text: string): Position {
  const match = SHAPE.exec(text)
  if (match === null || match[1] !== genesisHash.slice(0, 8)) {
    throw new LiveCursorError({
      what: match === null ? 'The cursor is none of ours.' : 'The cursor belongs to another network.',
      fix: 'Read the present state once, then subscribe without a cursor.',
      data: { field: 'cursor' },
    })
  }
  return { height: Number(match[2]), index: Number(match[3]), part: Number(match[4]) }
}
