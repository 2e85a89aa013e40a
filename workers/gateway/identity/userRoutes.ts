/** `/api/v1/user`: who one is, the link between an EVM address and a NEAR account, API keys. */
import { z } from 'zod'
import {
  apiKeyBody,
  apiKeyCreated,
  apiKeyLine,
  listOf,
  loginBody,
  pageQuery,
  profileReply,
} from '../../../chain/client/gateway/index.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Parts } from '../types.ts'
import type { ApiKeys } from './apiKeys.ts'
import type { Audit } from './audit.ts'
import { sameKind, sessionOf } from './authRoutes.ts'
import { link, profileOf, seeUser, splitUser, unlink } from './people.ts'
import type { Revocations } from './revocations.ts'
import type { SignIn } from './signIn.ts'

export interface UserDeps {
  readonly parts: Pick<Parts, 'db' | 'now' | 'head'>
  readonly signIn: SignIn
  readonly keys: ApiKeys
  readonly audit: Pick<Audit, 'transact'>
  readonly revocations: Pick<Revocations, 'publish'>
}

const keyId = z.string().regex(/^[0-9a-f]{16}$/)

export function userRoutes({ parts, signIn, keys, audit, revocations }: UserDeps): Route[] {
  const { db, now, head } = parts
  const changed = (...users: string[]): void => {
    for (const user of users) revocations.publish({ kind: 'user', user })
  }

  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/user/profile',
      tag: 'user',
      summary: 'Who is signed in, and which account signs for the market',
      access: { scope: 'read' },
      reply: profileReply,
      handle: ({ visitor }) => profileOf(db, visitor!.user),
    }),

    defineRoute({
      method: 'post',
      path: '/api/v1/user/link',
      tag: 'user',
      summary: 'Links EVM address and NEAR account: signed in with one, a proof of the other',
      access: 'session',
      cost: 5,
      body: loginBody,
      reply: profileReply,
      async handle({ visitor, body }) {
        const { user } = sessionOf(visitor)
        if (splitUser(user).kind === body.kind) throw sameKind(body.kind)
        const proved = await signIn.prove(body, user)
        const [evm, near] = body.kind === 'evm' ? [proved.user, user] : [user, proved.user]
        await audit.transact(async (tx, write) => {
          const made = await link(tx, splitUser(evm).own, splitUser(near).own, now())
          await seeUser(tx, proved.user, now())
          if (made) await write({ event: 'link', user, data: { evm, near } })
        })
        changed(evm, near)
        return profileOf(db, user)
      },
    }),

    defineRoute({
      method: 'post',
      path: '/api/v1/user/unlink',
      tag: 'user',
      summary: 'Takes the link away; either side may',
      access: 'session',
      reply: profileReply,
      async handle({ visitor }) {
        const { user } = sessionOf(visitor)
        const { evm, near } = await audit.transact(async (tx, write) => {
          const gone = await unlink(tx, user)
          await write({ event: 'unlink', user, data: { evm: `evm:${gone.evm}`, near: `near:${gone.near}` } })
          return gone
        })
        changed(`evm:${evm}`, `near:${near}`)
        return profileOf(db, user)
      },
    }),

    defineRoute({
      method: 'get',
      path: '/api/v1/user/api-keys',
      tag: 'user',
      summary: 'Your API keys, without their secrets',
      access: 'session',
      query: pageQuery.extend({ cursor: keyId.optional() }),
      reply: listOf(apiKeyLine),
      async handle({ visitor, query: { limit, cursor } }) {
        const lines = await keys.list(sessionOf(visitor).user, limit + 1, cursor)
        const items = lines.slice(0, limit)
        return { items, next: lines.length > limit ? items.at(-1)!.id : null, asOf: head.asOf() }
      },
    }),

    defineRoute({
      method: 'post',
      path: '/api/v1/user/api-keys',
      tag: 'user',
      summary: 'Makes an API key; the key itself is in this answer and never again',
      access: 'session',
      cost: 5,
      status: 201,
      body: apiKeyBody,
      reply: apiKeyCreated,
      handle: ({ visitor, body: { name, scopes } }) => keys.make(sessionOf(visitor).user, name, scopes),
    }),

    defineRoute({
      method: 'delete',
      path: '/api/v1/user/api-keys/{id}',
      tag: 'user',
      summary: 'Revokes an API key, at once',
      access: 'session',
      status: 204,
      params: z.object({ id: keyId }),
      reply: null,
      async handle({ visitor, params: { id } }) {
        await keys.revoke(sessionOf(visitor).user, id)
        return null
      },
    }),
  ]
}
