/** A price from a URL: https, a public address, no redirects, an answer of bounded size in bounded time. */
import type { lookup as systemLookup } from 'node:dns'
import { type IncomingMessage, request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import type { HttpSourceConfig } from '../config.ts'
import { SourceAddressError, SourceReplyError, SourceUnreachableError } from '../errors.ts'
import {
  type AddressRule,
  isLoopbackAddress,
  isPublicAddress,
  pinnedLookup,
  requireSourceUrl,
} from '../publicAddress.ts'
import { priceAt } from './jsonPath.ts'
import type { Source } from './types.ts'

export interface HttpDeps {
  /** How names become addresses. */
  readonly lookup?: typeof systemLookup
  /** Which addresses may be asked; by default public ones, and the loopback where the configuration says so. */
  readonly allowed?: AddressRule
}

export function httpSource(config: HttpSourceConfig, deps: HttpDeps = {}): Source {
  return {
    name: config.name,
    read: async (signal) => priceAt(await fetchText(config, deps, signal), config.path, config.name),
  }
}

/** @throws SourceAddressError, SourceUnreachableError, SourceReplyError */
export async function fetchText(config: HttpSourceConfig, deps: HttpDeps, signal: AbortSignal): Promise<string> {
  const { name, allow_loopback, timeout_ms } = config
  const allowed = deps.allowed ?? ((ip) => isPublicAddress(ip) || (allow_loopback && isLoopbackAddress(ip)))
  const url = requireSourceUrl(config.url, allowed, allow_loopback)
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeout_ms)])
  try {
    const response = await ask(url, pinnedLookup(allowed, deps.lookup), limit)
    const { statusCode = 0 } = response
    if (statusCode !== 200) {
      response.destroy()
      if (statusCode >= 300 && statusCode < 400) throw redirected(name, statusCode)
      throw new SourceUnreachableError({
        what: `${name} answered with status ${statusCode}.`,
        fix: FIX,
        data: { source: name },
      })
    }
    return await readCapped(response, config.max_bytes, name, limit)
  } catch (cause) {
    if (cause instanceof SourceAddressError || cause instanceof SourceReplyError) throw cause
    if (cause instanceof SourceUnreachableError) throw cause
    const late = limit.aborted && !signal.aborted
    const what = late ? `${name} did not answer within ${timeout_ms} ms.` : `${name} cannot be reached.`
    throw new SourceUnreachableError({ what, fix: FIX, data: { source: name }, cause })
  }
}

function ask(url: URL, lookup: ReturnType<typeof pinnedLookup>, signal: AbortSignal): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? tlsRequest : plainRequest
  return new Promise((resolve, reject) => {
    // No agent: a kept connection would outlive the look at its address. Node follows no redirect by itself.
    const headers = { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'blyan-feeder' }
    const request = send(url, { lookup, signal, agent: false, headers, maxHeaderSize: 16_384 }, resolve)
    request.once('error', reject)
    request.end()
  })
}

async function readCapped(
  response: IncomingMessage,
  max: number,
  source: string,
  signal: AbortSignal,
): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of response) {
    signal.throwIfAborted()
    bytes += (part as Buffer).length
    if (bytes > max) {
      response.destroy()
      throw new SourceReplyError({
        what: `${source} answered with more than ${max} bytes.`,
        fix: FIX,
        data: { source },
      })
    }
    parts.push(part as Buffer)
  }
  return Buffer.concat(parts).toString('utf8')
}

const FIX = 'Check the source’s address in the configuration; other sources go on meanwhile.'

const redirected = (source: string, status: number): SourceAddressError =>
  new SourceAddressError({
    what: `${source} sends us elsewhere (status ${status}); redirects are not followed.`,
    fix: 'Configure the address that it sends to, if you trust it.',
    data: { source },
  })
