/** Compares JSON values: order of keys aside, everything counts. */

export interface Difference {
  /** Such as `.heldout.head`; empty at the root. */
  readonly path: string
  readonly expected: unknown
  readonly got: unknown
}

/** The first difference, or null. What JSON leaves out (undefined) is as if absent. */
export function sameJson(expected: unknown, got: unknown, path = ''): Difference | null {
  if (Object.is(expected, got)) return null
  if (!isObject(expected) || !isObject(got) || Array.isArray(expected) !== Array.isArray(got)) {
    return { path, expected, got }
  }
  const names = new Set([...keysOf(expected), ...keysOf(got)])
  for (const name of [...names].sort()) {
    const difference = sameJson(own(expected, name), own(got, name), `${path}.${name}`)
    if (difference !== null) return difference
  }
  return null
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const own = (value: Record<string, unknown>, name: string): unknown =>
  Object.hasOwn(value, name) ? value[name] : undefined
const keysOf = (value: Record<string, unknown>): string[] =>
  Object.keys(value).filter((name) => value[name] !== undefined)
