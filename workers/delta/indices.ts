/** Which values of a chunk are kept: as a bitmap, or as ascending indices packed bit by bit, lowest bit first. */
import { invalidDelta } from './errors.ts'
import type { ChunkLayout } from './layout.ts'

/** Writes the indices of a chunk. @param mask 1 where a value is kept   @param out of `indexBytes`, zeroed */
export function writeIndices(mask: Uint8Array, { index, length, indexBits }: ChunkLayout, out: Uint8Array): void {
  if (index === 'all') return
  let bit = 0
  for (let i = 0; i < length; i++) {
    if (index === 'bitmap') {
      if (mask[i]) out[i >> 3] |= 1 << (i & 7)
    } else if (mask[i]) {
      for (let b = 0; b < indexBits; b++, bit++) if ((i >> b) & 1) out[bit >> 3] |= 1 << (bit & 7)
    }
  }
}

/**
 * Reads the indices of a chunk, ascending, into `out`.
 * @throws DeltaError when they are not exactly `kept` ascending indices below `length`, or padding is not zero
 */
export function readIndices(bytes: Uint8Array, layout: ChunkLayout, out: Uint16Array): void {
  if (layout.index === 'bitmap') readBitmap(bytes, layout, out)
  else if (layout.index === 'packed') readPacked(bytes, layout, out)
  else for (let i = 0; i < layout.length; i++) out[i] = i
}

function readBitmap(bytes: Uint8Array, { length, kept }: ChunkLayout, out: Uint16Array): void {
  let found = 0
  for (let i = 0; i < bytes.length * 8; i++) {
    if (((bytes[i >> 3] >> (i & 7)) & 1) === 0) continue
    if (i >= length) invalidDelta('padding of a bitmap is not zero')
    if (found === kept) invalidDelta(`a bitmap marks more than ${kept} values`)
    out[found++] = i
  }
  if (found !== kept) invalidDelta(`a bitmap marks ${found} values instead of ${kept}`)
}

function readPacked(bytes: Uint8Array, { length, kept, indexBits }: ChunkLayout, out: Uint16Array): void {
  let bit = 0
  let last = -1
  for (let i = 0; i < kept; i++) {
    let index = 0
    for (let b = 0; b < indexBits; b++, bit++) index |= ((bytes[bit >> 3] >> (bit & 7)) & 1) << b
    if (index <= last) invalidDelta('indices do not ascend')
    if (index >= length) invalidDelta(`index ${index} in a chunk of ${length}`)
    out[i] = last = index
  }
  for (; bit < bytes.length * 8; bit++) {
    if ((bytes[bit >> 3] >> (bit & 7)) & 1) invalidDelta('padding of indices is not zero')
  }
}
