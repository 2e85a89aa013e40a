/**
 * A key that lies elsewhere, behind `https:` or a Unix socket: POST /sign { kind, payload, digest } → { signature }. Its answer
 * counts only when it recovers to the expected address; the journal is written here before it is asked.
 */
import { type ClientRequest, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { z } from 'zod'
import { ExternalSignerError, SignerKeyError } from '../errors.ts'
import { isSignatureOf } from '../signature.ts'
import type { SigningKey } from './signingKey.ts'

const TIMEOUT_MS = 10_000
/** Said here, so that nothing in the environment, such as NODE_TLS_REJECT_UNAUTHORIZED, takes any certificate. */
const TLS = { rejectUnauthorized: true, minVersion: 'TLSv1.2' } as const
/** An answer has 150. */
const MAX_BYTES = 4096

const reply = z.object({ signature: z.string().regex(/^(?:0x)?[0-9a-fA-F]{130}$/) })

export interface ExternalKeyOptions {
  /** 40 lower-case hex digits. */
  address: string
  /** `https://host[:port]` or `unix:/path/to/socket`. */
  at: string
  /** Sent as a bearer token. */
  token?: string
  /** Who vouches for an `https:` place, PEM, instead of those that Node knows; a client certificate. */
  tls?: Pick<import('node:https').RequestOptions, 'ca' | 'cert' | 'key'>
}

/** @throws SignerKeyError when the place is neither `https:` nor `unix:` */
export function externalKey({ address, at, token, tls }: ExternalKeyOptions): SigningKey {
  const place = placeOf(at)
  const headers = {
    'content-type': 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  }
  return {
    address,
    async sign(asked) {
      const body = JSON.stringify(asked)
      const options = {
        ...place,
        ...tls,
        ...TLS,
        method: 'POST',
        path: '/sign',
        headers,
        timeout: TIMEOUT_MS,
        // The time without a byte ends a connection that is dead, this one an answer that drips.
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }
      let text: string
      try {
        text = await post('socketPath' in place ? httpRequest : httpsRequest, options, body)
      } catch (cause) {
        throw failure(`does not answer: ${(cause as Error).message}`, cause)
      }
      const parsed = reply.safeParse(jsonOf(text))
      if (!parsed.success) throw failure('answers something else than { signature }')
      const signature = parsed.data.signature.replace(/^0x/, '').toLowerCase()
      if (!isSignatureOf(address, asked.digest, signature)) throw failure(`signs with another key than 0x${address}`)
      return signature
    },
  }
}

function placeOf(at: string): { socketPath: string } | { hostname: string; port?: string } {
  if (at.startsWith('unix:/')) return { socketPath: at.slice('unix:'.length) }
  if (URL.canParse(at)) {
    const { protocol, hostname, port, pathname } = new URL(at)
    if (protocol === 'https:' && pathname === '/') return { hostname, ...(port === '' ? {} : { port }) }
  }
  throw new SignerKeyError({
    what: 'An external signer is reached over https: or a Unix socket, and over nothing else.',
    fix: 'Write https://HOST[:PORT] or unix:/PATH.',
  })
}

function post(
  send: (options: RequestOptions, answered: (response: IncomingMessage) => void) => ClientRequest,
  options: RequestOptions,
  body: string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = send(options, (response) => {
      const chunks: Buffer[] = []
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > MAX_BYTES) request.destroy(new Error(`more than ${MAX_BYTES} bytes`))
        else chunks.push(chunk)
      })
      response.on('error', reject)
      response.on('end', () => {
        if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString('utf8'))
        else reject(new Error(`HTTP ${response.statusCode}`))
      })
    })
    request.on('timeout', () => request.destroy(new Error(`nothing within ${TIMEOUT_MS} ms`)))
    request.on('error', reject)
    request.end(body)
  })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const failure = (what: string, cause?: unknown): ExternalSignerError =>
  new ExternalSignerError({
    what: `The external signer ${what}.`,
    fix: 'Look whether it runs and holds the key of the expected address; the payload stays in the journal and is tried again.',
    cause,
  })
