/** A page in somebody's browser: what it can make the browser send, by the rules of the Fetch standard. */
import { request } from 'node:http'

export interface PageReply {
  status: number
  body: string
  /** Whether the browser hands the answer to the page. */
  readable: boolean
}

export interface Page {
  /** A request that needs no permission: a text body, as a form or `fetch` in `no-cors` mode sends it. */
  simplePost(url: string, body: string): Promise<PageReply>
  /** A request with a JSON body: across origins the browser asks first. @returns null when it was not allowed to send */
  jsonPost(url: string, body: string): Promise<PageReply | null>
  get(url: string): Promise<PageReply>
}

/**
 * @param origin where the page was loaded from
 * @param rebound the page's own name now points at 127.0.0.1: it calls itself, and lands at the victim's server
 */
export function page(origin: string, { rebound = false } = {}): Page {
  const headersFor = (url: string): Record<string, string> => ({
    host: rebound ? `${new URL(origin).hostname}:${new URL(url).port}` : new URL(url).host,
    origin: rebound ? `http://${new URL(origin).hostname}:${new URL(url).port}` : origin,
  })
  const send = async (url: string, method: string, headers: Record<string, string>, body = ''): Promise<PageReply> => {
    const reply = await exchange(url, method, headers, body)
    const allowed = [headers.origin, '*'].includes(reply.headers['access-control-allow-origin'] as string)
    return { ...reply, readable: rebound || allowed }
  }
  return {
    simplePost: (url, body) => send(url, 'POST', { ...headersFor(url), 'content-type': 'text/plain' }, body),
    get: (url) => {
      const { origin: own, ...headers } = headersFor(url)
      return send(url, 'GET', rebound ? headers : { ...headers, origin: own! })
    },
    async jsonPost(url, body) {
      const headers = headersFor(url)
      if (!rebound) {
        const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' }
        const answer = await exchange(url, 'OPTIONS', { ...headers, ...asked }, '')
        const allowedHeaders = String(answer.headers['access-control-allow-headers'] ?? '')
        const allowed = [headers.origin, '*'].includes(answer.headers['access-control-allow-origin'] as string)
        if (answer.status >= 300 || !allowed || !/\*|content-type/.test(allowedHeaders)) return null
      }
      return send(url, 'POST', { ...headers, 'content-type': 'application/json' }, body)
    },
  }
}

/** To 127.0.0.1, whatever name the request carries. */
function exchange(url: string, method: string, headers: Record<string, string>, body: string) {
  const { port, pathname, search } = new URL(url)
  return new Promise<{ status: number; body: string; headers: Record<string, unknown> }>((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path: pathname + search, method, headers, agent: false },
      async (response) => {
        const parts: Buffer[] = []
        for await (const part of response) parts.push(part as Buffer)
        resolve({ status: response.statusCode!, body: Buffer.concat(parts).toString(), headers: response.headers })
      },
    )
    sent.on('error', reject).end(body)
  })
}
