/** Routes of orders and operators' money. Every reply is unsigned: the gateway holds no key of a visitor. */
import { z } from 'zod'
import {
  claimBody,
  draftBody,
  draftReply,
  quoteReply,
  restakeBody,
  stakeBody,
  taskId,
  taskOrder,
  unsignedTransactions,
  unstakeBody,
} from '../../../chain/client/gateway/index.ts'
import { defineRoute, type Route, type Visitor } from '../http/route.ts'
import type { Parts } from '../types.ts'
import { MAX_TRAINING_BYTES } from './draftParts.ts'
import type { Drafts } from './drafts.ts'
import { AccountMissingError } from './errors.ts'
import type { Moves } from './moves.ts'
import { quoteOrder } from './quote.ts'

/** Base64 of the longest training text and of a hundred sealed sets, with room for the rest. */
const DRAFT_BODY_BYTES = Math.ceil(((MAX_TRAINING_BYTES + 100 * 20_000) * 4) / 3) + 65_536
const access = { scope: 'tasks' } as const

export function ordersRoutes(
  parts: Pick<Parts, 'chain' | 'config' | 'db' | 'head'>,
  { drafts, moves }: { drafts: Drafts; moves: Moves },
): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/v1/tasks/quote',
      tag: 'tasks',
      summary: 'What an order costs, what comes back of it, and how surely false work is found.',
      access: 'open',
      body: taskOrder,
      reply: quoteReply,
      cost: 2,
      handle: ({ body }) => quoteOrder(parts, body, drafts.peer()),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/tasks',
      tag: 'tasks',
      summary: 'Stores an order’s texts and returns the transactions that place it, unsigned.',
      access,
      body: draftBody,
      bodyLimit: DRAFT_BODY_BYTES,
      reply: draftReply,
      status: 201,
      cost: 20,
      handle: ({ visitor, body }) => drafts.make(accountOf(visitor), body),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/tasks/{id}/cancel',
      tag: 'tasks',
      summary: 'Ends a task of one’s own that nobody has been drawn for.',
      access,
      params: z.object({ id: taskId }),
      reply: unsignedTransactions,
      handle: ({ visitor, params }) => moves.cancel(accountOf(visitor), params.id),
    }),
    ...(['register', 'stake'] as const).map((verb) =>
      defineRoute({
        method: 'post',
        path: `/api/v1/nodes/${verb}`,
        tag: 'nodes',
        summary: verb === 'register' ? 'Registers an operator by its first stake.' : 'Adds to an operator’s stake.',
        access,
        body: stakeBody,
        reply: unsignedTransactions,
        handle: ({ visitor, body }) => moves.stake(accountOf(visitor), body),
      }),
    ),
    defineRoute({
      method: 'post',
      path: '/api/v1/nodes/unstake',
      tag: 'nodes',
      summary: 'Begins to take free stake out.',
      access,
      body: unstakeBody,
      reply: unsignedTransactions,
      handle: ({ visitor, body }) => moves.unstake(accountOf(visitor), body.amountAtto),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/nodes/restake',
      tag: 'nodes',
      summary: 'Keeps stake that is leaving, the latest part first.',
      access,
      body: restakeBody,
      reply: unsignedTransactions,
      handle: ({ visitor, body }) => moves.restake(accountOf(visitor), body.amountAtto),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/user/claim',
      tag: 'user',
      summary: 'Collects what is payable, removed stake whose waiting time is over included.',
      access,
      body: claimBody,
      reply: unsignedTransactions,
      handle: ({ visitor, body }) => moves.claim(accountOf(visitor), body),
    }),
  ]
}

/** @throws AccountMissingError for who signed in with an EVM account that is not linked */
function accountOf(visitor: Visitor | null): string {
  if (visitor?.account) return visitor.account
  throw new AccountMissingError({
    what: 'No NEAR account stands behind this sign-in, and only that signs for the market.',
    fix: 'Link a NEAR account, or sign in with one.',
  })
}
