/** A panic's stack, which names lines of the bundle, told in lines of the TypeScript. */
import type { SourceMap } from './vendor.ts'

export interface MappedFrame {
  /** As QuickJS names it. */
  function: string
  /** From the checkout's root; null for native code and generated lines. */
  source: string | null
  line: number | null
}

export interface MappedPanic {
  /** The thrown message, without the stack. */
  message: string
  frames: MappedFrame[]
  /** The whole text again, with TypeScript places in it. */
  text: string
}

const FRAME = /^\s*at (.+?)(?: \((?:contract\.js:(\d+)|[^)]*)\))?$/

/**
 * @param text  what panic_utf8 got: message, newline, lines of `    at name (contract.js:12)`
 * @param map  `<name>.js.map` of the same build
 * @example mapPanicStack('A: b\n    at add (contract.js:2653)', map).frames[0] // { function: 'add', source: 'contracts/near/…', line: 12 }
 */
export function mapPanicStack(text: string, map: SourceMap): MappedPanic {
  const lines = text.split('\n')
  // A message may have several lines; the stack is what follows the last line that is no frame.
  let first = lines.length
  while (first > 0 && (lines[first - 1] === '' || FRAME.test(lines[first - 1]!))) first--
  const sourceLines = readLines(map)
  const frames = lines
    .slice(first)
    .map((line) => FRAME.exec(line))
    .filter((match) => match !== null)
    .map(([, name, line]): MappedFrame => {
      const place = line === undefined ? undefined : sourceLines[Number(line) - 1]
      return { function: name!, source: place?.source ?? null, line: place?.line ?? null }
    })
  const message = lines.slice(0, first).join('\n')
  const shown = frames.map(
    (frame) => `    at ${frame.function} (${frame.source === null ? 'native' : `${frame.source}:${frame.line}`})`,
  )
  return { message, frames, text: [message, ...shown].join('\n') }
}

interface SourceLine {
  source: string
  line: number
}

/** For each line of the bundle, where its first mapped character comes from. Source: ECMA-426, source map format. */
function readLines({ mappings, sources }: SourceMap): (SourceLine | undefined)[] {
  let source = 0
  let line = 0
  return mappings.split(';').map((segments) => {
    let first: SourceLine | undefined
    for (const segment of segments.split(',')) {
      const fields = decodeVlq(segment)
      if (fields.length < 4) continue
      source += fields[1]!
      line += fields[2]!
      first ??= { source: sources[source]!, line: line + 1 }
    }
    return first
  })
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

function decodeVlq(segment: string): number[] {
  const fields: number[] = []
  let value = 0
  let shift = 0
  for (const character of segment) {
    const digit = BASE64.indexOf(character)
    value += (digit & 31) * 2 ** shift
    shift += 5
    if (digit & 32) continue
    fields.push(value & 1 ? -(value >>> 1) : value >>> 1)
    value = shift = 0
  }
  return fields
}
