/** Held-out gain: how much one delta alone lowers the loss on the round's sealed text. Source: docs/protocol.md rule 6. */

/** Loss on the round's bytes in whole microbits per byte. */
export type ScoreMicrobits = (parameters: Float32Array) => Promise<number>

/** Gain of each decoded delta over the base, microbits per byte; negative when it made things worse. */
export async function gainsOf(
  score: ScoreMicrobits,
  base: Float32Array,
  deltas: readonly (Float32Array | null)[],
): Promise<(string | null)[]> {
  if (deltas.every((delta) => delta === null)) return deltas.map(() => null)
  const before = await score(base)
  const gains: (string | null)[] = []
  for (const delta of deltas) {
    gains.push(delta === null ? null : String(before - (await score(subtract(base, delta)))))
  }
  return gains
}

/** base − delta in float32: delta is what an outer step subtracts. */
export function subtract(base: Float32Array, delta: Float32Array): Float32Array {
  const result = new Float32Array(base.length)
  for (let i = 0; i < base.length; i++) result[i] = base[i] - delta[i]
  return result
}
