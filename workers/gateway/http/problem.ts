/** Every refusal and failure in one form. Source: RFC 9457 (problem details). */
import { STATUS_CODES } from 'node:http'
import type { Problem } from '../../../chain/client/gateway/index.ts'
import { BlyanError, type Fault } from '../../../chain/lib/errors.ts'
import { DatabaseAwayError } from '../database/errors.ts'
import { UnforeseenError } from './errors.ts'

const STATUS: Readonly<Record<Fault, number>> = { user: 400, config: 500, internal: 500, peer: 502, platform: 503 }
/** Of errors that are told on other wires too, where there is no status. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = { VISITOR_FOREIGN_HOST: 421, VISITOR_FOREIGN_ORIGIN: 403 }

/** HTTP status of an error: its class's own, else by who should act. */
export function statusOf(error: BlyanError): number {
  const own = (error.constructor as { status?: unknown }).status
  return typeof own === 'number' ? own : (STATUS_OF_CODE[error.code] ?? STATUS[error.fault])
}

/** Whatever was thrown, as an error with a code; unforeseen ones say nothing of their inside. */
export function asBlyanError(error: unknown): BlyanError {
  if (error instanceof BlyanError) return error
  if (isDatabaseAway(error)) {
    return new DatabaseAwayError({
      what: 'The gateway’s database does not answer.',
      fix: 'Try again in a few seconds; nothing that was acknowledged is lost.',
      cause: error,
    })
  }
  return new UnforeseenError({ cause: error })
}

/** @param id the request's */
export function problemOf(error: BlyanError, id: string): Problem {
  const { code, what, fix, fault, data } = error.toJSON()
  const status = statusOf(error)
  return { type: `/docs#${code}`, title: STATUS_CODES[status] ?? 'Error', status, code, what, fix, fault, data, id }
}

/** PostgreSQL class 08, 57P0x and 57014 (it gave up), and what sockets say; drizzle wraps them as `cause`. */
const AWAY = /^(08...|57P0[1-5]|57014|53300|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH)$/
/** What pg and its pool say without a code. */
const AWAY_TEXT =
  /Connection terminated|connection timeout|not queryable|timeout exceeded when trying|read timeout|PGlite is closed/i

function isDatabaseAway(error: unknown): boolean {
  for (let each: unknown = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth++) {
    const { code } = each as { code?: unknown }
    if (typeof code === 'string' && AWAY.test(code)) return true
    if (AWAY_TEXT.test(each.message)) return true
  }
  return false
}
