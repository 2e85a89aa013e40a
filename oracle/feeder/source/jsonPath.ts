/** The price in a JSON document, at a path. */
import { parseDecimal } from '../decimal.ts'
import { SourceReplyError } from '../errors.ts'

/**
 * @param path  keys from the top, separated by dots, own fields alone; '' is the document itself
 * @throws SourceReplyError when there is no positive decimal
 */
export function priceAt(text: string, path: string, source: string): bigint {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new SourceReplyError({ what: `${source} answered no JSON.`, fix: FIX, data: { source }, cause })
  }
  for (const key of path === '' ? [] : path.split('.')) value = child(value, key)
  const price = parseDecimal(value)
  if (price !== null) return price
  throw new SourceReplyError({ what: `${source} has no price at "${path}".`, fix: FIX, data: { source, path } })
}

/** An own field of an object, an element of a list; else undefined. */
function child(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return /^\d+$/.test(key) ? value[Number(key)] : undefined
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? value[key as never] : undefined
}

const FIX = 'Check the source’s address and path in the configuration; other sources go on meanwhile.'
