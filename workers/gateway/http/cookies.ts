/** The cookies of a request. Source: RFC 6265 §5.4. */

/** Names to values, the first of a name wins; whatever is malformed is left out. */
export function parseCookies(header: string | undefined): Readonly<Record<string, string>> {
  const cookies: Record<string, string> = Object.create(null)
  for (const part of (header ?? '').split(';').slice(0, 50)) {
    const at = part.indexOf('=')
    const name = part.slice(0, at).trim()
    if (at < 1 || !/^[\w!#$%&'*+.^`|~-]+$/.test(name) || name in cookies) continue
    const value = part.slice(at + 1).trim()
    cookies[name] = value.startsWith('"') && value.endsWith('"') && value.length > 1 ? value.slice(1, -1) : value
  }
  return cookies
}
