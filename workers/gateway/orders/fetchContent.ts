/** Content of tasks, from this gateway's store or from peers that the chain names and that may be asked. */
import type { Fetch } from '../../proof/index.ts'
import type { ContentStore } from '../../storage/types.ts'
import type { Parts } from '../types.ts'
import { isFetchable } from './peers.ts'

/** The requester's own address comes from the task's message, which nobody has looked at yet: each address is judged here. */
export function contentFetch(
  { config, signal }: Pick<Parts, 'config' | 'signal'>,
  store: Pick<ContentStore, 'cat'>,
): Fetch {
  return async (cid, maxBytes, from) => {
    const usable = await Promise.all(from.map((peer) => isFetchable(peer, config.embedded)))
    return store.cat(cid, { maxBytes, from: from.filter((_, i) => usable[i]), signal })
  }
}
