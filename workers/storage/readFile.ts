/** A whole file from its blocks, into one array that is allocated once, after its size was checked. */
import type { CID } from 'multiformats/cid'
import { type FilePiece, malformed, readFileNode } from './dagNode.ts'
import { TooLargeError } from './errors.ts'
import { FETCH_CONCURRENCY, MAX_DEPTH, MIN_BLOCK_BYTES } from './limits.ts'

/** A block whose bytes fit its CID. Throws when it cannot be had. */
export type GetBlock = (cid: CID) => Promise<Uint8Array>

/**
 * @throws TooLargeError when the file is longer than `maxBytes`, CorruptBlockError when its nodes contradict each other,
 *         and whatever `getBlock` throws
 */
export async function readFile(root: CID, getBlock: GetBlock, maxBytes: number): Promise<Uint8Array> {
  const first = readFileNode(root, await getBlock(root))
  if (first.length > maxBytes) throw tooLarge(root, first.length, maxBytes)
  if (first.pieces.length === 0) return first.data
  const file = new Uint8Array(first.length)
  let blocksLeft = 16 + Math.ceil(first.length / MIN_BLOCK_BYTES)

  let level: (FilePiece & { at: number })[] = place(first, 0)
  for (let depth = 1; level.length > 0; depth++) {
    blocksLeft -= level.length
    if (blocksLeft < 0 || depth > MAX_DEPTH) throw malformed(root, 'it is cut into too many pieces')
    const next: typeof level = []
    await forEach(level, async ({ cid, length, at }) => {
      const node = readFileNode(cid, await getBlock(cid))
      if (node.length !== length) throw malformed(cid, `it holds ${node.length} bytes instead of ${length}`)
      next.push(...place(node, at))
    })
    level = next
  }
  return file

  function place(node: ReturnType<typeof readFileNode>, start: number): typeof level {
    file.set(node.data, start)
    let at = start + node.data.length
    return node.pieces.map((piece) => {
      const placed = { ...piece, at }
      at += piece.length
      return placed
    })
  }
}

export function tooLarge(what: CID | string, bytes: number, maxBytes: number): TooLargeError {
  return new TooLargeError({
    what: `${what} has ${bytes} bytes; at most ${maxBytes} are accepted here.`,
    fix: 'Whoever published it must publish something smaller.',
    data: { cid: String(what), bytes, maxBytes },
  })
}

/** Runs `act` on each item, a few at a time; the first error stops the rest from starting. */
async function forEach<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  let at = 0
  const lane = async (): Promise<void> => {
    while (at < items.length) {
      try {
        await act(items[at++])
      } catch (error) {
        at = items.length
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(FETCH_CONCURRENCY, items.length) }, lane))
}
