/** multipart/form-data as it arrives, without holding a file in memory. Source: RFC 7578. */
import { InvalidArgumentError } from '../../../chain/lib/errors.ts'

export interface Part {
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>
  /** Must be read to its end before the next part is asked for. */
  readonly body: AsyncIterable<Uint8Array>
}

const MAX_HEADER_BYTES = 8_192

/** Parts of a request in order. @throws InvalidArgumentError when the body is no multipart/form-data */
export async function* readParts(contentType: string, source: AsyncIterable<Uint8Array>): AsyncGenerator<Part> {
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)"?/i.exec(contentType)?.[1]
  if (!boundary) throw malformed('it is no multipart/form-data with a boundary')
  const chunks = source[Symbol.asyncIterator]()
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  let held = Buffer.from('\r\n') // so that the first delimiter looks like the others

  const more = async (): Promise<void> => {
    const { value, done } = await chunks.next()
    if (done) throw malformed('it ends too early')
    held = Buffer.concat([held, value])
  }
  const until = async (mark: string): Promise<string> => {
    while (!held.includes(mark)) {
      if (held.length > MAX_HEADER_BYTES) throw malformed('its headers are too long')
      await more()
    }
    const at = held.indexOf(mark)
    const text = held.toString('utf8', 0, at)
    held = held.subarray(at + mark.length)
    return text
  }
  async function* body(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = held.indexOf(delimiter)
      const safe = at >= 0 ? at : Math.max(0, held.length - delimiter.length + 1)
      if (safe > 0) yield held.subarray(0, safe)
      held = held.subarray(safe)
      if (at >= 0) return
      await more()
    }
  }

  for await (const _ of body()); // the preamble
  for (;;) {
    held = held.subarray(delimiter.length)
    while (held.length < 2) await more()
    if (held.toString('latin1', 0, 2) === '--') return
    if ((await until('\r\n')).trim() !== '') throw malformed('a boundary is followed by text')
    const lines = (await until('\r\n\r\n')).split('\r\n')
    const headers = new Map(
      lines.map((line) => [line.split(':', 1)[0].toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    )
    yield { headers, body: body() }
  }
}

function malformed(why: string): InvalidArgumentError {
  return new InvalidArgumentError({
    what: `The request body cannot be read: ${why}.`,
    fix: 'Send files as multipart/form-data, as `ipfs add` and kubo-rpc-client do.',
    data: { field: 'body' },
  })
}
