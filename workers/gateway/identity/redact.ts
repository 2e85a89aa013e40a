/** Takes secrets out of what is about to be logged: by their shape anywhere in a text, by their name in a record. */
import type { Log } from '../types.ts'

const SHAPES: readonly [RegExp, string][] = [
  [/\bbly_([0-9a-f]{16})_[0-9a-f]{8,}/gi, 'bly_$1_…'],
  // Three base64url parts, the first being a JSON object: a JWT.
  [/\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g, 'JWT…'],
  [/\b([0-9a-f]{32})\.(\d{1,9})\.[A-Za-z0-9_-]{43}/g, '$1.$2.…'],
  [/\b(ed25519|secp256k1):[1-9A-HJ-NP-Za-km-z]{80,}/g, '$1:…'],
  [/\b(Bearer|Basic)\s+[^\s",;]+/gi, '$1 …'],
  [/(\/\/[^/\s:@]*):[^/\s@]+@/g, '$1:…@'],
  [/\b(cookie:\s*)[^\r\n"]+/gi, '$1…'],
  [/((?:token|secret|password|api[-_]?key|signature)["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/gi, '$1…'],
]

const NAMES =
  /^(authorization|cookie|set-cookie|token|refresh|secret|secret_?key|password|seed|signature|private_?key|key)$/i
const DEEPEST = 6

export function redactText(text: string): string {
  return SHAPES.reduce((clean, [shape, instead]) => clean.replace(shape, instead), text)
}

/** A copy without secrets; what lies deeper than six levels is left out. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= DEEPEST) return '…'
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`
  if (Array.isArray(value)) return value.map((each) => redact(each, depth + 1))
  if (value instanceof Error) {
    const { code, cause } = value as Error & { code?: string }
    const inner = cause === undefined ? {} : { cause: redact(cause, depth + 1) }
    return { name: value.name, ...(code === undefined ? {} : { code }), message: redactText(value.message), ...inner }
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, NAMES.test(name) ? '…' : redact(each, depth + 1)]),
  )
}

/** The same log, blind to secrets. */
export function redacting(log: Log): Log {
  const clean = (data?: Record<string, unknown>) =>
    data === undefined ? undefined : (redact(data) as Record<string, unknown>)
  return {
    info: (what, data) => log.info(redactText(what), clean(data)),
    warn: (what, data) => log.warn(redactText(what), clean(data)),
    error: (what, data) => log.error(redactText(what), clean(data)),
  }
}
