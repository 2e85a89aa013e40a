/**
 * Refresh tokens: 256 bits that nobody can tell from random, and that are stored nowhere. Token number g of a session is an
 * HMAC of g under the gateway's key, with 32 random bytes from the session's row: a stolen database or a stolen key file
 * alone gives none. Because it can be made again, a second tab gets the very successor that the first one got.
 * Source of rotation and reuse: RFC 9700 §4.14.2.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { base64url } from 'jose'

export const REFRESH_COOKIE = 'blyan_refresh'
export const REFRESH_PATH = '/api/v1/auth/refresh'
/** Not used for so long: signed out. */
export const IDLE_MS = 7 * 24 * 3600_000
/** Signed in for at most so long, however active. */
export const SESSION_MS = 30 * 24 * 3600_000

export interface RefreshToken {
  readonly session: string
  readonly generation: number
  readonly secret: Uint8Array
}

/** The secret of one generation. @param seed 32 random bytes of the session */
export function refreshSecret(key: Uint8Array, seed: Uint8Array, session: string, generation: number): Uint8Array {
  return createHmac('sha256', key).update(seed).update(`blyan.refresh/1/${session}/${generation}`).digest()
}

export const encodeRefresh = ({ session, generation, secret }: RefreshToken): string =>
  `${session}.${generation}.${base64url.encode(secret)}`

/** Null for everything that is no refresh token in form. */
export function parseRefresh(text: string): RefreshToken | null {
  const match = /^([0-9a-f]{32})\.(0|[1-9]\d{0,8})\.([A-Za-z0-9_-]{43})$/.exec(text)
  if (match === null) return null
  const secret = base64url.decode(match[3]!)
  return secret.length === 32 ? { session: match[1]!, generation: Number(match[2]), secret } : null
}

/** In constant time. */
export function isRefresh(token: RefreshToken, key: Uint8Array, seed: Uint8Array): boolean {
  return timingSafeEqual(refreshSecret(key, seed, token.session, token.generation), token.secret)
}

/** `Set-Cookie`; an empty value takes it away. `Secure` where the origin is https: browsers drop it over plain http. */
export function refreshCookie(value: string, origin: string): string {
  const age = value === '' ? 0 : IDLE_MS / 1000
  const secure = origin.startsWith('https:') ? '; Secure' : ''
  return `${REFRESH_COOKIE}=${value}; HttpOnly; SameSite=Strict; Path=${REFRESH_PATH}; Max-Age=${age}${secure}`
}
