/** Who may ask what over HTTP: names and origins as `visitors.ts` lists them, JSON alone, no sandbox for pages. */
import type { IncomingMessage } from 'node:http'
import { BlyanError, type Fault } from '../../lib/errors.ts'
import { checkVisitor, type Welcome } from '../../lib/visitors.ts'

/** Asked before a request is served; null lets it pass. */
export interface Guard {
  /** Before the body is read. */
  visitor(request: IncomingMessage): BlyanError | null
  /** Once the JSON-RPC method is known. */
  method(request: IncomingMessage, method: string): BlyanError | null
}

/** A page asked for what moves time or state; no origin may, listed or not. */
export class LocalMethodError extends BlyanError {
  static override readonly code: string = 'VISITOR_LOCAL_METHOD'
  static override readonly fault: Fault = 'user'
}

/** A body of another type than JSON: the kind that any page may send without asking first. */
export class ContentTypeError extends BlyanError {
  static override readonly code: string = 'VISITOR_CONTENT_TYPE'
  static override readonly fault: Fault = 'user'
}

/** What only programs of this machine may call. */
export const isLocalMethod = (method: string): boolean =>
  method.startsWith('sandbox_') || (method.startsWith('blyan_') && method !== 'blyan_events')

export function guardOf(welcome: Welcome): Guard {
  return {
    visitor({ headers, method = '', url = '' }) {
      const { host, origin } = headers
      const refusal = checkVisitor({ host, origin, method, path: url }, welcome)
      if (refusal !== null || method !== 'POST' || isJson(headers['content-type'])) return refusal
      return new ContentTypeError({
        what: 'JSON-RPC needs content-type: application/json.',
        fix: 'Send that header; clients of NEAR do.',
      })
    },
    method({ headers: { origin, ...headers } }, method) {
      // Sec-Fetch headers come from browsers alone, and no page can leave them out.
      const isPage = origin !== undefined || headers['sec-fetch-site'] !== undefined
      if (!isPage || !isLocalMethod(method)) return null
      return new LocalMethodError({
        what: `${method} is for programs of this machine, not for pages.`,
        fix: 'Call it from a program or a test.',
        data: { method },
      })
    },
  }
}

const isJson = (type = ''): boolean => /^application\/json\s*(;|$)/i.test(type)
