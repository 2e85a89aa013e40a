/** Which blocks belong to an address, as far as they are held here. */
import type { CID } from 'multiformats/cid'
import type { FileBlocks } from './blocks.ts'
import { blockKey, DAG_PB } from './cid.ts'
import { linksOf } from './dagNode.ts'

/**
 * Adds the keys of every block below `root` to `keys`, which may hold keys already.
 * @returns the blocks that are missing; empty when the content is whole
 */
export async function reach(
  root: CID,
  blocks: Pick<FileBlocks, 'get' | 'size'>,
  keys: Set<string> = new Set(),
): Promise<CID[]> {
  const missing: CID[] = []
  const pending = [root]
  const seen = new Set<string>()
  for (let cid = pending.pop(); cid; cid = pending.pop()) {
    const key = blockKey(cid)
    if (seen.has(key)) continue
    seen.add(key)
    keys.add(key)
    if (cid.code !== DAG_PB) {
      if ((await blocks.size(cid)) === null) missing.push(cid)
      continue
    }
    const bytes = await blocks.get(cid)
    if (bytes === null) missing.push(cid)
    else pending.push(...linksOf(cid, bytes))
  }
  return missing
}
