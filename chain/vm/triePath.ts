/** How many nodes of NEAR's Merkle-Patricia trie a look-up visits: what writes are charged by. Source: nearcore trie/mod.rs. */

/** Nodes visited for `key`, and one more for its value where it is present.
 *  @param keys all keys of the trie as hex, sorted, without duplicates   @param key hex
 *  PERF: two binary searches a level. */
export function touchedTrieNodes(keys: readonly string[], key: string): number {
  let from = 0
  let to = keys.length
  let depth = 0
  let nodes = 0
  while (from < to) {
    const first = keys[from]!
    if (to - from === 1) return nodes + 1 + (first === key ? 1 : 0) // a leaf holds all that is left of its key
    const shared = sharedLength(first, keys[to - 1]!)
    if (shared > depth) {
      nodes++ // an extension: all keys go on alike
      if (!key.startsWith(first.slice(depth, shared), depth)) return nodes
      depth = shared
    }
    nodes++ // a branch
    if (key.length === depth) return nodes + (first === key ? 1 : 0)
    const prefix = key.slice(0, depth + 1)
    from = lowerBound(keys, prefix, from, to)
    to = lowerBound(keys, `${prefix}g`, from, to) // g comes after every hex digit
    depth++
  }
  return nodes
}

function sharedLength(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length++
  return length
}

/** First index in [from, to) whose key is not below `bound`. */
function lowerBound(keys: readonly string[], bound: string, from: number, to: number): number {
  while (from < to) {
    const middle = (from + to) >> 1
    if (keys[middle]! < bound) from = middle + 1
    else to = middle
  }
  return from
}
