/**
 * Who may knock at a server on this machine. Every page in every browser can send requests to 127.0.0.1, and a name of
 * the attacker's can be made to point there (DNS rebinding), so an address is no wall: names are.
 * Source: RFC 9110 §7.2, the Fetch standard's Origin header.
 */
import { BlyanError, type Fault, InvalidArgumentError } from './errors.ts'

/** What a request says of itself; header values as they came. */
export interface Visitor {
  host: string | undefined
  origin: string | undefined
  method: string
  /** The request target, e.g. `/api/v1/tasks?limit=5`. */
  path: string
}

export interface Welcome {
  /** Values of `Host` under which the server is known, with port, lower case. */
  hosts: readonly string[]
  /** Pages that may call: scheme, host and port exactly, e.g. `http://127.0.0.1:4173`. */
  origins: readonly string[]
}

/** The request was meant for another name than the server's: a rebound one, or a proxy's. */
export class ForeignHostError extends BlyanError {
  static override readonly code: string = 'VISITOR_FOREIGN_HOST'
  static override readonly fault: Fault = 'user'
}

/** A page of an origin that is not listed asked. */
export class ForeignOriginError extends BlyanError {
  static override readonly code: string = 'VISITOR_FOREIGN_ORIGIN'
  static override readonly fault: Fault = 'user'
}

/** Null lets the visitor in. A request without `Origin` comes from a program, or from a page that will not see the answer. */
export function checkVisitor(visitor: Visitor, { hosts, origins }: Welcome): BlyanError | null {
  const { host, origin, method, path } = visitor
  const data = { method, host: shown(host), origin: shown(origin) }
  if (host === undefined || !hosts.includes(host.toLowerCase())) {
    return new ForeignHostError({
      what: `This server is not known as ${data.host ?? 'a server without Host'}; it is ${hosts.join(', ')}.`,
      fix: 'Call it by one of these names.',
      data,
    })
  }
  // A target with a name of its own would overrule Host (RFC 9112 §3.2.2).
  if (!path.startsWith('/') && path !== '*') {
    return new ForeignHostError({
      what: 'The request names its target in full, as one to a proxy does.',
      fix: 'Send the path alone.',
      data,
    })
  }
  if (origin === undefined || origins.includes(origin)) return null
  return new ForeignOriginError({
    what: `Pages of ${data.origin} may not call this server.`,
    fix: 'If you trust the page, list its origin where the server is started (--origin).',
    data,
  })
}

/** The names of a server on the loopback; the default port of HTTP is left out by clients. */
export function loopbackHosts(port: number): string[] {
  const names = ['127.0.0.1', 'localhost', '[::1]']
  return [...names.map((name) => `${name}:${port}`), ...(port === 80 ? names : [])]
}

/** Headers that let a listed page read the answer; none for everybody else. */
export function corsHeaders(origin: string | undefined, origins: readonly string[]): Record<string, string> {
  if (origin === undefined || !origins.includes(origin)) return origins.length === 0 ? {} : { vary: 'origin' }
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-headers': 'content-type',
    'access-control-allow-methods': 'GET, POST, OPTIONS',
    'access-control-max-age': '600',
    vary: 'origin',
  }
}

/** Origins as a person lists them, comma-separated. @throws InvalidArgumentError @example parseOrigins('http://a:1') // ['http://a:1'] */
export function parseOrigins(text: string, field = 'origin'): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const url = URL.canParse(part) ? new URL(part) : null
      const plain = url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/'
      if (plain && url.search === '' && url.hash === '' && url.username === '') return url.origin
      throw new InvalidArgumentError({
        what: `${JSON.stringify(part)} is no web origin.`,
        fix: 'Give scheme, host and port alone, such as http://127.0.0.1:4173.',
        data: { field },
      })
    })
}

/** What a header said, short enough to repeat. */
const shown = (text: string | undefined): string | null => (text === undefined ? null : text.slice(0, 100))
