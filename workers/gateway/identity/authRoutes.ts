/** `/api/v1/auth`: a nonce, signing in, staying signed in, signing out. */
import { loginBody, loginReply, nonceBody, nonceReply } from '../../../chain/client/gateway/index.ts'
import { defineRoute, type Route, type Visitor } from '../http/route.ts'
import type { Parts } from '../types.ts'
import type { AccessTokens } from './accessToken.ts'
import type { Audit } from './audit.ts'
import { messageOf, nep413NonceOf, recipientOf } from './challenge.ts'
import { ForeignPageError, LinkKindError, RefreshError, SignInChainError, TokenError } from './errors.ts'
import type { IsFullAccess } from './nearKey.ts'
import { profileOf, seeUser, splitUser } from './people.ts'
import { REFRESH_COOKIE, REFRESH_PATH, refreshCookie } from './refreshToken.ts'
import type { Revocations } from './revocations.ts'
import type { Opened, Sessions } from './sessions.ts'
import type { SignIn } from './signIn.ts'

export interface AuthDeps {
  readonly parts: Pick<Parts, 'config' | 'db' | 'now' | 'log'>
  readonly signIn: SignIn
  readonly sessions: Sessions
  readonly tokens: AccessTokens
  readonly audit: Pick<Audit, 'transact'>
  readonly revocations: Pick<Revocations, 'publish'>
  readonly isFullAccess: IsFullAccess
}

export function authRoutes({ parts, signIn, sessions, tokens, audit, revocations, isFullAccess }: AuthDeps): Route[] {
  const { config, db, now, log } = parts
  const origins = [config.origin, ...config.origins]

  const reply = async ({ session, token }: Opened, setHeader: (name: string, value: string) => void) => {
    const access = await tokens.issue(session.user, session.id)
    setHeader('set-cookie', refreshCookie(token, config.origin))
    return { ...access, profile: await profileOf(db, session.user) }
  }

  /** The NEAR key that signed in still has to be the account's; a chain that is away for a while signs nobody out. */
  const keyStays = async (user: string, publicKey: string | null): Promise<boolean> => {
    if (publicKey === null) return true
    try {
      return await isFullAccess(splitUser(user).own, publicKey)
    } catch (error) {
      if (!(error instanceof SignInChainError)) throw error
      log.warn('a session goes on without its key being checked', { user, error })
      return true
    }
  }

  return [
    defineRoute({
      method: 'post',
      path: '/api/v1/auth/nonce',
      tag: 'auth',
      summary: 'What a wallet has to sign: once, within five minutes',
      access: 'open',
      cost: 2,
      body: nonceBody,
      reply: nonceReply,
      async handle({ body: { kind, account, purpose }, address, visitor, origin }) {
        refuseForeign(origin, origins)
        const linkTo = purpose === 'link' ? sessionOf(visitor).user : null
        if (linkTo !== null && splitUser(linkTo).kind === kind) throw sameKind(kind)
        const challenge = await signIn.challenge({ kind, account, linkTo }, address)
        return {
          nonce: challenge.nonce,
          expiresAt: challenge.expiresAt,
          message: messageOf(challenge),
          recipient: recipientOf(challenge),
          nep413Nonce: kind === 'near' ? nep413NonceOf(challenge) : null,
        }
      },
    }),

    defineRoute({
      method: 'post',
      path: '/api/v1/auth/login',
      tag: 'auth',
      summary: 'Signs in with a signed nonce (EIP-4361, EIP-1271 or NEP-413)',
      access: 'open',
      cost: 5,
      body: loginBody,
      reply: loginReply,
      async handle({ body, address, origin, setHeader }) {
        refuseForeign(origin, origins)
        const { user, publicKey } = await signIn.prove(body, null)
        const opened = await audit.transact(async (tx, write) => {
          await seeUser(tx, user, now())
          return sessions.open(tx, write, { user, publicKey, address })
        })
        for (const session of opened.ended) revocations.publish({ kind: 'session', session })
        return reply(opened, setHeader)
      },
    }),

    defineRoute({
      method: 'post',
      path: REFRESH_PATH,
      tag: 'auth',
      summary: 'A new access token for the refresh cookie, which changes with it',
      access: 'open',
      cost: 2,
      reply: loginReply,
      async handle({ cookies, address, origin, setHeader }) {
        requireOwn(origin, origins)
        const opened = await sessions.refresh(cookies[REFRESH_COOKIE], address)
        const { id, user, publicKey } = opened.session
        if (await keyStays(user, publicKey)) return reply(opened, setHeader)
        await sessions.end(id, 'session-ended', 'its key is no full-access key any more')
        throw new RefreshError({ what: 'The key that signed in is not the account’s any more.', fix: 'Sign in again.' })
      },
    }),

    defineRoute({
      method: 'post',
      path: '/api/v1/auth/logout',
      tag: 'auth',
      summary: 'Ends the session everywhere, at once',
      access: 'session',
      status: 204,
      reply: null,
      async handle({ visitor, origin, setHeader }) {
        requireOwn(origin, origins)
        await sessions.end(sessionOf(visitor).session, 'logout', 'signed out')
        setHeader('set-cookie', refreshCookie('', config.origin))
        return null
      },
    }),
  ]
}

/** Who is signed in on a page. @throws TokenError for strangers and API keys */
export function sessionOf(visitor: Visitor | null): { user: string; session: string } {
  if (visitor?.via.kind === 'session') return { user: visitor.user, session: visitor.via.session }
  throw new TokenError({ what: 'This is for people who are signed in on a page.', fix: 'Sign in; API keys cannot.' })
}

export const sameKind = (kind: string): LinkKindError =>
  new LinkKindError({
    what: `You are signed in with ${kind.toUpperCase()} already.`,
    fix: `Prove an account of the other kind: ${kind === 'evm' ? 'near' : 'evm'}.`,
  })

/** A page of elsewhere must not sign its visitor in as somebody else; programs send no Origin. @throws ForeignPageError */
function refuseForeign(origin: string | null, origins: readonly string[]): void {
  if (origin !== null) requireOwn(origin, origins)
}

/** What a cookie alone would allow: only own pages, and those say so. @throws ForeignPageError */
function requireOwn(origin: string | null, origins: readonly string[]): void {
  if (origin !== null && origins.includes(origin)) return
  throw new ForeignPageError({
    what: `This was sent by ${origin === null ? 'something without an Origin' : origin.slice(0, 100)}; only ${origins.join(', ')} may.`,
    fix: `Use the page at ${origins[0]}.`,
  })
}
