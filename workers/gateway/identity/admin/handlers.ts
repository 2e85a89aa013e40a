/** What an operator may ask of identity, on the machine itself and nowhere else. */
import { z } from 'zod'
import type { ApiKeys } from '../apiKeys.ts'
import type { Audit } from '../audit.ts'

/** By name; each parses its own input. Other parts of the gateway add theirs. */
export type AdminHandlers = Readonly<Record<string, (input: unknown) => Promise<unknown>>>

const keysInput = z.object({
  user: z.string().max(80).nullable().default(null),
  limit: z.number().int().min(1).max(1_000).default(100),
})
const revokeInput = z.object({ id: z.string().regex(/^[0-9a-f]{16}$/) })
const auditInput = z.object({ limit: z.number().int().min(0).max(1_000).default(20) })

export interface AdminDeps {
  readonly keys: Pick<ApiKeys, 'all' | 'revoke'>
  readonly audit: Pick<Audit, 'list' | 'verify'>
  /** Absent where no gateway runs: the keys of tokens are its own. */
  readonly rotateSigningKey?: () => Promise<string>
}

export function identityHandlers({ keys, audit, rotateSigningKey }: AdminDeps): AdminHandlers {
  return {
    async keys(input) {
      const { user, limit } = keysInput.parse(input ?? {})
      return { keys: await keys.all(limit, user) }
    },
    async 'keys revoke'(input) {
      const { id } = revokeInput.parse(input)
      await keys.revoke(null, id)
      return { revoked: id }
    },
    async audit(input) {
      const { limit } = auditInput.parse(input ?? {})
      return { ...(await audit.verify()), newest: await audit.list(limit) }
    },
    ...(rotateSigningKey === undefined ? {} : { 'keys rotate': async () => ({ kid: await rotateSigningKey() }) }),
  }
}
