/** Reads a JSON body: capped while it arrives, parsed once, without keys that reach a prototype. */
import type { IncomingMessage } from 'node:http'
import { BodyInvalidError, BodyTooLargeError, BodyTypeError } from './errors.ts'

/** Of an operation that does not name its own, bytes. */
export const BODY_LIMIT = 64 * 1024
/** Deeper nesting than any schema here has; keeps every walk over a body short. */
const MAX_DEPTH = 32
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])

/** The body as JSON; undefined when there is none. @throws BodyTooLargeError, BodyTypeError, BodyInvalidError */
export async function readJsonBody(request: IncomingMessage, limit = BODY_LIMIT): Promise<unknown> {
  const { 'content-type': type = '', 'content-encoding': encoding, 'content-length': length } = request.headers
  const announced = Number(length ?? 0)
  if (announced === 0 && request.headers['transfer-encoding'] === undefined) return undefined
  if (announced > limit) throw tooLarge(limit)
  if (!/^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(type)) {
    throw new BodyTypeError({
      what: `The body is ${JSON.stringify(type.slice(0, 60))}; application/json is needed.`,
      fix: 'Send JSON in UTF-8 with content-type: application/json.',
    })
  }
  if (encoding !== undefined && encoding !== 'identity') {
    throw new BodyTypeError({ what: 'Compressed bodies are not read.', fix: 'Send the JSON as it is.' })
  }
  const bytes = await readCapped(request, limit)
  return bytes.length === 0 ? undefined : parseJson(bytes)
}

/** @throws BodyInvalidError on anything but JSON in UTF-8 without forbidden keys */
export function parseJson(bytes: Uint8Array): unknown {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new BodyInvalidError({ what: 'The body is no JSON in UTF-8.', fix: 'Correct its syntax.', cause })
  }
  refuseHostile(value, 0)
  return value
}

async function readCapped(request: IncomingMessage, limit: number): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > limit) throw tooLarge(limit)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, length)
}

function refuseHostile(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return
  if (depth >= MAX_DEPTH) {
    throw new BodyInvalidError({ what: `The body is nested over ${MAX_DEPTH} deep.`, fix: 'Send it flatter.' })
  }
  for (const [key, inner] of Object.entries(value)) {
    if (FORBIDDEN.has(key)) {
      throw new BodyInvalidError({
        what: `The body has a key ${JSON.stringify(key)}, which no operation takes.`,
        fix: 'Leave it out.',
        data: { field: key },
      })
    }
    refuseHostile(inner, depth + 1)
  }
}

const tooLarge = (limit: number): BodyTooLargeError =>
  new BodyTooLargeError({
    what: `The body is longer than ${limit} bytes, the most that this operation takes.`,
    fix: 'Send less in one request.',
    data: { limit },
  })
