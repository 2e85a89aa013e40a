/** fetch for RPCs of strangers: ends in time, follows nobody elsewhere, and reads no more than an answer can have. */

const TIMEOUT_MS = 15_000
/** A thousand blocks' logs of one contract stay far below. */
const MAX_BYTES = 16 * 1024 * 1024

export const boundedFetch: typeof fetch = async (input, init) => {
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const response = await fetch(input, { ...init, redirect: 'error', signal })
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > MAX_BYTES) throw new Error(`the answer has more than ${MAX_BYTES} bytes`)
    chunks.push(chunk)
  }
  const { status, statusText } = response
  return new Response(status === 204 || status === 304 ? null : Buffer.concat(chunks), { status, statusText })
}
