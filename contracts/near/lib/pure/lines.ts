/**
 * The hash of a list of text fields: how every commitment and seed of the protocol is made. A tag with a version keeps
 * hashes of different purposes apart, and no field may hold the separator, so two lists never share a text.
 */
import { type Hash, type HashHex, invalidEncoding, toHex, utf8 } from './bytes.ts'

/**
 * sha256('blyan/' + tag + '/1' + '\n' + fields joined by '\n'), as lower-case hex. Numbers are written in decimal.
 * @throws `ENCODING_INVALID` when the tag or a field holds a line break
 * @example hashLines(sha256, 'jury', ['1', 'bob.near']) // sha256 of "blyan/jury/1\n1\nbob.near"
 */
export function hashLines(sha256: Hash, tag: string, fields: readonly (string | number)[]): HashHex {
  let text = `blyan/${tag}/1`
  if (tag.includes('\n')) invalidEncoding('a tag holds a line break')
  for (const field of fields) {
    const line = typeof field === 'number' ? `${field}` : field
    if (line.includes('\n')) invalidEncoding(`a field of '${tag}' holds a line break`)
    text += `\n${line}`
  }
  return toHex(sha256(utf8(text)))
}
