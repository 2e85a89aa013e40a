/** Which names a request may be sent to. A page can bind its own name to this address; a Host header says so. */

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * @param header `Host` of the request, with or without a port
 * @param names further names, in lower case, under which this server is reached
 */
export function isOwnHost(header: string | undefined, names: readonly string[] = []): boolean {
  const name = /^(\[[0-9a-f:.]+\]|[^:]+)(:\d+)?$/i.exec(header ?? '')?.[1]?.toLowerCase()
  return name !== undefined && (LOOPBACK.has(name) || names.includes(name))
}
