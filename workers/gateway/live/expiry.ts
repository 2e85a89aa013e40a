/** When a token that was verified already ends. */
import { z } from 'zod'

const claims = z.object({ exp: z.number().int().positive() })

/** ms since the Unix epoch; null for an API key, which ends by revocation alone. */
export function expiryOf(token: string | null): number | null {
  const payload = token?.split('.')[1]
  if (payload === undefined) return null
  try {
    return claims.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))).exp * 1000
  } catch {
    return null
  }
}
