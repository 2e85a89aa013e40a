/** Blocks of one source up to a height; what a page brought beyond it is kept for the next time. */
import type { BlockSource, SourceBlock } from '../../../chain/client/near/source/index.ts'

const PAGE = 100

export interface BlockBuffer {
  /** Blocks with events between the last call's height and this one. @throws what the source throws; then it must be made anew */
  upTo(height: number): Promise<SourceBlock[]>
}

/** @param from first height wanted */
export function blockBuffer(source: BlockSource, from: number): BlockBuffer {
  let waiting: SourceBlock[] = []
  let next = from
  return {
    async upTo(height) {
      while (next <= height) {
        const page = await source.blocks(next, PAGE)
        waiting.push(...page.blocks)
        if (page.next <= next) break // the node is behind: the caller asks again
        next = page.next
      }
      if (next <= height) throw new Error('the source does not reach the height yet')
      const ready = waiting.filter((block) => block.height <= height)
      waiting = waiting.filter((block) => block.height > height)
      return ready
    },
  }
}
