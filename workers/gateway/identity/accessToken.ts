/** Access tokens: JWT by EdDSA, ten minutes, for this gateway on this chain alone. Sources: RFC 7519, RFC 8725, RFC 9068. */
import { errors, type JWTVerifyOptions, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { bytesToHex } from '../../../chain/lib/bytes.ts'
import type { Place } from './challenge.ts'
import { TokenError, TokenExpiredError } from './errors.ts'
import type { KeyRing } from './keyRing.ts'

export const ACCESS_MS = 10 * 60_000
/** RFC 9068: a token of another kind that the same key might one day sign cannot pass as this. */
const TYPE = 'at+jwt'

const claims = z.object({
  sub: z.string().min(6).max(80),
  sid: z.string().regex(/^[0-9a-f]{32}$/),
  jti: z.string().regex(/^[0-9a-f]{32}$/),
  exp: z.number().int(),
  iat: z.number().int(),
})
export type Claims = z.infer<typeof claims>

export interface AccessTokens {
  /** @returns the token and when it ends, ms */
  issue(user: string, session: string): Promise<{ token: string; expiresAt: number }>
  /** @throws TokenExpiredError · TokenError */
  verify(token: string): Promise<Claims>
}

export interface AccessTokenOptions {
  readonly place: Place
  readonly ring: Pick<KeyRing, 'signing' | 'verifying'>
  readonly now: () => number
  readonly random: (bytes: number) => Uint8Array
}

export function accessTokens({ place, ring, now, random }: AccessTokenOptions): AccessTokens {
  const issuer = place.origin
  const audience = `blyan:${place.chainId}/${place.genesisHash}`
  const rules: JWTVerifyOptions = {
    // Pinned: what a token says of its own algorithm decides nothing (RFC 8725 §3.1).
    algorithms: ['EdDSA'],
    typ: TYPE,
    issuer,
    audience,
    requiredClaims: ['sub', 'sid', 'exp', 'iat', 'jti'],
    clockTolerance: 0,
  }
  return {
    async issue(user, session) {
      const { kid, key } = ring.signing()
      const issued = Math.floor(now() / 1000)
      const expires = issued + ACCESS_MS / 1000
      const token = await new SignJWT({ sid: session })
        .setProtectedHeader({ alg: 'EdDSA', typ: TYPE, kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(user)
        .setIssuedAt(issued)
        .setExpirationTime(expires)
        .setJti(bytesToHex(random(16)))
        .sign(key)
      return { token, expiresAt: expires * 1000 }
    },
    async verify(token) {
      try {
        const { payload } = await jwtVerify(
          token,
          ({ kid }) => {
            const key = typeof kid === 'string' ? ring.verifying(kid) : null
            if (key === null) throw new errors.JWKSNoMatchingKey()
            return key
          },
          { ...rules, currentDate: new Date(now()), maxTokenAge: ACCESS_MS / 1000 },
        )
        return claims.parse(payload)
      } catch (cause) {
        if (cause instanceof errors.JWTExpired) {
          throw new TokenExpiredError({
            what: 'The access token’s ten minutes are over.',
            fix: 'Fetch a new one with POST /api/v1/auth/refresh.',
          })
        }
        throw new TokenError({ what: 'That is no access token of this gateway.', fix: 'Sign in again.' })
      }
    },
  }
}
