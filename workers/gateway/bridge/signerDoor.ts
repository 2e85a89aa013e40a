/** One question to one signer, passed on: what comes back is parsed, bounded, and checked again by whoever asked. */
import type { z } from 'zod'
import { boundedBody } from '../http/boundedBody.ts'
import { SignerAwayError, SignerHaltedError, SignerSilentError } from './errors.ts'

/** A signed payload is under 2 kB, 32 signers of a rotation included. */
const MAX_REPLY = 16 * 1024
const WAIT_MS = 5_000

/** @param path below the signer's address  @throws SignerSilentError SignerHaltedError SignerAwayError */
export async function askSigner<S extends z.ZodType>(
  { url, path, send, signal }: { url: string; path: string; send: typeof fetch; signal: AbortSignal },
  schema: S,
): Promise<z.infer<S>> {
  const response = await reach(`${url.replace(/\/$/, '')}${path}`, send, signal)
  if (response.status === 404) {
    throw new SignerSilentError({
      what: 'The signer has not seen this yet.',
      fix: 'It signs once its own nodes show it final; ask again in some seconds.',
    })
  }
  if (response.status === 503) {
    throw new SignerHaltedError({
      what: 'The signer has stopped.',
      fix: 'The others sign on; its operator was alarmed.',
    })
  }
  if (!response.ok) throw away(new Error(`status ${response.status}`))
  try {
    return schema.parse(JSON.parse((await boundedBody(response, MAX_REPLY)).toString('utf8')))
  } catch (cause) {
    throw away(cause)
  }
}

async function reach(url: string, send: typeof fetch, signal: AbortSignal): Promise<Response> {
  try {
    return await send(url, { redirect: 'error', signal: AbortSignal.any([signal, AbortSignal.timeout(WAIT_MS)]) })
  } catch (cause) {
    signal.throwIfAborted()
    throw away(cause)
  }
}

const away = (cause: unknown): SignerAwayError =>
  new SignerAwayError({
    what: 'The signer does not answer as one.',
    fix: 'The others are enough while k of them answer; ask again in some seconds.',
    cause,
  })
