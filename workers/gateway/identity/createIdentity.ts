/** Identity as the gateway uses it: its routes, who asks, and who no longer may. */
import { SCOPES } from '../../../chain/client/gateway/index.ts'
import type { Route, Visitor } from '../http/route.ts'
import type { Parts } from '../types.ts'
import { accessTokens } from './accessToken.ts'
import { createApiKeys } from './apiKeys.ts'
import { type Audit, createAudit } from './audit.ts'
import { authRoutes } from './authRoutes.ts'
import { briefCache } from './briefCache.ts'
import { TokenError, TokenRevokedError } from './errors.ts'
import { askContractOver, contractClient } from './evmContract.ts'
import { openKeyRing } from './keyRing.ts'
import { fullAccessOver, type IsFullAccess } from './nearKey.ts'
import { memoryNonces, type NonceStore } from './nonces.ts'
import { type Person, personOf } from './people.ts'
import { memoryRevocations, type Revocations, type Revoked } from './revocations.ts'
import { createSessions } from './sessions.ts'
import { createSignIn } from './signIn.ts'
import type { AskContract, SiweCheck } from './siwe.ts'
import { userRoutes } from './userRoutes.ts'

export interface IdentityOptions {
  /** In memory unless told; in Redis where several gateways stand beside each other. */
  readonly nonces?: NonceStore
  readonly revocations?: Revocations
  /** Asks the chain, over `parts.chain.rpc`, unless told. */
  readonly isFullAccess?: IsFullAccess
  /** Asks over `config.evm.rpcUrl` unless told; null: contract wallets cannot sign in. */
  readonly askContract?: AskContract | null
  /** All unless told. */
  readonly siweChecks?: readonly SiweCheck[]
}

export interface Identity {
  readonly routes: Route[]
  /** Null for a stranger. @throws TokenError · TokenExpiredError · TokenRevokedError, each with status 401 */
  authenticate(request: { authorization?: string; cookies: Readonly<Record<string, string>> }): Promise<Visitor | null>
  /** Whether what a visitor came with is still good, as the database has it, at most five seconds ago. */
  holds(visitor: Pick<Visitor, 'via'>): Promise<boolean>
  /** What has ended before its time, the moment it does. @returns how to stop listening */
  onRevoked(listener: (what: Revoked) => void): () => void
  readonly keys: ReturnType<typeof createApiKeys>
  readonly audit: Audit
  /** Makes a new key for access tokens; those made before stay good for their ten minutes. @returns its `kid` */
  rotateSigningKey(): Promise<string>
  close(): Promise<void>
}

/** @throws IdentityFileError when the file of keys is damaged or open to others */
export async function createIdentity(parts: Parts, options: IdentityOptions = {}): Promise<Identity> {
  const { config, db, chain, log, now, random, signal } = parts
  const nonces = options.nonces ?? memoryNonces(now)
  const revocations = options.revocations ?? memoryRevocations()
  const isFullAccess = options.isFullAccess ?? fullAccessOver(chain.rpc, signal)
  const askContract = options.askContract === undefined ? contractAsker(config.evm) : options.askContract

  const ring = await openKeyRing({ dir: config.dir, now, random })
  const tokens = accessTokens({ place: config, ring, now, random })
  const audit = createAudit(db, { dir: config.dir, now })
  const common = { db, audit, revocations, now, random }
  const sessions = createSessions({ ...common, ring })
  const onMiss = (error: unknown) => log.warn('the last use of an API key was not noted', { error })
  const keys = createApiKeys({ ...common, onMiss })
  const signIn = createSignIn({ ...common, config, nonces, isFullAccess, askContract, siweChecks: options.siweChecks })
  const people = briefCache<Person>((user) => personOf(db, user), now)

  const stop = revocations.listen((what) => {
    if (what.kind === 'session') sessions.forget(what.session)
    else if (what.kind === 'key') keys.forget(what.key)
    else people.forget(what.user)
  })

  const visitor = async (user: string, rest: Pick<Visitor, 'via' | 'scopes' | 'expiresAt'>): Promise<Visitor> => ({
    ...(await people.get(user))!,
    ...rest,
  })

  return {
    routes: [
      ...authRoutes({ parts, signIn, sessions, tokens, audit, revocations, isFullAccess }),
      ...userRoutes({ parts, signIn, keys, audit, revocations }),
    ],

    async authenticate({ authorization }) {
      if (authorization === undefined || authorization === '') return null
      const token = /^Bearer ([^\s]{1,2000})$/i.exec(authorization)?.[1]
      if (token === undefined) {
        throw new TokenError({
          what: 'The Authorization header is not `Bearer TOKEN`.',
          fix: 'Send an access token or an API key that way.',
        })
      }
      if (token.startsWith('bly_')) {
        const { id, user, scopes } = await keys.authenticate(token)
        return visitor(user, { via: { kind: 'key', key: id }, scopes, expiresAt: null })
      }
      const { sub, sid, exp } = await tokens.verify(token)
      const session = await sessions.find(sid)
      if (session === null || session.user !== sub) {
        throw new TokenRevokedError({ what: 'That session has ended.', fix: 'Sign in again.' })
      }
      return visitor(sub, { via: { kind: 'session', session: sid }, scopes: SCOPES, expiresAt: exp * 1000 })
    },

    holds: async ({ via }) => (via.kind === 'key' ? keys.holds(via.key) : (await sessions.find(via.session)) !== null),
    onRevoked: (listener) => revocations.listen(listener),
    keys,
    audit,
    async rotateSigningKey() {
      const kid = await ring.rotate()
      await audit.transact((_tx, write) => write({ event: 'signing-key-rotated', user: null, data: { kid } }))
      return kid
    },
    async close() {
      stop()
      await nonces.close()
      await revocations.close()
    },
  }
}

const contractAsker = ({ rpcUrl, chainId }: Parts['config']['evm']): AskContract | null =>
  rpcUrl === null ? null : askContractOver(contractClient(rpcUrl), chainId)
