/** One id for a request, from its header or made here: in the answer, the log, and whatever is caused by it. */

const ALLOWED = /^[A-Za-z0-9._-]{8,64}$/

/** @param given the header as it came; anything unfit for a log line is replaced */
export function requestId(given: string | undefined, random: (bytes: number) => Uint8Array): string {
  if (given !== undefined && ALLOWED.test(given)) return given
  return Buffer.from(random(12)).toString('base64url')
}
